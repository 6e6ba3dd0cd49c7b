import assert from "node:assert/strict";
import { TokenRequester } from "../../../nodes/spotify-token/token-request";
import { CLIENT_IDS, SpotifyError, type Session } from "../../../src";

const OWN_APP = "0123456789abcdef0123456789abcdef";
const BEST = "b".repeat(32);

const isInvalid = (error: unknown): boolean =>
  error instanceof SpotifyError && error.code === "INVALID_ARGUMENT";

describe("what a spotify-token asks for", () => {
  const node = new TokenRequester({ scopes: ["streaming"], clientId: " iOS " }, "auto");
  const wrong = new TokenRequester({ scopes: 5, clientId: 7 }, "auto");

  it("is what the node says if the message says nothing", () => {
    const expected = { scopes: ["streaming"], clientId: CLIENT_IDS.ios };
    for (const message of [undefined, {}, { scopes: null, clientId: null }])
      assert.deepEqual(node.requested(message), expected);
  });

  for (const [what, message, scopes, clientId] of [
    ["scopes", { scopes: "user-top-read, streaming" }, ["user-top-read", "streaming"], CLIENT_IDS.ios],
    ["no scopes in its list", { scopes: [] }, ["streaming"], CLIENT_IDS.ios],
    ["a client ID", { clientId: OWN_APP.toUpperCase() }, ["streaming"], OWN_APP],
    ["the name of a client ID", { clientId: "keymaster" }, ["streaming"], CLIENT_IDS.keymaster],
    ["the best client ID", { clientId: " Best " }, ["streaming"], "best"],
    ["the client ID of the account", { clientId: "" }, ["streaming"], ""],
    ["both", { scopes: ["user-top-read"], clientId: "" }, ["user-top-read"], ""],
  ] as const) {
    it(`is what the message says if it has ${what}`, () =>
      assert.deepEqual(node.requested(message), { scopes, clientId }));
  }

  for (const message of [{ scopes: 5 }, { clientId: 5 }, { clientId: "postman" }]) {
    it(`cannot be ${JSON.stringify(message)}`, () => assert.throws(() => node.requested(message), isInvalid));
  }

  it("is an error for each message if the node's properties are wrong, except if the message replaces them", () => {
    for (let message = 0; message < 2; message++) assert.throws(() => wrong.requested(), isInvalid);
    assert.throws(() => wrong.requested({ scopes: "streaming" }), isInvalid);
    assert.throws(() => wrong.requested({ clientId: "ios" }), isInvalid);
    assert.deepEqual(wrong.requested({ scopes: "streaming", clientId: "ios" }), {
      scopes: ["streaming"],
      clientId: CLIENT_IDS.ios,
    });
  });

  it("is known to the status: the client ID, and that there are no permissions", () => {
    assert.deepEqual([node.lacksScopes, node.clientId], [false, CLIENT_IDS.ios]);
    const bare = new TokenRequester({ scopes: [], clientId: "best" }, "auto");
    assert.deepEqual([bare.lacksScopes, bare.clientId], [true, "best"]);
    assert.deepEqual([wrong.lacksScopes, wrong.clientId], [false, undefined]);
  });

  it("cannot come from a source that this version does not have", () =>
    assert.throws(() => new TokenRequester({}, "postman"), isInvalid));
});

describe("the session that a spotify-token asks", () => {
  let asked: unknown[];
  let session: Session;

  beforeEach(() => {
    asked = [];
    const note = (...all: unknown[]): void => void asked.push(all);
    session = {
      clientId: CLIENT_IDS.android,
      tokens: {
        bestClientId: () => BEST,
        ready: async () => note("ready"),
        cachedToken: note,
        getTokenWithClientId: async (...all: unknown[]) => note(...all),
      },
    } as unknown as Session;
  });

  for (const [clientId, named, before] of [
    ["best", BEST, [["ready"]]],
    ["", CLIENT_IDS.android, []],
    [OWN_APP, OWN_APP, []],
  ] as const) {
    it(`gets the client ID, the scopes and the source: "${clientId}"`, async () => {
      const requester = new TokenRequester({ scopes: ["streaming"], clientId }, "keymaster");
      const call = [["streaming"], named, { source: "keymaster" }];
      requester.cached(session, requester.requested());
      assert.deepEqual(asked, [call], "for a token that needs no request");
      asked = [];
      await requester.ask(session, requester.requested());
      assert.deepEqual(asked, [...before, call], "for a request");
    });
  }
});
