import assert from "node:assert/strict";
import { CATALOGUE } from "../../simulator/world/catalogue";
import { recorded } from "../support/recorder";
import { RequestFlow } from "./request-flow";

interface Page {
  items: { uri: string; name: string }[];
  limit: number;
  total: number;
}

const LIST = CATALOGUE.dinner.uri;
const LIST_ID = LIST.split(":")[2]!;
const TRACK = CATALOGUE.tracks[0]!.uri;

describe("spotify-request", () => {
  let flow: RequestFlow;

  beforeEach(async () => {
    flow = await RequestFlow.begin();
  });

  afterEach(() => flow.end());

  it("puts the document into the payload of the same message, with the status and the headers", async () => {
    await flow.deploy([{ path: "/me/playlists" }]);
    const message = await flow.send({ topic: "mine", kept: true });
    const { items } = message.payload as Page;
    assert.deepEqual(
      items.map(({ name }) => name),
      flow.account.playlists.all.map(({ name }) => name),
    );
    assert.deepEqual([message.topic, "kept" in message, message.statusCode], ["mine", true, 200]);
    assert.match(String(message.headers?.["content-type"]), /^application\/json/);
    assert.deepEqual(flow.asked, ["GET /v1/me/playlists"]);
  });

  it("requests the playlists if it is new", async () => {
    await flow.deploy([{}]);
    assert.equal(typeof ((await flow.send()).payload as Page).total, "number");
  });

  describe("reads the method", () => {
    it("of the message if the node has none, in any case", async () => {
      await flow.deploy([{ method: "", path: "/me/library", query: JSON.stringify({ uris: TRACK }) }]);
      await flow.send({ method: "put" });
      assert.deepEqual([...flow.account.library], [TRACK]);
      await flow.send({ method: " DELETE " });
      assert.deepEqual([...flow.account.library], []);
    });

    it("of the node, no matter what the message says", async () => {
      await flow.deploy([{ method: "GET", path: "/me" }]);
      await flow.send({ method: "DELETE" });
      assert.deepEqual(flow.asked, ["GET /v1/me"]);
    });

    for (const [method, why] of [
      [undefined, /msg\.method is missing/],
      ["", /msg\.method is missing/],
      ["PATCH", /must be one of these: GET/],
      [5, /must be one of these: GET/],
      [{ toString: "no" }, /must be one of these: GET/],
    ] as const) {
      it(`or reports that it is wrong: ${JSON.stringify(method)}`, async () => {
        await flow.deploy([{ method: "", path: "/me" }]);
        const { error } = await flow.fail({ method });
        assert.equal(error.code, "INVALID_ARGUMENT");
        assert.match(error.message, why);
        assert.deepEqual(flow.asked, []);
      });
    }
  });

  describe("reads the path", () => {
    afterEach(() => delete process.env["SPOTIFY_PATH"]);

    for (const [pathType, path] of [
      ["str", "/me"],
      ["str", "me"],
      ["str", "/v1/me"],
      ["str", "https://api.spotify.com/v1/me"],
      ["msg", "payload.path"],
      ["flow", "place.path"],
      ["global", "path"],
      ["env", "SPOTIFY_PATH"],
      ["str", "${SPOTIFY_PATH}"],
      ["jsonata", '"/" & payload.name'],
    ] as const) {
      it(`as ${pathType}: ${path}`, async () => {
        process.env["SPOTIFY_PATH"] = "/me";
        await flow.deploy([{ path, pathType }]);
        flow.flow.node("n0").context().flow.set("place", { path: "/me" });
        flow.flow.node("n0").context().global.set("path", "/me");
        const { payload } = await flow.send({ payload: { path: "/me", name: "me" } });
        assert.equal((payload as { id: string }).id, "mira");
      });
    }

    for (const [path, message] of [
      ["/playlists/{playlist_id}/items", { playlist_id: LIST_ID }],
      ["/playlists/{playlist_id}/items", { playlist_id: LIST }],
      [
        "/playlists/{playlist_id}/items",
        { playlist_id: `https://open.spotify.com/playlist/${LIST_ID}?si=x` },
      ],
      ["/playlists/{payload}/items", { payload: LIST }],
      ["/playlists/{msg.payload.uri}/items", { payload: { uri: LIST } }],
      ["/playlists/{{payload.list.id}}/items", { payload: { list: { id: LIST_ID } } }],
      ["/playlists/{{{ payload[0] }}}/items", { payload: [LIST] }],
    ] as const) {
      it(`with the message's value for a name in braces: ${path}, ${JSON.stringify(message)}`, async () => {
        await flow.deploy([{ path }]);
        assert.equal(((await flow.send(message)).payload as Page).total, CATALOGUE.dinner.items.length);
        assert.deepEqual(flow.asked, [`GET /v1/playlists/${LIST_ID}/items`]);
      });
    }

    it("with a number for a name, also in its query", async () => {
      await flow.deploy([{ path: "/me/playlists?limit={count}" }]);
      assert.equal(((await flow.send({ count: 2 })).payload as Page).limit, 2);
    });

    for (const [message, why] of [
      [{}, /msg\.playlist_id is missing: the path needs it/],
      [{ playlist_id: "" }, /msg\.playlist_id is missing/],
      [{ playlist_id: " " }, /msg\.playlist_id is missing/],
      [{ playlist_id: null }, /msg\.playlist_id is missing/],
      [{ playlist_id: { id: LIST } }, /msg\.playlist_id is missing/],
      [{ playlist_id: "x".repeat(5_000) }, /msg\.playlist_id is missing/],
      [{ playlist_id: ".." }, /msg\.playlist_id is no ID/],
    ] as const) {
      it(`or reports which name is missing in the message: ${JSON.stringify(message).slice(0, 40)}`, async () => {
        await flow.deploy([{ path: "/playlists/{playlist_id}/items" }]);
        const { error } = await flow.fail(message);
        assert.equal(error.code, "INVALID_ARGUMENT");
        assert.match(error.message, why);
        assert.deepEqual(flow.asked, []);
      });
    }

    it("and lets no value lead to another call", async () => {
      await flow.deploy([{ path: "/playlists/{playlist_id}/items" }]);
      for (const playlist_id of ["../../me/tracks?x=", "a/b", "%2e%2e", "a#b", "a?b=c"]) {
        await flow.fail({ playlist_id });
        assert.ok(
          flow.asked.every((one) => /^GET \/v1\/playlists\/[^/?#]+\/items$/.test(one)),
          `${playlist_id}: ${flow.asked.join()}`,
        );
      }
    });

    for (const [variable, path] of [
      [LIST, "/playlists/${SPOTIFY_LIST}/items"],
      [LIST_ID, "/playlists/${SPOTIFY_LIST}/{payload}"],
      [`/playlists/${LIST_ID}/items`, "${SPOTIFY_LIST}"],
    ] as const) {
      it(`with an environment variable: ${path}, ${variable}`, async () => {
        flow.flow.env = [{ name: "SPOTIFY_LIST", type: "str", value: variable }];
        await flow.deploy([{ path }]);
        await flow.send({ payload: "items", SPOTIFY_LIST: "not this" });
        assert.deepEqual(flow.asked, [`GET /v1/playlists/${LIST_ID}/items`]);
      });
    }

    it("or reports which environment variable is missing", async () => {
      await flow.deploy([{ path: "/playlists/${SPOTIFY_LIST}/items" }]);
      const { error } = await flow.fail({ SPOTIFY_LIST: "not this" });
      assert.equal(error.code, "INVALID_ARGUMENT");
      assert.match(error.message, /environment variable SPOTIFY_LIST is missing/);
    });

    for (const [path, why] of [
      ["https://example.com/v1/me", /a token must not go elsewhere/],
      ["//example.com/v1/me", /a token must not go elsewhere|not an address/],
      ["/../../me", /call of the Web API/],
      ["", /must be a text, such as \/me\/playlists/],
    ] as const) {
      it(`but not one that leads to another host: "${path}"`, async () => {
        await flow.deploy([{ path: "payload", pathType: "msg" }]);
        const { error } = await flow.fail({ payload: path });
        assert.equal(error.code, "INVALID_ARGUMENT");
        assert.match(error.message, why);
        assert.deepEqual(flow.asked, []);
      });
    }

    for (const payload of [undefined, null, 5, {}, []]) {
      it(`but not a value that is not a string: ${JSON.stringify(payload)}`, async () => {
        await flow.deploy([{ path: "payload", pathType: "msg" }]);
        const { error } = await flow.fail({ payload });
        assert.equal(error.code, "INVALID_ARGUMENT");
        assert.match(error.message, /path must be a text/);
      });
    }
  });

  describe("reads the query", () => {
    for (const [queryType, query, message] of [
      ["json", '{"limit":2,"offset":1}', {}],
      ["str", "limit=2&offset=1", {}],
      ["msg", "payload", { payload: { limit: 2, offset: "1", market: null } }],
      ["msg", "payload", { payload: '{"limit":2,"offset":1}' }],
      ["msg", "payload", { payload: "limit=2&offset=1" }],
      ["jsonata", '{"limit": payload, "offset": 1}', { payload: 2 }],
    ] as const) {
      it(`as ${queryType}: ${query} ${JSON.stringify(message)}`, async () => {
        await flow.deploy([{ query, queryType }]);
        const { payload } = await flow.send(message);
        const { limit, offset } = payload as Page & { offset: number };
        assert.deepEqual([limit, offset], [2, 1]);
      });
    }

    it("and the query of the path, which has a lower priority", async () => {
      await flow.deploy([{ path: "/me/playlists?limit=5&offset=1", query: '{"limit":2}' }]);
      const { limit, offset } = (await flow.send()).payload as Page & { offset: number };
      assert.deepEqual([limit, offset], [2, 1]);
    });

    it("and writes a list with commas", async () => {
      await flow.deploy([
        { method: "PUT", path: "/me/library", query: "payload", queryType: "msg", body: "", bodyType: "str" },
      ]);
      const uris = CATALOGUE.tracks.slice(0, 3).map(({ uri }) => uri);
      await flow.send({ payload: { uris } });
      assert.deepEqual([...flow.account.library], uris);
    });

    for (const payload of [5, ["limit", 2], { limit: {} }, "{limit:2"]) {
      it(`but not a value that cannot be a query: ${JSON.stringify(payload)}`, async () => {
        await flow.deploy([{ query: "payload", queryType: "msg" }]);
        const { error } = await flow.fail({ payload });
        assert.equal(error.code, "INVALID_ARGUMENT");
        assert.match(error.message, /query/);
        assert.deepEqual(flow.asked, []);
      });
    }
  });

  describe("reads the body", () => {
    const items = (): string[] => flow.account.playlists.find(LIST_ID)!.items.map(({ uri }) => uri);
    const path = `/playlists/${LIST_ID}/items`;

    it("of the payload, for POST, PUT and DELETE", async () => {
      await flow.deploy(["POST", "PUT", "DELETE"].map((method) => ({ method, path })));
      const before = items();
      const { payload, statusCode } = await flow.send({ payload: { uris: [TRACK] } });
      assert.deepEqual(items(), [...before, TRACK]);
      assert.equal(statusCode, 201);
      assert.deepEqual(Object.keys(payload as object), ["snapshot_id"]);
      await flow.send({ payload: JSON.stringify({ uris: [TRACK] }) }, 1);
      assert.deepEqual(items(), [TRACK]);
      await flow.send({ payload: { items: [{ uri: TRACK }] } }, 2);
      assert.deepEqual(items(), []);
    });

    for (const [bodyType, body] of [
      ["json", JSON.stringify({ uris: [TRACK] })],
      ["msg", "wanted"],
      ["flow", "wanted"],
      ["jsonata", '{"uris": [wanted.uris]}'],
    ] as const) {
      it(`as ${bodyType}`, async () => {
        await flow.deploy([{ method: "PUT", path, body, bodyType }]);
        flow.flow
          .node("n0")
          .context()
          .flow.set("wanted", { uris: [TRACK] });
        await flow.send({ payload: "not this", wanted: { uris: [TRACK] } });
        assert.deepEqual(items(), [TRACK]);
      });
    }

    for (const payload of [Date.now(), true, "", null, undefined]) {
      it(`but not that of a button or inject node: ${typeof payload} ${String(payload).slice(0, 4)}`, async () => {
        await flow.deploy([{ method: "PUT", path: "/me/player/pause" }]);
        void flow.account.playback;
        await flow.session.player.refresh();
        await flow.send({ payload });
        assert.equal(flow.account.playback.state.status, "paused");
      });
    }

    it("but sends none with GET", async () => {
      await flow.deploy([{ path: "/me" }]);
      assert.equal((await flow.send({ payload: "no JSON" })).statusCode, 200);
    });

    for (const payload of ["no JSON", "5", Symbol("no JSON"), 5n]) {
      it(`but not text that is not JSON, which is not quoted: ${String(payload)}`, async () => {
        await flow.deploy([{ method: "POST", path }]);
        const { error } = await flow.fail({ payload });
        assert.equal(error.code, "INVALID_ARGUMENT");
        assert.doesNotMatch(error.message, /no JSON/);
        assert.deepEqual(flow.asked, []);
      });
    }
  });

  describe("puts the answer", () => {
    it("into another property, and keeps the payload", async () => {
      await flow.deploy([{ path: "/me", output: "spotify.me" }]);
      const message = (await flow.send({ payload: "mine" })) as unknown as {
        payload: string;
        spotify: { me: { id: string } };
      };
      assert.deepEqual([message.payload, message.spotify.me.id], ["mine", "mira"]);
    });

    it("nowhere if that is empty, but reports the status", async () => {
      await flow.deploy([{ path: "/me", output: "" }]);
      const message = await flow.send({ payload: "mine" });
      assert.deepEqual([message.payload, message.statusCode], ["mine", 200]);
    });

    it("as null if it is empty, and as a string if it is not JSON", async () => {
      await flow.deploy([{ method: "PUT", path: `/me/library?uris=${TRACK}` }, { path: "/me" }]);
      assert.equal((await flow.send()).payload, null);
      flow.simulator.faults.webApiAnswer = {
        value: { status: 200, body: "fine", headers: { "content-type": "text/plain" } },
        times: 1,
      };
      assert.equal((await flow.send({}, 1)).payload, "fine");
    });

    it("not into a message that has no place for it, which is an error", async () => {
      await flow.deploy([{ path: "/me", output: "spotify.me" }]);
      const { error } = await flow.fail({ spotify: "a text" });
      assert.equal(error.code, "INVALID_ARGUMENT");
      assert.match(error.message, /msg\.spotify\.me/);
      assert.deepEqual(recorded("r0"), []);
    });

    it("without the fields that an earlier answer has left in the message", async () => {
      await flow.deploy([{ path: "/me" }]);
      const message = await flow.send({ retryAfter: 9, reason: "old", next: "/old", statusCode: 429 });
      assert.deepEqual([message.statusCode, message.next], [200, undefined]);
      for (const name of ["retryAfter", "reason", "next"]) assert.ok(!(name in message), name);
    });
  });
});
