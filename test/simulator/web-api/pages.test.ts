import assert from "node:assert/strict";
import { CATALOGUE } from "../world/catalogue";
import { ApiClient, type Json } from "../clients/api-client";

const INVALID_LIMIT = { error: { status: 400, message: "Invalid limit" } };
const LACKS_SCOPE = { error: { status: 403, message: "Insufficient client scope" } };

describe("simulator: the Web API's pages", () => {
  let client: ApiClient;

  beforeEach(async () => {
    client = await ApiClient.start();
    for (const { uri } of [...CATALOGUE.tracks, ...CATALOGUE.albums, ...CATALOGUE.artists]) {
      client.account.library.add(uri);
    }
  });

  afterEach(() => client.close());

  it("have their own address, and those of the pages before and after them", async () => {
    const { body } = await client.ask("GET /me/tracks?limit=5&offset=5&market=SE");
    const at = (offset: number): string =>
      `https://api.spotify.com/v1/me/tracks?market=SE&offset=${offset}&limit=5`;
    const { items, ...page } = body;
    assert.deepEqual(page, {
      href: at(5),
      limit: 5,
      next: at(10),
      offset: 5,
      previous: at(0),
      total: CATALOGUE.tracks.length,
    });
    assert.equal(items.length, 5);
  });

  const LISTS: Record<string, (item: Json) => string> = {
    "/me/tracks?limit=7": ({ track }) => track.uri,
    "/me/albums?limit=2": ({ album }) => album.uri,
  };
  for (const [path, uriOf] of Object.entries(LISTS)) {
    it(`${path} has everything that was saved, newest first`, async () => {
      const pages = await client.walk(path);
      const uris = pages.flatMap((page) => page.items.map(uriOf));
      const kind = path.includes("tracks") ? "spotify:track:" : "spotify:album:";
      const saved = [...client.account.library].filter((uri) => uri.startsWith(kind));
      assert.deepEqual(uris, saved.toReversed());
      assert.equal(pages.at(-1).next, null);
    });
  }

  it("of a search have one list per type, of at most 10, and call the words `query`", async () => {
    const pages = await client.walk("/search?q=e&type=track&limit=10", (body) => body.tracks);
    const names = pages.flatMap(({ items }) => items.map(({ name }: Json) => name));
    assert.equal(names.length, pages[0].total);
    assert.ok(pages.length > 1);
    assert.equal(pages[0].next, "https://api.spotify.com/v1/search?query=e&type=track&offset=10&limit=10");
    assert.deepEqual((await client.ask("GET /search?q=e&type=track&limit=11")).body, INVALID_LIMIT);
  });

  it("of followed artists use a cursor", async () => {
    const pages = await client.walk("/me/following?type=artist&limit=2", (body) => body.artists);
    const names = pages.flatMap(({ items }) => items.map(({ name }: Json) => name));
    assert.deepEqual(names, CATALOGUE.artists.map(({ name }) => name).toReversed());
    assert.deepEqual(
      pages.map(({ items, total }) => [items.length, total]),
      [
        [2, 5],
        [2, 5],
        [1, 5],
      ],
    );
    assert.equal(pages[0].cursors.after, pages[0].items[1].id);
    assert.equal((await client.ask("GET /me/following")).status, 400);
  });

  it("of played items use a time", async () => {
    const { playback } = client.account;
    const clock = Date.now;
    let now = clock();
    Date.now = () => now;
    try {
      for (let i = 0; i < 5; i++) {
        now += 1_000;
        playback.next();
      }
      const played = playback.played.map(({ item }) => item.name);
      const pages = await client.walk("/me/player/recently-played?limit=2");
      assert.deepEqual(
        pages.flatMap(({ items }) => items.map(({ track }: Json) => track.name)),
        played,
      );
      assert.equal(pages[0].cursors.before, String(playback.played[1]?.playedAt));
      const since = String(playback.played[3]?.playedAt);
      const later = await client.ask(`GET /me/player/recently-played?after=${since}`);
      assert.equal(later.body.items.length, 3);
    } finally {
      Date.now = clock;
    }
  });

  it("of an artist's albums have at most 10 items", async () => {
    const id = CATALOGUE.artists[1]!.uri.split(":").at(-1);
    const { body } = await client.ask(`GET /artists/${id}/albums?limit=10`);
    assert.equal(
      body.total,
      CATALOGUE.albums.filter(({ artists }) => artists.includes(CATALOGUE.artists[1]!)).length,
    );
    assert.deepEqual((await client.ask(`GET /artists/${id}/albums?limit=11`)).body, INVALID_LIMIT);
  });

  for (const [path, scope] of Object.entries({
    "/me/tracks": "user-library-read",
    "/me/albums": "user-library-read",
    "/me/playlists": "playlist-read-private",
    "/me/following?type=artist": "user-follow-read",
    "/me/player/recently-played": "user-read-recently-played",
  })) {
    it(`${path} needs ${scope}, and a limit from 1 to 50`, async () => {
      const joint = path.includes("?") ? "&" : "?";
      assert.deepEqual((await client.ask(`GET ${path}`, { scopes: ["streaming"] })).body, LACKS_SCOPE);
      assert.equal((await client.ask(`GET ${path}${joint}limit=50`, { scopes: [scope] })).status, 200);
      for (const limit of ["51", "0", "-1", "many"]) {
        // oxlint-disable-next-line no-await-in-loop -- one question after the other
        const { status, body } = await client.ask(`GET ${path}${joint}limit=${limit}`);
        assert.deepEqual([status, body], [400, INVALID_LIMIT]);
      }
    });
  }

  it("after the last one are empty", async () => {
    const { body } = await client.ask("GET /me/tracks?offset=1000");
    assert.deepEqual([body.items, body.next, body.total], [[], null, CATALOGUE.tracks.length]);
  });
});
