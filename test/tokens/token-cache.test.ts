import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { CLIENT_IDS, type TokenSourceName } from "../../src";
import { CachedToken } from "../../src/tokens/cached-token";
import { MAX_TOKENS, TokenCache } from "../../src/tokens/token-cache";
import { endClock } from "../support/end-clock";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const { keymaster: CLIENT_ID, android } = CLIENT_IDS;

interface Kind {
  accessToken?: string;
  scopes?: readonly string[];
  requested?: readonly string[];
  clientId?: string;
  source?: TokenSourceName;
  /** ms */
  lifetime?: number;
}

describe("the tokens of an account", () => {
  let clock: Clock;
  let cache: TokenCache;
  let made: number;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    cache = new TokenCache();
    made = 0;
  });
  afterEach(() => endClock(clock));

  /** A token that is minted now, for one scope if not otherwise said. */
  function token({
    scopes = ["a"],
    requested = scopes,
    clientId = CLIENT_ID,
    ...others
  }: Kind = {}): CachedToken {
    const { accessToken = `BQ${++made}`, source = "keymaster", lifetime = HOUR } = others;
    const minted = { accessToken, scopes: [...scopes], source, lifetime: lifetime / 1000 };
    return CachedToken.minted(minted, clientId, requested, Date.now());
  }

  function added(...tokens: CachedToken[]): CachedToken[] {
    for (const one of tokens) cache.add(one);
    return tokens;
  }

  const find = (
    scopes: string[],
    source?: TokenSourceName,
    clientId: string = CLIENT_ID,
  ): CachedToken | undefined => cache.find(clientId, scopes, source);

  describe("serve a request", () => {
    it("for the same client ID and for scopes that one of them covers", () => {
      assert.equal(find(["a"]), undefined);
      const [one] = added(token({ scopes: ["a", "b"] }));
      for (const scopes of [["a"], ["b", "a"], []]) assert.equal(find(scopes), one);
      assert.equal(find(["a", "c"]), undefined);
      assert.equal(find(["a"], undefined, android), undefined);
    });

    it("of one source, or of any", () => {
      const [own, internal] = added(token({ source: "oauth" }), token({ source: "login5", scopes: [] }));
      assert.deepEqual([find([], "oauth"), find([], "login5")], [own, internal]);
      assert.equal(find([], "keymaster"), undefined);
      assert.equal(find(["a"]), own);
    });

    it("with the newest that fits", () => {
      const [, newer] = added(token({ lifetime: 2 * HOUR }), token());
      assert.equal(find(["a"]), newer);
    });

    it("as long as a minute is left, else with an older one that lives longer", () => {
      const [older, newer] = added(token({ lifetime: 2 * HOUR }), token());
      clock.tick(HOUR - MINUTE);
      assert.equal(find(["a"]), newer);
      assert.equal(newer!.lastLeft, MINUTE);
      clock.tick(1);
      assert.equal(find(["a"]), older);
      clock.tick(HOUR);
      assert.equal(find(["a"]), undefined);
    });
  });

  describe("one of a client ID", () => {
    it("is of keymaster or of an app, not of login5", () => {
      assert.equal(cache.ofClient(CLIENT_ID), undefined);
      added(token({ source: "login5" }));
      assert.equal(cache.ofClient(CLIENT_ID), undefined);
      const [own] = added(token({ source: "oauth" }));
      assert.equal(cache.ofClient(CLIENT_ID), own);
      assert.equal(cache.ofClient(android), undefined);
    });

    it("has at least a minute left", () => {
      const [one] = added(token());
      clock.tick(HOUR - MINUTE);
      assert.equal(cache.ofClient(CLIENT_ID), one);
      clock.tick(1);
      assert.equal(cache.ofClient(CLIENT_ID), undefined);
    });
  });

  describe("a new one", () => {
    for (const [what, before, now] of [
      ["the same scopes", {}, {}],
      ["fewer scopes", { scopes: ["a"] }, { scopes: ["b", "a"] }],
      ["a shorter life", { lifetime: HOUR / 2 }, {}],
      ["more scopes than it was requested with", { scopes: ["a", "b"], requested: ["a"] }, {}],
      [
        "the same text, whatever else",
        { accessToken: "BQ", source: "login5", lifetime: 2 * HOUR },
        { accessToken: "BQ" },
      ],
    ] as const)
      it(`replaces one with ${what}`, () => {
        const old = token(before);
        const replacing = token(now);
        assert.deepEqual(cache.add(old), []);
        assert.deepEqual(cache.add(replacing), [old]);
        assert.deepEqual(cache.all(), [replacing]);
      });

    for (const [what, before] of [
      ["of another source", { source: "login5" }],
      ["of another client ID", { clientId: android }],
      ["requested with more scopes", { scopes: ["a", "b"] }],
      ["that lives longer", { lifetime: HOUR + 1000 }],
    ] as const)
      it(`does not replace one ${what}`, () => {
        const old = token(before);
        const other = token();
        cache.add(old);
        assert.deepEqual(cache.add(other), []);
        assert.deepEqual(new Set(cache.all()), new Set([old, other]));
      });
  });

  describe("one that is removed", () => {
    it("serves no more, and the others do", () => {
      const [removed, other] = added(token({ scopes: ["b"] }), token());
      cache.remove(removed!);
      assert.deepEqual([find(["b"]), find(["a"]), cache.all()], [undefined, other, [other]]);
    });

    it("may be the last of its client ID", () => {
      const [removed] = added(token());
      cache.remove(removed!);
      cache.remove(removed!);
      assert.deepEqual([find(["a"]), cache.all()], [undefined, []]);
      const [next] = added(token());
      assert.equal(find(["a"]), next);
    });
  });

  describe(`${MAX_TOKENS} of them`, () => {
    /** One for each scope; that of `s7` expires first. */
    const fill = (): CachedToken[] =>
      added(
        ...Array.from({ length: MAX_TOKENS }, (_, i) =>
          token({
            scopes: [`s${i}`],
            lifetime: i === 7 ? HOUR / 2 : HOUR,
            clientId: i % 2 ? CLIENT_ID : android,
          }),
        ),
      );

    it("are kept, and one more takes the place of that which expires first", () => {
      const tokens = fill();
      assert.equal(cache.all().length, MAX_TOKENS);
      assert.deepEqual(cache.add(token()), [tokens[7]]);
      assert.equal(cache.all().length, MAX_TOKENS);
      assert.equal(find(["s7"]), undefined);
    });

    it("make room for one that expires before all of them: it has just been asked for", () => {
      const tokens = fill();
      const shortest = token({ lifetime: 2 * MINUTE });
      assert.deepEqual(cache.add(shortest), [tokens[7]]);
      assert.equal(find(["a"]), shortest);
    });

    it("do not count those that were replaced or removed, nor one that is removed twice", () => {
      const tokens = fill();
      assert.deepEqual(cache.add(token({ scopes: ["s9"] })), [tokens[9]]);
      cache.remove(tokens[0]!);
      cache.remove(tokens[0]!);
      assert.deepEqual(cache.add(token()), []);
      assert.deepEqual(cache.add(token({ scopes: ["b"] })), [tokens[7]]);
    });
  });
});
