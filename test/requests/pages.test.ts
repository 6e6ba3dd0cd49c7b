import assert from "node:assert/strict";
import type { ApiRequest } from "../../src";
import { CATALOGUE } from "../simulator/world/catalogue";
import { serveHttp } from "../support/http-server";
import { useCaller, type Caller } from "./support";

const TRACKS = "https://api.spotify.com/v1/me/tracks";

async function allOf(caller: Caller, request: ApiRequest): Promise<unknown[]> {
  const { body } = await caller.request({ ...request, all: true });
  assert.ok(Array.isArray(body));
  return body;
}

function saveEverything({ account }: Caller): void {
  for (const { uri } of [...CATALOGUE.tracks, ...CATALOGUE.artists]) account.library.add(uri);
}

describe("A request for all pages", () => {
  const caller = useCaller();
  beforeEach(() => saveEverything(caller.current));
  const all = (request: ApiRequest): Promise<unknown[]> => allOf(caller.current, request);

  /** A playlist with this number of items. */
  function playlistOf(count: number): string {
    const items = Array.from({ length: count }, (_, i) => CATALOGUE.tracks[i % CATALOGUE.tracks.length]!);
    return caller.current.account.playlists.add({ name: "Long", items }).uri.split(":").at(-1)!;
  }

  it("follows `next` to the end, and returns one list in the order of the pages", async () => {
    const tracks = await all({ path: "/me/tracks", query: { limit: 7 } });
    assert.deepEqual(
      tracks.map((item) => Object(item).track.uri),
      CATALOGUE.tracks.map(({ uri }) => uri).toReversed(),
    );
    assert.deepEqual(caller.current.asked, [
      "GET /v1/me/tracks?limit=7",
      "GET /v1/me/tracks?offset=7&limit=7",
      "GET /v1/me/tracks?offset=14&limit=7",
    ]);
  });

  it("requests the largest pages of the call, unless the query has a limit", async () => {
    await all({ path: "/me/tracks" });
    await all({ path: "/search", query: { q: "o", type: "track" } });
    assert.deepEqual(caller.current.asked.slice(0, 2), [
      "GET /v1/me/tracks?limit=50",
      "GET /v1/search?limit=10&q=o&type=track",
    ]);
  });

  it("keeps the rest of the query", async () => {
    await all({ path: "/me/tracks?market=SE", query: { limit: 10 } });
    assert.deepEqual(caller.current.asked[1], "GET /v1/me/tracks?market=SE&offset=10&limit=10");
  });

  it("starts where the query says", async () => {
    assert.equal((await all({ path: "/me/tracks", query: { offset: 15, limit: 2 } })).length, 4);
  });

  it("finds the list within the answer: a search, followed artists with a cursor, a playlist", async () => {
    const found = await all({ path: "/search", query: { q: "o", type: "track", limit: 3 } });
    assert.ok(found.length > 6);
    assert.equal(new Set(found.map((track) => Object(track).uri)).size, found.length);
    const artists = await all({ path: "/me/following", query: { type: "artist", limit: 2 } });
    assert.deepEqual(
      artists.map((artist) => Object(artist).name),
      CATALOGUE.artists.map(({ name }) => name).toReversed(),
    );
    assert.equal((await all({ path: `/playlists/${playlistOf(120)}` })).length, 120);
  });

  it("reports after each page how many items are there, and of how many", async () => {
    const told: unknown[] = [];
    const onPage = (...counts: unknown[]): unknown => told.push(counts);
    await all({ path: "/me/tracks", query: { limit: 8 }, onPage });
    assert.deepEqual(told, [
      [8, 19],
      [16, 19],
      [19, 19],
    ]);
  });

  it("continues after an empty page", async () => {
    const next = `${TRACKS}?offset=18&limit=10`;
    caller.current.simulator.faults.webApiNext = { value: next, times: 1 };
    assert.equal((await all({ path: "/me/tracks", query: { offset: 1_000 } })).length, 1);
  });

  it("returns an empty list if there are no items", async () => {
    caller.current.account.library.clear();
    assert.deepEqual(await all({ path: "/me/tracks" }), []);
  });

  it("stops after 50 pages, and says where the next one is, so that another request can continue", async () => {
    const path = `/playlists/${playlistOf(53)}/items`;
    const { body, next } = await caller.current.request({ path, query: { limit: 1 }, all: true });
    assert.equal((body as unknown[]).length, 50);
    assert.equal(caller.current.asked.length, 50);
    assert.equal(next, `/v1${path}?offset=50&limit=1`);
    const rest = await caller.current.request({ path: next, all: true });
    assert.deepEqual([(rest.body as unknown[]).length, rest.next], [3, undefined]);
  });

  it("never follows `next` to another host", async () => {
    const seen: unknown[] = [];
    const other = await serveHttp((request, response) => {
      seen.push(request.headers);
      response.end("{}");
    });
    caller.current.stage.after(() => other.close());
    const places = [
      `${other.url}/v1/me/tracks`,
      `//${other.address}/v1/me/tracks`,
      `https://api.spotify.com@${other.address}/v1/me/tracks`,
      "https://api.spotify.com:444/v1/me/tracks",
      "https://api.spotify.com/v1/../oauth",
      "",
      5,
    ];
    for (const place of places) {
      caller.current.simulator.faults.webApiNext = place;
      caller.current.lookAway();
      // oxlint-disable-next-line no-await-in-loop -- one request after the other
      await caller.current.failure({ path: "/me/tracks", query: { limit: 5 }, all: true }, "PROTOCOL_ERROR");
      assert.deepEqual(caller.current.asked, ["GET /v1/me/tracks?limit=5"], String(place));
    }
    assert.deepEqual(seen, []);
  });

  it("ends if `next` leads back to an earlier page", async () => {
    caller.current.simulator.faults.webApiNext = `${TRACKS}?offset=5&limit=5`;
    const { message } = await caller.current.failure(
      { path: "/me/tracks", query: { limit: 5 }, all: true },
      "PROTOCOL_ERROR",
    );
    assert.match(message, /read already/);
    assert.equal(caller.current.asked.length, 2);
  });

  it("fails for an answer without pages, and for one with several lists", async () => {
    const none = await caller.current.failure({ path: "/me", all: true }, "INVALID_ARGUMENT");
    assert.match(none.message, /no pages/);
    const query = { q: "o", type: "track,artist" };
    const several = await caller.current.failure({ path: "/search", query, all: true }, "INVALID_ARGUMENT");
    assert.match(several.message, /one type/);
    await caller.current.failure({ method: "PUT", path: "/me/library", all: true }, "INVALID_ARGUMENT");
  });

  it("does not wait if the Retry-After is too long, and fails with the remaining time", async () => {
    const { simulator } = caller.current;
    const onPage = (): void => {
      simulator.faults.webApiRateLimited = { value: 31, times: 1 };
    };
    const request = { path: "/me/tracks", query: { limit: 10 }, all: true, onPage };
    const { retryAfter } = await caller.current.failure(request, "RATE_LIMITED");
    assert.equal(retryAfter, 31);
  });

  it("fails with the error of a page", async () => {
    const { simulator } = caller.current;
    const onPage = (): void => {
      simulator.faults.webApiStatus = 503;
    };
    const request = { path: "/me/tracks", query: { limit: 10 }, all: true, onPage };
    assert.equal((await caller.current.failure(request, "UNREACHABLE")).statusCode, 503);
  });
});

describe("A request for all pages, as time passes", () => {
  const caller = useCaller({ isStopped: true });
  beforeEach(() => saveEverything(caller.current));
  const all = (request: ApiRequest): Promise<unknown[]> => allOf(caller.current, request);

  it("goes back in time through the played items", async () => {
    const { account, stage } = caller.current;
    const { time } = stage;
    for (let i = 0; i < 5; i++) {
      // oxlint-disable-next-line no-await-in-loop -- time passes between them
      await time.advance(1_000);
      account.playback.next();
    }
    const played = await stage.settled(all({ path: "/me/player/recently-played", query: { limit: 2 } }));
    assert.ok(Array.isArray(played));
    assert.deepEqual(
      played.map((item) => Object(item).track.name),
      account.playback.played.map(({ item }) => item.name),
    );
  });

  it("waits for a Retry-After between two pages, and then continues", async () => {
    const { simulator, stage } = caller.current;
    const { time } = stage;
    const limited = { value: 20, times: 1 };
    const onPage = (items: number): void => {
      if (items === 10) simulator.faults.webApiRateLimited = limited;
    };
    const start = Date.now();
    const reading = all({ path: "/me/tracks", query: { limit: 10 }, onPage });
    await time.settle();
    assert.equal(caller.current.asked.length, 2);
    await time.advance(19_000);
    assert.equal(caller.current.asked.length, 2, "nothing is sent during the pause");
    const tracks = await stage.settled(reading);
    assert.ok(Array.isArray(tracks));
    assert.equal(tracks.length, 19);
    assert.ok(Date.now() - start >= 20_000);
  });
});
