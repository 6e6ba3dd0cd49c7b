import assert from "node:assert/strict";
import { readTokenWords, tokenWordsOf, type TokenWords } from "../../../nodes/shared/token-words";
import { SpotifyError } from "../../../src";
import { plainNode, type PlainNode } from "../support/plain-node";

const OWN_APP = "0123456789abcdef0123456789abcdef";

describe("the permissions and the client ID of a message", () => {
  let plain: PlainNode;

  before(async () => {
    plain = await plainNode({ SCOPES: "streaming, user-top-read", APP: OWN_APP });
  });

  after(() => plain.close());

  const wordsOf = (properties: object, message: object = {}): Promise<TokenWords> =>
    tokenWordsOf(plain.RED, plain.node, { _msgid: "m", ...message }, readTokenWords(properties));
  const isInvalid = (error: unknown): boolean =>
    error instanceof SpotifyError && error.code === "INVALID_ARGUMENT";

  it("come from the node if nothing says otherwise", () => {
    for (const properties of [{}, { scopesType: "list", clientIdType: "str" }, { scopesType: "" }]) {
      assert.deepEqual(readTokenWords({ scopes: ["streaming"], clientId: "best", ...properties }), {});
    }
  });

  it("come from the message rather than from other places that the node names", async () => {
    const properties = { scopes: "SCOPES", scopesType: "env", clientId: "APP", clientIdType: "env" };
    assert.deepEqual(await wordsOf(properties, { scopes: ["ugc-image-upload"], clientId: "ios" }), {
      scopes: ["ugc-image-upload"],
      clientId: "ios",
    });
    assert.deepEqual(await wordsOf(properties), { scopes: "streaming, user-top-read", clientId: OWN_APP });
  });

  it("come from the message, a context or an expression", async () => {
    plain.node.context().flow.set("scopes", ["streaming"]);
    plain.node.context().global.set("app", { id: OWN_APP });
    assert.deepEqual(
      await wordsOf({
        scopes: "scopes",
        scopesType: "flow",
        clientId: "app.id",
        clientIdType: "global",
      }),
      { scopes: ["streaming"], clientId: OWN_APP },
    );
    assert.deepEqual(
      await wordsOf(
        {
          scopes: '[payload.one, "streaming"]',
          scopesType: "jsonata",
          clientId: "payload.app",
          clientIdType: "msg",
        },
        { payload: { one: "user-top-read", app: "keymaster" } },
      ),
      { scopes: ["user-top-read", "streaming"], clientId: "keymaster" },
    );
  });

  it("may be the account's client ID: an empty string", async () => {
    assert.equal((await wordsOf({ clientId: "app", clientIdType: "msg" }, { app: "" })).clientId, "");
    assert.equal(
      (await wordsOf({ clientId: "NOTHING", clientIdType: "env" }, { clientId: "" })).clientId,
      "",
    );
  });

  it("may be empty", async () => {
    assert.equal((await wordsOf({ scopes: "nothing", scopesType: "flow" })).scopes, undefined);
  });

  it("must not be a client ID that is missing, because another one would be used", async () => {
    for (const [clientId, clientIdType] of [
      ["nothing", "flow"],
      ["nothing", "msg"],
      ["", "global"],
      ["nothing", "jsonata"],
      ["NOTHING", "env"],
    ] as const) {
      await assert.rejects(
        wordsOf({ clientId, clientIdType }),
        (error: Error) => isInvalid(error) && /client ID is missing/.test(error.message),
        clientIdType,
      );
    }
  });

  it("must not be an environment variable that is not set if the message has null for the client ID", async () => {
    await assert.rejects(
      wordsOf({ clientId: "NOTHING", clientIdType: "env" }, { clientId: null }),
      (error: Error) => isInvalid(error) && /client ID is missing/.test(error.message),
    );
  });

  it("may be missing in the node if the message names the client ID", async () => {
    assert.equal(
      (await wordsOf({ clientId: "nothing", clientIdType: "flow" }, { clientId: "ios" })).clientId,
      "ios",
    );
  });

  it("cannot be of an unknown type", () => {
    assert.throws(() => readTokenWords({ scopesType: "magic" }), isInvalid);
    assert.throws(() => readTokenWords({ clientIdType: 5 }), isInvalid);
  });
});
