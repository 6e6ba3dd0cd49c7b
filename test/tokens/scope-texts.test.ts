import assert from "node:assert/strict";
import { comparedFast, ScopeTexts } from "../../src/tokens/scope-texts";
import { thrownBy } from "../support/failure";

/** As many texts are kept. */
const MOST = 64;
const LONGEST = 1_024;

describe("The texts that name scopes", () => {
  let texts: ScopeTexts;

  beforeEach(() => {
    texts = new ScopeTexts();
  });

  it("are read once: the same text gives the same list", () => {
    assert.equal(texts.known("streaming, user-top-read"), undefined);
    const list = texts.parse("streaming, user-top-read");
    assert.deepEqual(list, ["streaming", "user-top-read"]);
    assert.equal(texts.parse("streaming, user-top-read"), list);
    assert.equal(texts.known("streaming, user-top-read"), list);
    assert.deepEqual(texts.parse(""), []);
  });

  it("are remembered, but not lists: a flow may change a list", () => {
    const scopes = ["streaming"];
    assert.deepEqual(texts.parse(scopes), ["streaming"]);
    scopes.push("user-top-read");
    assert.deepEqual(texts.parse(scopes), ["streaming", "user-top-read"]);
  });

  it("are not kept if they name no scopes", () => {
    for (const scopes of ["Streaming!", ["Streaming!"]])
      thrownBy(() => texts.parse(scopes), "INVALID_ARGUMENT");
    assert.equal(texts.known("Streaming!"), undefined);
  });

  for (const [what, length, isKept] of [
    ["are kept if they are as long as a flow may need", LONGEST, true],
    ["are read each time if they are longer", LONGEST + 1, false],
  ] as const) {
    it(what, () => {
      const text = "streaming".padEnd(length);
      assert.deepEqual(texts.parse(text), ["streaming"]);
      assert.equal(texts.known(text) !== undefined, isKept);
    });
  }

  it("are forgotten one by one when there are too many, those that came first before the others", () => {
    for (let i = 0; i < MOST; i++) texts.parse(`scope-${i}`);
    assert.ok(texts.known("scope-0"));
    texts.parse("one-more");
    assert.deepEqual(
      ["scope-0", "scope-1", "one-more"].map((text) => texts.known(text) !== undefined),
      [false, true, true],
    );
  });
});

describe("Scopes that are compared fast", () => {
  it("are the same scopes, in the same order", () => {
    assert.deepEqual(comparedFast(["user-top-read", "streaming"]), ["user-top-read", "streaming"]);
    assert.deepEqual(comparedFast([]), []);
  });
});
