import assert from "node:assert/strict";
import type { Node, NodeAPI } from "node-red";
import { callOfMessage } from "../../../nodes/spotify-request/call";
import { migrateRequest } from "../../../nodes/spotify-request/migrate";
import { readRequestSettings } from "../../../nodes/spotify-request/request-settings";
import { SpotifyError, type ApiRequest } from "../../../src";

/** What a call needs of Node-RED: typed values of JSON and text, and properties of a message by their name. */
const RED = {
  util: {
    normalisePropertyExpression: (property: string) => {
      if (property.includes(" ")) throw new Error("no property");
    },
    getMessageProperty: (message: Record<string, unknown>, name: string) => message[name],
    evaluateNodeProperty: (
      text: string,
      kind: string,
      _node: Node,
      _message: object,
      done: (error: undefined, value: unknown) => void,
    ) => done(undefined, kind === "json" ? JSON.parse(text) : text),
  },
} as unknown as NodeAPI;

const isInvalid =
  (words: RegExp) =>
  (error: unknown): boolean =>
    error instanceof SpotifyError && error.code === "INVALID_ARGUMENT" && words.test(error.message);

/** The call of a node with these properties, and the usual ones beside them. */
async function callOf(properties: object, message: object = {}): Promise<ApiRequest> {
  const settings = readRequestSettings(RED, migrateRequest(properties).properties);
  return callOfMessage(RED, {} as Node, { _msgid: "m", ...message }, settings);
}

describe("the call of a spotify-request", () => {
  it("gets the user's playlists if nothing else is said", async () => {
    assert.deepEqual(await callOf({}, { payload: { ignored: true } }), {
      method: "GET",
      path: "/me/playlists",
      query: {},
      body: undefined,
      all: false,
      scopes: [],
      clientId: "best",
    });
  });

  it("has what the node's properties say", async () => {
    const properties = {
      method: "put",
      path: "/playlists/{id}",
      query: '{"limit":10}',
      scopes: ["playlist-modify-private"],
      clientId: "keymaster",
    };
    assert.deepEqual(await callOf(properties, { id: "p1", payload: { name: "New" } }), {
      method: "PUT",
      path: "/playlists/p1",
      query: { limit: 10 },
      body: { name: "New" },
      all: false,
      scopes: ["playlist-modify-private"],
      clientId: "keymaster",
    });
  });

  it("has the permissions and the client ID of the message rather than those of the node", async () => {
    const { scopes, clientId } = await callOf(
      { scopes: ["streaming"], clientId: "keymaster" },
      { scopes: "user-top-read", clientId: "" },
    );
    assert.deepEqual([scopes, clientId], ["user-top-read", ""]);
  });

  it("has the permissions and the client ID that other properties of the message hold", async () => {
    const properties = { scopes: "mine", scopesType: "msg", clientId: "app", clientIdType: "msg" };
    const { scopes, clientId } = await callOf(properties, { mine: ["streaming"], app: "ios" });
    assert.deepEqual([scopes, clientId], [["streaming"], "ios"]);
    assert.deepEqual((await callOf(properties, { app: "ios" })).scopes, []);
  });

  describe("whose method comes with the message", () => {
    it("has the method as the message says it", async () => {
      for (const method of ["DELETE", "post", 5])
        assert.equal((await callOf({ method: "" }, { method })).method, method);
    });

    for (const method of [undefined, ""]) {
      it(`needs one, not ${JSON.stringify(method)}`, async () =>
        assert.rejects(callOf({ method: "" }, { method }), isInvalid(/^msg\.method is missing/)));
    }

    it("has no body if that is GET", async () => {
      for (const method of ["GET", " get "])
        assert.equal((await callOf({ method: "" }, { method, payload: { a: 1 } })).body, undefined);
    });
  });

  it("has the method of the node even if the message has another one", async () =>
    assert.equal((await callOf({ method: "POST" }, { method: "DELETE" })).method, "POST"));

  for (const [what, payload, body] of [
    ["an object", { a: 1 }, { a: 1 }],
    ["a text", '{"a":1}', '{"a":1}'],
    ["no timestamp of an inject node", 1_780_000_000_000, undefined],
    ["no boolean", true, undefined],
  ] as const) {
    it(`has the payload as its body: ${what}`, async () =>
      assert.deepEqual((await callOf({ method: "POST" }, { payload })).body, body));
  }

  it("reads all pages only of a GET", async () => {
    assert.equal((await callOf({ all: true })).all, true);
    assert.equal((await callOf({ all: true, method: "POST" })).all, false);
  });

  describe("whose path and query come with the message", () => {
    const properties = { path: "path", pathType: "msg", query: "query", queryType: "msg" };

    for (const [what, query, expected] of [
      ["an object", { limit: 10 }, { limit: 10 }],
      ["an object as JSON", ' {"limit":10}', { limit: 10 }],
      ["a text", "limit=10", "limit=10"],
      ["nothing", undefined, ""],
      ["null", null, ""],
      ["a number, which the library refuses", 5, 5],
    ] as const) {
      it(`has a query that is ${what}`, async () =>
        assert.deepEqual((await callOf(properties, { path: "/me", query })).query, expected));
    }

    it("cannot have a query that looks like JSON but cannot be parsed", async () =>
      assert.rejects(
        callOf(properties, { path: "/me", query: "{limit" }),
        isInvalid(/query must be an object/),
      ));

    it("fills the names in the path, and leaves a wrong path to the library", async () => {
      assert.equal((await callOf(properties, { path: "/albums/{id}", id: "a1" })).path, "/albums/a1");
      assert.equal((await callOf(properties, { path: 5 })).path, 5);
    });
  });
});

describe("the properties of a spotify-request", () => {
  it("cannot have another method", async () =>
    assert.rejects(callOf({ method: "PATCH" }), isInvalid(/GET, POST, PUT or DELETE/)));

  it("needs the name of a property for the answer", async () =>
    assert.rejects(callOf({ output: "two words" }), isInvalid(/"two words"/)));

  it("are the usual ones if a flow has null for them", () => {
    const { path, scopes, clientId, output } = readRequestSettings(RED, { scopes: null, clientId: null });
    assert.deepEqual([path.kind, scopes, clientId, output], ["str", [], "best", "payload"]);
  });

  it("have no permissions or client ID of their own if those come from elsewhere", () => {
    const { scopes, clientId, typed } = readRequestSettings(RED, {
      scopes: "mine",
      scopesType: "msg",
      clientId: "app",
      clientIdType: "msg",
    });
    assert.deepEqual([scopes, clientId], [[], undefined]);
    assert.deepEqual([typed.scopes?.text, typed.clientId?.text], ["mine", "app"]);
  });
});
