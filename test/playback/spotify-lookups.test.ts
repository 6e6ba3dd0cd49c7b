import assert from "node:assert/strict";
import { SpotifyError, type Session } from "../../src";
import { SpotifyLookups } from "../../src/playback/spotify-lookups";
import { partialNames, type Names } from "../../src/player/names";
import type { AppCredential } from "../../src/web-api/web-api";
import type { Account } from "../simulator";
import { CATALOGUE } from "../simulator/world/catalogue";
import { signInWithApp } from "../support/own-app";
import { useStage } from "../support/stage";
import { ScriptedWebApi } from "../web-api/support";
import { spclientServer, type SpclientServer } from "./support/spclient-server";

const NEVER = new AbortController().signal;
const CONTROL = ["user-read-playback-state", "user-modify-playback-state"];
const [ALBUM] = CATALOGUE.albums as [(typeof CATALOGUE.albums)[number]];
const [ARTIST] = CATALOGUE.artists as [(typeof CATALOGUE.artists)[number]];
const [SHOW] = CATALOGUE.shows as [(typeof CATALOGUE.shows)[number]];
const TRACK = CATALOGUE.tracks[7]!;

describe("Search and library", () => {
  const stage = useStage();
  let account: Account;
  let playback: Account["playback"];

  beforeEach(() => {
    account = stage.current.account();
    playback = account.playback;
  });

  /** A session that is signed in only by pairing. */
  function paired(): Promise<Session> {
    return stage.current.connected(account, { observe: true });
  }

  /** A session that is signed in only with the user's own app. */
  async function withApp(scopes: readonly string[]): Promise<Session> {
    const session = stage.current.session(undefined, { observe: true });
    await signInWithApp(stage.current.simulator, session, account, scopes);
    return session;
  }

  describe("with only a pairing", () => {
    it("plays the best match, and Spotify's continuation after it", async () => {
      const session = await paired();
      const { uri, context } = await session.player.play({ search: TRACK.name.toUpperCase() });
      assert.equal(uri, TRACK.uri);
      assert.equal(playback.state.item?.uri, TRACK.uri);
      assert.match(context?.uri ?? "", /^spotify:search:/);
    });

    it("says that nothing was found, and does not change playback", async () => {
      const session = await paired();
      const { item } = playback.state;
      await assert.rejects(session.player.play("qwertzuiop"), {
        code: "INVALID_ARGUMENT",
        message: /nothing/,
      });
      assert.equal(playback.state.item, item);
    });

    it("says which sign-in is needed to search for anything but tracks", async () => {
      const session = await paired();
      await assert.rejects(session.player.play({ search: "jazz", type: "playlist" }), {
        code: "NOT_SIGNED_IN",
        message: /app of your own/,
      });
    });

    it("likes the current item, an album and an artist, and unlikes the album", async () => {
      const session = await paired();
      await session.player.like();
      await session.player.like([ALBUM.uri, ARTIST.uri]);
      await session.player.unlike(ALBUM.uri);
      assert.deepEqual([...account.library], [playback.state.item?.uri, ARTIST.uri]);
    });

    it("says which sign-in is needed to like a show", async () => {
      const session = await paired();
      await assert.rejects(session.player.like(SHOW.uri), {
        code: "NOT_SIGNED_IN",
        message: /app of your own/,
      });
      assert.equal(account.library.size, 0);
    });
  });

  describe("with only the user's own app", () => {
    it("finds what a person names, of any type", async () => {
      const session = await withApp(CONTROL);
      assert.equal((await session.player.play(CATALOGUE.dinner.name)).context?.uri, CATALOGUE.dinner.uri);
      assert.equal((await session.player.play(TRACK.name)).uri, TRACK.uri);
    });

    it("finds only the requested type", async () => {
      const session = await withApp(CONTROL);
      const { context } = await session.player.play({ search: ALBUM.name, type: "album" });
      assert.equal(context?.uri, ALBUM.uri);
    });

    it("likes a hundred things", async () => {
      const session = await withApp([...CONTROL, "user-library-modify"]);
      const uris = [...CATALOGUE.tracks, ...CATALOGUE.contexts].map(({ uri }) => uri);
      const many = Array.from({ length: 100 }, (_, n) => uris[n % uris.length]!);
      await session.player.like(many);
      assert.deepEqual([...account.library], [...new Set(many)]);
      await session.player.unlike(many);
      assert.equal(account.library.size, 0);
    });

    it("says that the sign-in does not cover the library", async () => {
      const session = await withApp(CONTROL);
      await assert.rejects(session.player.like(TRACK.uri), { code: "INVALID_SCOPE" });
    });
  });
});

describe("Search with Spotify's own services", () => {
  let server: SpclientServer;
  let api: ScriptedWebApi;
  let lookups: SpotifyLookups;
  let names: Map<string, Names>;
  let hasApp: boolean;

  beforeEach(async () => {
    server = await spclientServer();
    api = await ScriptedWebApi.start();
    names = new Map();
    hasApp = true;
    const anyApp: AppCredential = {
      get clientId() {
        if (hasApp) return api.token.clientId;
        throw new SpotifyError("NOT_SIGNED_IN", "No app of your own is signed in.");
      },
      get: () => api.token.get(),
      refused: () => undefined,
    };
    lookups = new SpotifyLookups({
      spclient: server.spclient,
      webApi: api.webApi,
      library: api.token,
      anyApp,
      names: {
        known: (uri) => names.get(uri),
        wants: () => true,
        lookUp: () => Promise.resolve(),
      },
      host: "api.example",
      username: () => "ada",
      whyNotInternal: () => undefined,
    });
  });

  afterEach(async () => {
    await server.close();
    await api.close();
  });

  const LIKED = "spotify%3Atrack%3A0000000000000000000001%2Cspotify%3Atrack%3A0000000000000000000002";
  const trackOf = (number: number): string => `spotify:track:${String(number).padStart(22, "0")}`;

  function found(...uris: readonly unknown[]): void {
    server.answers.push({ body: { pages: [{ tracks: uris.map((uri) => ({ uri })) }] } });
  }

  it("requests the context of the words in any spelling", async () => {
    found(trackOf(1));
    const playable = await lookups.search("Björk & Ü/b?r #1", undefined, NEVER);
    const context = "spotify:search:Bj%C3%B6rk+%26+%C3%9C%2Fb%3Fr+%231";
    assert.equal(server.asked[0]?.request, `GET /context-resolve/v1/${context}`);
    assert.deepEqual(playable, { context, offset: trackOf(1) });
  });

  it("begins with the track whose title equals the words, even if it is not the first", async () => {
    found(trackOf(1), trackOf(2));
    names.set(trackOf(1), partialNames({ title: "Popular" }));
    names.set(trackOf(2), partialNames({ title: "Ça va ?" }));
    const playable = await lookups.search("ca va", "track", NEVER);
    assert.ok("context" in playable);
    assert.equal(playable.offset, trackOf(2));
  });

  it("begins with the first track if no names are known", async () => {
    found(trackOf(1), trackOf(2));
    const playable = await lookups.search("ca va", undefined, NEVER);
    assert.ok("context" in playable);
    assert.equal(playable.offset, trackOf(1));
  });

  for (const [name, body] of [
    ["no pages", {}],
    ["no tracks", { pages: [{}, null, { tracks: [null, { uri: 7 }, { uri: "spotify:ad:1" }] }] }],
    ["a list", []],
  ] as const) {
    it(`finds nothing in an answer with ${name}`, async () => {
      server.answers.push({ body });
      await assert.rejects(lookups.search("jazz", undefined, NEVER), { code: "INVALID_ARGUMENT" });
    });
  }

  it("asks the Web API if Spotify's own services refuse", async () => {
    server.answers.push({ status: 403 }, { status: 403 });
    api.answers = [{ body: JSON.stringify({ tracks: { items: [{ uri: trackOf(7), name: "Jazz" }] } }) }];
    assert.deepEqual(await lookups.search("jazz", undefined, NEVER), { uris: [trackOf(7)] });
    await lookups.like([trackOf(1), trackOf(2)], false, NEVER);
    assert.equal(api.asked[1]?.line, `DELETE /v1/me/library?uris=${LIKED}`);
  });

  it("says that Spotify refused to search or like if no app is signed in", async () => {
    hasApp = false;
    server.answers.push({ status: 403 }, { status: 403 });
    await assert.rejects(lookups.search("jazz", undefined, NEVER), { code: "REQUEST_REFUSED" });
    await assert.rejects(lookups.like([trackOf(1)], true, NEVER), { code: "REQUEST_REFUSED" });
    assert.equal(api.asked.length, 0);
  });

  it("says that something cannot be liked", async () => {
    server.answers.push({ status: 400 });
    api.answers = [{ status: 400, body: '{"error":{"status":400,"message":"Invalid uri"}}' }];
    await assert.rejects(lookups.like([trackOf(1)], true, NEVER), { code: "INVALID_ARGUMENT" });
  });

  it("asks the Web API for another type of match, at most as many as it gives, and reads its odd entries", async () => {
    const playlist = "spotify:playlist:37i9dQZF1DXbITWG1ZJKYt";
    // For playlists that the Web API may not show, it returns null (web-api: changes of November 2024).
    const items = [null, { uri: "x", name: "jazz" }, { uri: playlist, name: "Jazz Classics" }];
    api.answers = [{ body: JSON.stringify({ playlists: { items } }) }];
    assert.deepEqual(await lookups.search("jazz", "playlist", NEVER), { context: playlist });
    assert.equal(api.asked[0]?.line, "GET /v1/search?q=jazz&type=playlist&limit=10");
  });
});
