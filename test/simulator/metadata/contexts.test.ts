import assert from "node:assert/strict";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import { login5Token } from "../clients/raw-device";
import { Simulator, type Account } from "../index";
import { CATALOGUE } from "../world/catalogue";
import { bytesField, int32Field, messageOf } from "./protobuf-fields";

const COLLECTION = "application/vnd.collection-v2.spotify.proto";
const { dinner } = CATALOGUE;
const [track] = CATALOGUE.tracks;
const [artist] = CATALOGUE.artists;
assert.ok(track && artist);

describe("simulator: contexts and the collection on spclient", () => {
  let simulator: Simulator;
  let ada: Account;

  beforeEach(async () => {
    simulator = await Simulator.start();
    ada = simulator.addAccount({ username: "ada" });
  });

  afterEach(() => simulator.close());

  interface Ask {
    method?: string;
    headers?: Record<string, string>;
    body?: BodyInit;
  }

  function ask(path: string, { headers, ...others }: Ask = {}): Promise<Response> {
    const all = {
      authorization: `Bearer ${login5Token(simulator, ada)}`,
      "client-token": simulator.clientTokens.grant(CLIENT_IDS.keymaster, "", 3600).token,
      ...headers,
    };
    return fetch(`${simulator.endpoints.spclient}${path}`, { ...others, headers: all });
  }

  async function urisOf(context: string): Promise<string[]> {
    const response = await ask(`/context-resolve/v1/${context}`);
    assert.equal(response.status, 200);
    const { uri, pages } = Object(await response.json());
    assert.equal(uri, context);
    return Object(pages)[0].tracks.map((one: { uri: string }) => one.uri);
  }

  function write(
    set: string,
    items: readonly (readonly [uri: string, isRemoved: boolean])[],
  ): Promise<Response> {
    const body = messageOf(
      bytesField(1, "ada"),
      bytesField(2, set),
      ...items.map(([uri, isRemoved]) =>
        bytesField(3, messageOf(bytesField(1, uri), int32Field(2, 1), int32Field(3, Number(isRemoved)))),
      ),
    );
    const headers = { "content-type": COLLECTION, accept: COLLECTION };
    return ask("/collection/v2/write", { method: "POST", headers, body: Buffer.from(body) });
  }

  // Source: librespot core/src/spclient.rs, `get_context`.
  it("return the items of a playlist, of a single track, and of a search", async () => {
    assert.deepEqual(
      await urisOf(dinner.uri),
      dinner.items.map(({ uri }) => uri),
    );
    assert.deepEqual(await urisOf(track.uri), [track.uri]);
    const found = await urisOf("spotify:search:wake+lan");
    assert.ok(found.includes(CATALOGUE.tracks.find(({ name }) => name === "Wake on LAN")!.uri));
    assert.notEqual(found.length, 1, "what fits best need not come first");
  });

  it("do not know what does not exist, and answer no client without tokens", async () => {
    const statuses = await Promise.all([
      ask("/context-resolve/v1/spotify:playlist:nothing"),
      ask("/context-resolve/v1/spotify:search:xyzzy"),
      ask("/context-resolve/v1/spotify:search:100%25"),
      ask("/context-resolve/v1/spotify:search:%E0"),
      ask(`/context-resolve/v1/${dinner.uri}`, { headers: { authorization: "Bearer x" } }),
      ask(`/context-resolve/v1/${dinner.uri}`, { method: "POST" }),
    ]);
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [404, 404, 404, 404, 401, 405],
    );
  });

  it("save and forget, in the set for the kind", async () => {
    assert.equal((await write("collection", [[track.uri, false]])).status, 200);
    assert.equal((await write("artist", [[artist.uri, false]])).status, 200);
    assert.deepEqual([...ada.library], [track.uri, artist.uri]);
    assert.equal((await write("collection", [[track.uri, true]])).status, 200);
    assert.deepEqual([...ada.library], [artist.uri]);
    assert.equal((await write("collection", [[artist.uri, true]])).status, 400);
    assert.equal((await write("nothing", [])).status, 400);
    const json = { "content-type": "application/json" };
    assert.equal(
      (await ask("/collection/v2/write", { method: "POST", headers: json, body: "{}" })).status,
      415,
    );
    const garbage = { "content-type": COLLECTION };
    const body = Buffer.alloc(9, 0xff);
    assert.equal((await ask("/collection/v2/write", { method: "POST", headers: garbage, body })).status, 400);
    assert.deepEqual([...ada.library], [artist.uri]);
  });
});
