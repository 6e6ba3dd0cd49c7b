import assert from "node:assert/strict";
import { SpotifyError, type Playlist, type Session } from "../../src";
import { OwnPlaylists } from "../../src/playlists/own-playlists";
import type { AppCredential } from "../../src/web-api/web-api";
import { spclientServer, type SpclientServer } from "../playback/support/spclient-server";
import type { Account } from "../simulator";
import { CATALOGUE } from "../simulator/world/catalogue";
import { signInWithApp } from "../support/own-app";
import { useStage } from "../support/stage";
import { ScriptedWebApi } from "../web-api/support";

const { defaultPlaylist, dinner, party, dj } = CATALOGUE;
const FOUR = [defaultPlaylist, dinner, party, dj].map(({ uri }) => uri);
const uriOf = (number: number): string => `spotify:playlist:${String(number).padStart(22, "0")}`;
const urisOf = (playlists: readonly Playlist[]): string[] => playlists.map(({ uri }) => uri);

describe("The playlists of an account", () => {
  const stage = useStage();
  let account: Account;

  beforeEach(() => {
    account = stage.current.account({ username: "mira" });
  });

  const asked = (): string[] => stage.current.simulator.stats.metadataRequests.map(({ service }) => service);

  describe("with only a pairing", () => {
    let session: Session;

    beforeEach(async () => {
      session = await stage.current.connected(account);
    });

    it("are listed as in Spotify's apps, including those in a folder", async () => {
      assert.deepEqual(
        (await session.player.playlists()).map(({ name, owner, tracks }) => [name, owner, tracks]),
        [
          ["Protocol Hits", "mira", 5],
          ["Dinner", "mira", 5],
          ["Party", "mira", 6],
          ["DJ", "spotify", 6],
        ],
      );
    });

    it("have the picture that their owner has uploaded, or that Spotify has made, or none", async () => {
      const pictures = (await session.player.playlists()).map(({ image }) => image);
      assert.equal(pictures[0], null);
      assert.match(pictures[1] ?? "", /^https:\/\/i\.scdn\.co\/image\/ab67706c0000da84[0-9a-f]{24}$/);
      assert.match(pictures[3] ?? "", /^https:\/\/i\.scdn\.co\/image\/ab67706f00000003[0-9a-f]{24}$/);
    });

    it("are plain JSON", async () => {
      const playlists = await session.player.playlists();
      assert.deepEqual(JSON.parse(JSON.stringify(playlists)), playlists);
    });

    it("have a new one at the top", async () => {
      account.playlists.add({ name: "Rainy Sunday" });
      assert.equal((await session.player.playlists())[0]?.name, "Rainy Sunday");
    });

    it("are at most five hundred, no matter how many there are", async () => {
      for (let made = 0; made < 600; made++) account.playlists.add({ name: `Number ${made}` });
      const playlists = await session.player.playlists();
      assert.deepEqual(
        [playlists.length, playlists[0]?.name, playlists[499]?.name],
        [500, "Number 599", "Number 100"],
      );
    });

    it("cannot be listed if Spotify refuses, and no app is signed in", async () => {
      stage.current.simulator.faults.rootlistStatus = 403;
      await assert.rejects(session.player.playlists(), { code: "REQUEST_REFUSED", message: /HTTP 403/ });
    });

    it("cannot be listed after the session was closed, nor by a caller that has aborted", async () => {
      const gone = new Error("gone");
      await assert.rejects(session.player.playlists({ signal: AbortSignal.abort(gone) }), gone);
      await session.close();
      await assert.rejects(session.player.playlists(), { code: "CLOSED" });
    });
  });

  it("are found by Spotify's name of the account, even if a file has the e-mail address", async () => {
    const named = stage.current.account({ username: "31abc", email: "mira@example.org" });
    const file = JSON.parse(named.credentialsJson) as object;
    const session = stage.current.session({
      credentialsJson: JSON.stringify({ ...file, username: "mira@example.org" }),
    });
    assert.deepEqual(urisOf(await session.player.playlists()), FOUR);
  });

  it("cannot be listed if the account is not signed in", async () => {
    const session = stage.current.session(undefined);
    await assert.rejects(session.player.playlists(), { code: "NOT_SIGNED_IN" });
    assert.deepEqual(asked(), []);
  });

  describe("with only the user's own app", () => {
    async function withApp(...scopes: string[]): Promise<Session> {
      const session = stage.current.session(undefined);
      await signInWithApp(stage.current.simulator, session, account, scopes);
      return session;
    }

    it("come from the Web API, all pages of them", async () => {
      for (let made = 0; made < 60; made++) account.playlists.add({ name: `Number ${made}` });
      const session = await withApp("playlist-read-private");
      const playlists = await session.player.playlists();
      assert.deepEqual([playlists.length, playlists[0]?.name, playlists[63]?.name], [64, "Number 59", "DJ"]);
      assert.equal(playlists[60]?.tracks, 5);
      assert.deepEqual(asked(), []);
    });

    it("need the permission", async () => {
      const session = await withApp("user-read-playback-state");
      const { length } = stage.current.simulator.stats.webApiRequests;
      await assert.rejects(session.player.playlists(), { code: "INVALID_SCOPE" });
      assert.equal(stage.current.simulator.stats.webApiRequests.length, length);
    });
  });
});

describe("A list of playlists", () => {
  let server: SpclientServer;
  let api: ScriptedWebApi;
  let hasApp: boolean;
  let obstacle: SpotifyError | undefined;
  /** The account's name, each time that it is needed. */
  let names: string[];
  let playlists: OwnPlaylists;

  beforeEach(async () => {
    server = await spclientServer();
    api = await ScriptedWebApi.start();
    hasApp = false;
    obstacle = undefined;
    names = [];
    const app: AppCredential = {
      get clientId() {
        if (hasApp) return api.token.clientId;
        throw new SpotifyError("NOT_SIGNED_IN", "No app of your own is signed in.");
      },
      get: () => api.token.get(),
      refused: () => undefined,
    };
    playlists = new OwnPlaylists({
      spclient: server.spclient,
      webApi: api.webApi,
      app,
      ready: () => Promise.resolve(),
      username: () => Promise.resolve(names.shift() ?? "mira"),
      whyNotInternal: () => obstacle,
      closing: new AbortController().signal,
    });
  });

  afterEach(async () => {
    await server.close();
    await api.close();
  });

  const page = (items: unknown, metaItems: unknown, truncated = false): { body: unknown } => ({
    body: { contents: { items, metaItems, truncated } },
  });

  describe("from Spotify's own services", () => {
    it("is requested as JSON, under the account's name in any spelling", async () => {
      names = ["mira/50%", "mira/50%"];
      server.answers.push(page([], []));
      assert.deepEqual(await playlists.list(), []);
      const [asked] = server.asked;
      assert.match(
        asked?.request ?? "",
        /^GET \/playlist\/v2\/user\/mira%2F50%25\/rootlist\?decorate=.*&from=0&length=/,
      );
      assert.equal(asked?.headers["accept"], "application/json");
    });

    it("has no folders and no entry without a name, and gives each of the others its own name", async () => {
      server.answers.push(
        page(
          [
            { uri: "spotify:start-group:aa:Radio" },
            { uri: uriOf(1) },
            { uri: "spotify:end-group:aa" },
            { uri: uriOf(2) },
            { uri: `spotify:user:ada:playlist:${uriOf(3).split(":")[2]}` },
          ],
          [
            {},
            { attributes: { name: "One" } },
            {},
            {},
            { attributes: { name: "Three" }, length: 3, ownerUsername: "ada" },
          ],
        ),
      );
      assert.deepEqual(await playlists.list(), [
        { uri: uriOf(1), name: "One", owner: null, image: null, tracks: null },
        { uri: uriOf(3), name: "Three", owner: "ada", image: null, tracks: 3 },
      ]);
    });

    it("continues after the end of the last answer, and has each playlist once", async () => {
      const named = (name: string): object => ({ attributes: { name } });
      server.answers.push(
        page([{ uri: uriOf(1) }, { uri: uriOf(2) }], [named("One"), named("Two")], true),
        page([{ uri: uriOf(2) }, { uri: uriOf(3) }], [named("Two"), named("Three")]),
      );
      assert.deepEqual(urisOf(await playlists.list()), [uriOf(1), uriOf(2), uriOf(3)]);
      assert.match(server.asked[1]?.request ?? "", /&from=2&/);
    });

    it("ends even if Spotify always says that there is more", async () => {
      for (let answer = 0; answer < 20; answer++) {
        server.answers.push(page([{ uri: uriOf(1) }], [{ attributes: { name: "One" } }], true));
      }
      assert.equal((await playlists.list()).length, 1);
      assert.equal(server.asked.length, 10);
    });

    it("has no picture from another host, and no name with line breaks", async () => {
      const pictureSize = [{ targetName: "large", url: "https://elsewhere.example/picture" }];
      server.answers.push(
        page([{ uri: uriOf(1) }], [{ attributes: { name: "One\n\u202Eeno", pictureSize } }]),
      );
      const [one] = await playlists.list();
      assert.equal(one?.image, null);
      assert.doesNotMatch(one.name, /[\n\u202E]/);
    });

    for (const body of ["", "[]", "null", '{"contents":7}', "<html>"]) {
      it(`cannot be read: ${body || "an empty answer"}`, async () => {
        server.answers.push({ body });
        await assert.rejects(playlists.list(), { code: "PROTOCOL_ERROR" });
      });
    }

    for (const contents of [{}, { items: 7 }, { items: [null, 7, {}, { uri: 7 }], metaItems: [7] }]) {
      it(`is empty if there is no valid entry in ${JSON.stringify(contents)}`, async () => {
        server.answers.push({ body: { contents } });
        assert.deepEqual(await playlists.list(), []);
      });
    }

    it("is not given to an account that was signed in meanwhile", async () => {
      server.answers.push(page([], []));
      names = ["mira", "ada"];
      await assert.rejects(playlists.list(), { code: "CLOSED" });
    });
  });

  describe("from the Web API", () => {
    beforeEach(() => {
      hasApp = true;
    });

    const entry = (number: number, more: object = {}): object => ({
      uri: uriOf(number),
      name: `Number ${number}`,
      ...more,
    });
    const answer = (document: object): { body: string } => ({ body: JSON.stringify(document) });

    it("is used if Spotify's own services refuse", async () => {
      server.answers.push({ status: 403, body: "" });
      api.answers.push(answer({ items: [entry(1)], next: null }));
      assert.deepEqual(urisOf(await playlists.list()), [uriOf(1)]);
    });

    it("is not used if they fail for another reason", async () => {
      server.answers.push({ status: 503, body: "" });
      await assert.rejects(playlists.list(), { code: "UNREACHABLE" });
      assert.deepEqual(api.asked, []);
    });

    it("is read in the forms before and after February 2026", async () => {
      obstacle = new SpotifyError("NOT_SIGNED_IN", "No.");
      const images = [
        { url: "https://mosaic.scdn.co/60/abc", width: 60 },
        { url: "https://mosaic.scdn.co/640/abc", width: 640 },
      ];
      const owner = { id: "31abc", display_name: "Mira" };
      api.answers.push(
        answer({
          items: [
            entry(1, { tracks: { total: 7 }, owner, images }),
            null,
            entry(2, { items: { total: 8 }, owner: { id: "ada", display_name: null } }),
          ],
          next: null,
        }),
      );
      assert.deepEqual(await playlists.list(), [
        {
          uri: uriOf(1),
          name: "Number 1",
          owner: "Mira",
          image: "https://mosaic.scdn.co/640/abc",
          tracks: 7,
        },
        { uri: uriOf(2), name: "Number 2", owner: "ada", image: null, tracks: 8 },
      ]);
    });

    it("is requested page by page, by number, and not from an address in an answer", async () => {
      obstacle = new SpotifyError("NOT_SIGNED_IN", "No.");
      api.answers.push(
        answer({ items: [entry(1)], next: "https://elsewhere.example/" }),
        answer({ items: [entry(2)], next: null }),
      );
      assert.deepEqual(urisOf(await playlists.list()), [uriOf(1), uriOf(2)]);
      assert.deepEqual(
        api.asked.map(({ line }) => line),
        ["GET /v1/me/playlists?limit=50&offset=0", "GET /v1/me/playlists?limit=50&offset=50"],
      );
    });

    it("fails with an error if the answer is not a list", async () => {
      obstacle = new SpotifyError("NOT_SIGNED_IN", "No.");
      api.answers.push(answer({ items: {} }));
      await assert.rejects(playlists.list(), { code: "PROTOCOL_ERROR" });
    });
  });
});
