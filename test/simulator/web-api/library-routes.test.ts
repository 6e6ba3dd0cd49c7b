import assert from "node:assert/strict";
import { Simulator, type Account } from "../index";
import { CATALOGUE } from "../world/catalogue";

const [track] = CATALOGUE.tracks;
const [artist] = CATALOGUE.artists;
assert.ok(track && artist);

type Json = ReturnType<ObjectConstructor>;

// Source: developer.spotify.com, february-2026-migration-guide.
describe("simulator: the Web API's search and library", () => {
  let simulator: Simulator;
  let ada: Account;

  beforeEach(async () => {
    simulator = await Simulator.start();
    ada = simulator.addAccount();
  });

  afterEach(() => simulator.close());

  async function ask(
    method: string,
    path: string,
    query: Record<string, string>,
    scopes = ["user-library-modify", "user-library-read"],
  ): Promise<{ status: number; body: Json }> {
    const url = `${simulator.endpoints.api}/v1/${path}?${new URLSearchParams(query).toString()}`;
    const token = ada.accessToken({ clientId: "f".repeat(32), scopes });
    const response = await fetch(url, { method, headers: { authorization: `Bearer ${token}` } });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  }

  const search = (query: Record<string, string>): Promise<{ status: number; body: Json }> =>
    ask("GET", "search", query, []);

  it("find items of the requested types, at most 10 of each", async () => {
    const { body } = await search({ q: "ephemeral", type: "track,artist", limit: "2" });
    assert.deepEqual(Object.keys(body), ["tracks", "artists"]);
    assert.equal(body.tracks.items.length, 2);
    assert.ok(body.tracks.total > 2);
    assert.deepEqual(
      body.artists.items.map(({ name, uri }: Json) => [name, uri]),
      [[artist.name, artist.uri]],
    );
    assert.deepEqual((await search({ q: "xyzzy", type: "playlist" })).body.playlists.items, []);
    assert.equal((await search({ q: "wake", type: "track" })).body.tracks.limit, 5);
  });

  it("refuse a search without words, for more than 10, and for no type", async () => {
    const statuses = await Promise.all([
      search({ q: "", type: "track" }),
      search({ q: "wake", type: "track", limit: "11" }),
      search({ q: "wake" }),
      search({ q: "wake", type: "song" }),
    ]);
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [400, 400, 400, 400],
    );
  });

  it("save, and forget", async () => {
    const uris = `${track.uri},${artist.uri}`;
    assert.equal((await ask("PUT", "me/library", { uris })).status, 200);
    assert.deepEqual([...ada.library], [track.uri, artist.uri]);
    assert.equal((await ask("DELETE", "me/library", { uris: artist.uri })).status, 200);
    assert.deepEqual((await ask("GET", "me/library/contains", { uris })).body, [true, false]);
  });

  it("need a scope, and at most 40 URIs, all of existing items", async () => {
    const refused = await Promise.all([
      ask("PUT", "me/library", { uris: track.uri }, ["user-library-read"]),
      ask("PUT", "me/library", { uris: "" }),
      ask("PUT", "me/library", { uris: "spotify:track:nothing" }),
      ask("PUT", "me/library", { uris: Array.from({ length: 41 }, () => track.uri).join() }),
    ]);
    assert.deepEqual(
      refused.map(({ status }) => status),
      [403, 400, 400, 400],
    );
    assert.equal(ada.library.size, 0);
  });
});
