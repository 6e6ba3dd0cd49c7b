import assert from "node:assert/strict";
import { readTyped, valueOf } from "../../../nodes/shared/typed-value";
import { SpotifyError } from "../../../src";
import { plainNode, type PlainNode } from "../support/plain-node";

describe("a property with a type beside it", () => {
  let plain: PlainNode;

  before(async () => {
    plain = await plainNode({ ROOM: "Kitchen" });
  });

  after(() => plain.close());

  const read = (path: unknown, pathType?: unknown): ReturnType<typeof readTyped> =>
    readTyped({ path, ...(pathType !== undefined && { pathType }) }, "path", "str");
  const value = (text: unknown, kind: string, message: object = {}): Promise<unknown> =>
    valueOf(plain.RED, plain.node, { _msgid: "m", ...message }, read(text, kind));
  const isInvalid = (error: unknown): boolean =>
    error instanceof SpotifyError && error.code === "INVALID_ARGUMENT";

  it("has its usual type if none is stored", () => {
    assert.deepEqual(read("/me"), { name: "path", text: "/me", kind: "str" });
  });

  it("may be a number or a boolean, as an environment variable gives it", () => {
    assert.equal(read(5, "num").text, "5");
    assert.equal(read(true, "bool").text, "true");
    assert.equal(read(undefined, "msg").text, "");
  });

  for (const [path, kind] of [
    ["/me", "magic"],
    ["/me", "re"],
    ["/me", 7],
    [{}, "str"],
    [["/me"], "str"],
  ] as const) {
    it(`cannot be ${JSON.stringify(path)} of the type ${JSON.stringify(kind)}`, () =>
      assert.throws(() => read(path, kind), isInvalid));
  }

  for (const [kind, text, expected] of [
    ["str", "/me", "/me"],
    ["str", "", ""],
    ["num", "50", 50],
    ["bool", "true", true],
    ["json", '{"limit":10}', { limit: 10 }],
    ["msg", "payload.path", "/search"],
    ["msg", "nothing.there", undefined],
    ["env", "ROOM", "Kitchen"],
    ["env", "${ROOM} 2", "Kitchen 2"],
    ["jsonata", 'payload.path & "?q=e"', "/search?q=e"],
    ["jsonata", "nothing", undefined],
  ] as const) {
    it(`of the type ${kind} has the value that it refers to: ${text || "nothing"}`, async () =>
      assert.deepEqual(await value(text, kind, { payload: { path: "/search" } }), expected));
  }

  for (const kind of ["num", "bool", "json", "msg", "flow", "global", "env", "jsonata"]) {
    it(`of the type ${kind} has no value if it is empty`, async () =>
      assert.equal(await value("", kind, { payload: 1 }), undefined));
  }

  for (const kind of ["flow", "global"] as const) {
    it(`of the type ${kind} is read for each message`, async () => {
      const context = plain.node.context()[kind];
      context.set("place", { path: "/me" });
      assert.equal(await value("place.path", kind), "/me");
      context.set("place", { path: "/search" });
      assert.equal(await value("place.path", kind), "/search");
      context.set("place", undefined);
      assert.equal(await value("place.path", kind), undefined);
    });
  }

  it("reads an expression that needs the contexts", async () => {
    plain.node.context().flow.set("limit", 7);
    assert.equal(await value('$flowContext("limit") + 1', "jsonata"), 8);
  });

  for (const [kind, text] of [
    ["json", "{secret"],
    ["jsonata", "secret("],
    ["jsonata", '$error("secret")'],
    ["msg", "secret..a"],
  ] as const) {
    it(`of the type ${kind} that cannot be read is an error, which names the property only: ${text}`, async () => {
      await assert.rejects(value(text, kind), (error: Error) => {
        assert.ok(isInvalid(error));
        assert.match(error.message, /"path" cannot be read/);
        assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /secret/);
        return true;
      });
    });
  }
});
