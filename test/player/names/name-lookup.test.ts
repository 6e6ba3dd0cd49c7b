import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  COVER_IDS,
  ENTITIES,
  GIDS,
  SHOW,
  URIS,
  artist,
  extendedMetadataAnswer,
  image,
  track,
} from "./entities";
import { ScriptedServices, usual, type Answer } from "./scripted-services";
import { bytes, message } from "./wire";

const NEVER = new AbortController().signal;
const PLAYLIST = "spotify:playlist:37i9dQZF1EYkqdzj48dyYq";
/** The answer to the desktop app in March 2026: spotcontrol cuts/metadata_track.txt. */
const REAL_ANSWER = readFileSync(join(__dirname, "metadata4-answer.json"));
const REAL_TRACK = "spotify:track:5TFCp6cxCaJRhbdn6IWEGh";
const REAL_NAMES = {
  title: `Koopa's Theme (From "Super Mario 64")`,
  artists: [{ name: "Qumu", uri: "spotify:artist:0LzeyDrlLtuyBqMSBN4z3U" }],
  album: "Year 6",
  albumUri: "spotify:album:0HtnuqEAm07nw9D0vmy5Ai",
  duration: 180_521,
  images: [640, 300, 64].map((size) => ({
    url: `https://i.scdn.co/image/${COVER_IDS[size as keyof typeof COVER_IDS]}`,
    size,
  })),
};
const FAILS = (): Answer => ({ status: 500 });

/** The URI of track `number` of many. */
function trackUri(number: number): string {
  return `spotify:track:${String(number).padStart(22, "0")}`;
}

function tracksFrom(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => trackUri(first + i));
}

/** Answers every requested track with its URI as its title. */
function everyTrack({ uris }: { uris: string[] }): Answer {
  return { body: extendedMetadataAnswer(uris.map((uri) => ({ uri, kind: 10, value: track(uri) }))) };
}

describe("The lookup of names", () => {
  let services: ScriptedServices;

  beforeEach(async () => (services = await ScriptedServices.start()));
  afterEach(() => services.close());

  /** Looks up a name in a service that returns a track with this content. */
  async function namesTold(value: Buffer): ReturnType<typeof namesOf> {
    services.answers["extended-metadata"] = () => ({
      body: extendedMetadataAnswer([{ uri: URIS.track, kind: 10, value }]),
    });
    return namesOf(URIS.track);
  }

  async function namesOf(uri: string) {
    await services.lookup.lookUp([uri], NEVER);
    return services.lookup.known(uri);
  }

  describe("in extended-metadata", () => {
    it("returns title, artists, album, duration and pictures of a track", async () => {
      assert.deepEqual(await namesOf(URIS.track), {
        title: "Round Trip",
        artists: [{ name: "The Packets", uri: URIS.artist }],
        album: "Loopback",
        albumUri: URIS.album,
        duration: 180_521,
        images: REAL_NAMES.images,
      });
    });

    it("returns the show of an episode as its album, and the publisher as its artist", async () => {
      const names = await namesOf(URIS.episode);
      assert.equal(names?.title, "Port 8080");
      assert.deepEqual(names.artists, [{ name: "Harbour Radio", uri: null }]);
      assert.deepEqual([names.album, names.albumUri], ["Ports of Call", URIS.show]);
      assert.equal(names.duration, 3_600_000);
      assert.deepEqual(
        names.images.map(({ size }) => size),
        [640, 300, 64],
      );
    });

    it("returns the picture of the show for an episode that has none", async () => {
      const cover = bytes(69, bytes(1, image(`ab6765630000ba8a${"1".repeat(24)}`, 640)));
      const value = message(bytes(2, "Port 25"), bytes(71, message(SHOW, cover)));
      services.answers["extended-metadata"] = () => ({
        body: extendedMetadataAnswer([{ uri: URIS.episode, kind: 12, value }]),
      });
      assert.equal((await namesOf(URIS.episode))?.images.length, 3);
    });

    it("tells the title of an episode without a show", async () => {
      services.answers["extended-metadata"] = () => ({
        body: extendedMetadataAnswer([{ uri: URIS.episode, kind: 12, value: message(bytes(2, "Port 25")) }]),
      });
      assert.deepEqual(await namesOf(URIS.episode), {
        title: "Port 25",
        artists: [],
        album: null,
        albumUri: null,
        duration: null,
        images: [],
      });
    });

    it("tells the single pictures of an album whose group of pictures is empty", async () => {
      const album = message(bytes(17, ""), bytes(9, image(COVER_IDS[300], 300)));
      const names = await namesTold(message(bytes(2, "Round Trip"), bytes(3, album)));
      assert.deepEqual(names?.images, REAL_NAMES.images);
    });

    it("tells the names of an album, an artist and a show, which may be contexts", async () => {
      await services.lookup.lookUp([URIS.album, URIS.artist, URIS.show], NEVER);
      const [album, performer, show] = [URIS.album, URIS.artist, URIS.show].map((uri) =>
        services.lookup.known(uri),
      );
      assert.deepEqual(
        [album?.title, album?.artists[0]?.name, album?.images.length],
        ["Loopback", "The Packets", 3],
      );
      assert.deepEqual([performer?.title, performer?.images[0]?.size], ["The Packets", 640]);
      assert.deepEqual(
        [show?.title, show?.artists],
        ["Ports of Call", [{ name: "Harbour Radio", uri: null }]],
      );
    });

    it("requests all of them at once, with the account's tokens", async () => {
      const uris = Object.values(URIS);
      await services.lookup.lookUp([...uris, ...uris], NEVER);
      const [asked, ...others] = services.asked;
      assert.deepEqual(others, []);
      assert.deepEqual(asked!.uris, uris);
      assert.equal(asked!.headers.authorization, "Bearer the token");
      assert.equal(asked!.headers["client-token"], "the client token");
      assert.equal(asked!.headers["content-type"], "application/x-protobuf");
      for (const uri of uris) assert.ok(services.lookup.known(uri), uri);
    });

    it("sends the bytes that Spotify can read", async () => {
      await namesOf(URIS.track);
      const uri = Buffer.from(URIS.track).toString("hex");
      assert.equal(services.asked[0]!.body.toString("hex"), `122a0a24${uri}1202080a`);
    });

    it("requests nothing twice", async () => {
      assert.equal(services.lookup.wants(URIS.track), true);
      assert.equal(services.lookup.known(URIS.track), undefined);
      await namesOf(URIS.track);
      assert.equal(services.lookup.wants(URIS.track), false);
      await services.lookup.lookUp([URIS.track, URIS.show], NEVER);
      assert.deepEqual(
        services.asked.map(({ uris }) => uris),
        [[URIS.track], [URIS.show]],
      );
    });

    it("requests nothing that is in no catalogue", async () => {
      const uris = [
        "",
        "spotify:ad:0123",
        "spotify:local:a:b:c:1",
        "spotify:user:me:collection",
        "spotify:delimiter",
      ];
      for (const uri of uris) assert.equal(services.lookup.wants(uri), false);
      await services.lookup.lookUp(uris, NEVER);
      assert.deepEqual(services.asked, []);
    });

    it("ignores an answer that was not requested, or is of another kind", async () => {
      services.answers["extended-metadata"] = () => ({
        body: extendedMetadataAnswer([
          { uri: URIS.album, ...ENTITIES.get(URIS.album)! },
          { uri: URIS.track, ...ENTITIES.get(URIS.album)! },
        ]),
      });
      await services.lookup.lookUp([URIS.show, URIS.track], NEVER);
      for (const uri of Object.values(URIS)) assert.equal(services.lookup.known(uri), undefined);
    });
  });

  describe("in the name of a playlist", () => {
    it("also asks where Spotify's own playlists have names", async () => {
      services.answers.playlist = () => ({
        body: JSON.stringify({ attributes: { name: "DJ" }, length: 50 }),
      });
      const names = await namesOf(PLAYLIST);
      assert.equal(services.asked[0]!.path, "/playlist/v2/playlist/37i9dQZF1EYkqdzj48dyYq/metadata");
      assert.equal(services.asked[0]!.headers.authorization, "Bearer the token");
      assert.deepEqual([names?.title, names?.artists, names?.images], ["DJ", [], []]);
    });

    for (const [what, answer] of [
      ["is not there", { status: 404 }],
      ["may not be seen", { status: 403 }],
      ["has no name", { body: '{"attributes":{}}' }],
    ] as const) {
      it(`does not soon ask again for one that ${what}`, async () => {
        services.answers.playlist = () => answer;
        assert.equal(await namesOf(PLAYLIST), undefined);
        assert.equal(services.lookup.wants(PLAYLIST), false);
        assert.equal(services.lookup.wants(PLAYLIST.replace("37", "38")), true);
      });
    }

    for (const body of ["null", "[", "7", ""]) {
      it(`treats ${JSON.stringify(body)} as a failure`, async () => {
        services.answers.playlist = () => ({ body });
        assert.equal(await namesOf(PLAYLIST), undefined);
        assert.equal(services.lookup.wants(PLAYLIST.replace("37", "38")), false);
        assert.equal(services.lookup.wants(URIS.track), true);
      });
    }
  });

  describe("for many URIs at a time", () => {
    it("requests at most 250 at once, and sends one request after the other", async () => {
      services.answers["extended-metadata"] = everyTrack;
      const uris = tracksFrom(0, 600);
      await services.lookup.lookUp([...uris, PLAYLIST], NEVER);
      assert.deepEqual(
        services.asked.map((asked) => asked.uris.length),
        [250, 250, 100, 0],
      );
      assert.equal(services.mostAtOnce, 1);
      for (const uri of uris) assert.equal(services.lookup.known(uri)?.title, uri);
    });

    it("adds URIs that come during a request to the next one", async () => {
      let goOn = (): void => undefined;
      const wait = new Promise<void>((resolve) => (goOn = resolve));
      services.answers["extended-metadata"] = async (asked) => {
        if (services.asked.length === 1) await wait;
        return everyTrack(asked);
      };
      const first = services.lookup.lookUp(tracksFrom(1, 2), NEVER);
      while (services.asked.length === 0) await new Promise(setImmediate);
      const others = [tracksFrom(2, 2), tracksFrom(3, 2), tracksFrom(1, 1)].map((uris) =>
        services.lookup.lookUp(uris, NEVER),
      );
      goOn();
      await Promise.all([first, ...others]);
      assert.deepEqual(
        services.asked.map(({ uris }) => uris),
        [tracksFrom(1, 2), tracksFrom(3, 2)],
      );
      assert.equal(services.mostAtOnce, 1);
      for (const uri of tracksFrom(1, 4)) assert.equal(services.lookup.known(uri)?.title, uri);
    });

    it("lets at most 4,000 wait", async () => {
      services.answers["extended-metadata"] = everyTrack;
      await services.lookup.lookUp(tracksFrom(0, 5_000), NEVER);
      assert.deepEqual(services.counts, { "extended-metadata": 16 });
    });
  });

  describe("that is aborted by the caller", () => {
    it("ends with the reason, and the answer is remembered anyway", async () => {
      let goOn = (): void => undefined;
      const wait = new Promise<void>((resolve) => (goOn = resolve));
      services.answers["extended-metadata"] = async (asked) => {
        await wait;
        return usual(asked);
      };
      const leaving = new AbortController();
      const reason = new Error("Too late.");
      const left = assert.rejects(services.lookup.lookUp([URIS.track], leaving.signal), reason);
      const stayed = services.lookup.lookUp([URIS.track], NEVER);
      leaving.abort(reason);
      await left;
      goOn();
      await stayed;
      assert.equal(services.lookup.known(URIS.track)?.title, "Round Trip");
      assert.equal(services.asked.length, 1);
    });

    it("does not begin if the caller aborted before", async () => {
      const reason = new Error("Too late.");
      await assert.rejects(services.lookup.lookUp([URIS.track], AbortSignal.abort(reason)), reason);
      assert.deepEqual(services.asked, []);
    });
  });

  describe("of the current item, if extended-metadata fails", () => {
    const WRONG = track("Wrong");
    const told = (value: Buffer | undefined, status?: number): Buffer =>
      extendedMetadataAnswer([{ uri: REAL_TRACK, kind: 10, value, status }]);

    for (const [what, answer] of [
      ["answers 500", { status: 500 }],
      ["answers 403, whatever it tells", { status: 403, body: told(WRONG) }],
      ["answers something else", { body: "<html>" }],
      ["answers more than 2 MiB", { body: message(told(WRONG), bytes(15, Buffer.alloc(2 << 20))) }],
      ["does not have it", { body: told(undefined) }],
      ["says 404 of it, whatever it tells", { body: told(WRONG, 404) }],
      ["has no name of it", { body: told(track("")) }],
      ["sends it damaged", { body: told(Buffer.from("no")) }],
    ] as const) {
      it(`asks metadata/4: ${what}`, async () => {
        services.answers["extended-metadata"] = () => answer;
        services.answers["metadata/4"] = () => ({ body: REAL_ANSWER });
        assert.deepEqual(await namesOf(REAL_TRACK), REAL_NAMES);
        const { path, headers } = services.asked[1]!;
        assert.equal(path, "/metadata/4/track/c1c98828fc2c44d6bb247ad01bdb7d4d?market=from_token");
        assert.equal(headers.accept, "application/json");
        assert.equal(headers.authorization, "Bearer the token");
      });
    }

    it("asks metadata/4 for episodes, too", async () => {
      services.answers["extended-metadata"] = FAILS;
      services.answers["metadata/4"] = () => ({
        body: JSON.stringify({
          name: "Port 8080",
          duration: 3_600_000,
          show: { gid: GIDS.show.toString("hex"), name: "Ports of Call", publisher: "Harbour Radio" },
          cover_image: { image: [{ file_id: COVER_IDS[300], width: 300 }] },
        }),
      });
      const names = await namesOf(URIS.episode);
      assert.equal(services.asked[1]!.path, `/metadata/4/episode/${"04".repeat(16)}?market=from_token`);
      assert.deepEqual(
        [names?.title, names?.album, names?.albumUri],
        ["Port 8080", "Ports of Call", URIS.show],
      );
      assert.deepEqual(names?.images, REAL_NAMES.images);
    });

    it("asks metadata/4 only for the first of many, and never for a context", async () => {
      services.answers["extended-metadata"] = FAILS;
      await services.lookup.lookUp([URIS.album, URIS.track], NEVER);
      assert.deepEqual(services.counts, { "extended-metadata": 1 });
      services.answers["metadata/4"] = () => ({ body: REAL_ANSWER });
      await services.lookup.lookUp([REAL_TRACK, URIS.track, URIS.show], NEVER);
      assert.deepEqual(services.counts, { "extended-metadata": 1, "metadata/4": 1 });
      assert.equal(services.lookup.known(URIS.track), undefined);
      assert.equal(services.lookup.known(REAL_TRACK)?.album, "Year 6");
    });

    for (const [what, answer] of [
      ["answers 500", { status: 500 }],
      ["does not have it", { status: 404 }],
      ["answers something else", { body: "[]" }],
      ["has a title that is not a string", { body: '{"name":{"a":1}}' }],
    ] as const) {
      it(`asks oEmbed for title and picture, without a token, if metadata/4 fails too: ${what}`, async () => {
        services.answers["extended-metadata"] = FAILS;
        services.answers["metadata/4"] = () => answer;
        services.answers.oembed = () => ({
          body: JSON.stringify({
            html: "<iframe></iframe>",
            title: "Round Trip",
            thumbnail_url: `https://image-cdn-ak.spotifycdn.com/image/${COVER_IDS[300]}`,
            thumbnail_width: 300,
          }),
        });
        assert.deepEqual(await namesOf(URIS.track), {
          title: "Round Trip",
          artists: [],
          album: null,
          albumUri: null,
          duration: null,
          images: REAL_NAMES.images,
        });
        const { path, headers } = services.asked[2]!;
        const page = `https://open.spotify.com/track/${URIS.track.slice(14)}`;
        assert.equal(path, `/oembed?url=${encodeURIComponent(page)}`);
        for (const name of ["authorization", "client-token", "cookie"])
          assert.equal(headers[name], undefined);
        assert.doesNotMatch(JSON.stringify(headers), /token/);
        assert.equal(services.lookup.wants(URIS.track), false);
      });
    }

    it("accepts no picture of oEmbed from another host", async () => {
      services.answers["extended-metadata"] = FAILS;
      services.answers.oembed = () => ({
        body: JSON.stringify({ title: "Round Trip", thumbnail_url: "https://example.com/x.png" }),
      });
      assert.deepEqual((await namesOf(URIS.track))?.images, []);
    });

    it("does not soon ask any service again if none has the name", async () => {
      assert.equal(await namesOf(REAL_TRACK), undefined);
      assert.deepEqual(services.counts, { "extended-metadata": 1, "metadata/4": 1, oembed: 1 });
      assert.equal(services.lookup.wants(REAL_TRACK), false);
      await namesOf(REAL_TRACK);
      assert.equal(services.asked.length, 3);
    });
  });

  describe("with answers that are too large", () => {
    it("accepts titles on one line of at most 500 characters", async () => {
      assert.equal((await namesTold(track(" a\r\n\u202eb\u0000 ")))?.title, "a b");
    });

    it("cuts longer titles", async () => {
      assert.equal((await namesTold(track("長".repeat(100_000))))?.title, "長".repeat(500));
    });

    it("accepts 50 artists", async () => {
      const artists = Array.from({ length: 1_000 }, (_, i) => artist(`Artist ${i}`));
      const names = await namesTold(track("Everybody", artists));
      assert.equal(names?.artists.length, 50);
      assert.equal(names.artists[49]?.name, "Artist 49");
    });

    it("takes 10 of the first 20 pictures", async () => {
      const images = Array.from({ length: 1_000 }, (_, i) =>
        bytes(1, image(`ab6761610000e5eb${String(i).padStart(24, "0")}`, 100 + i)),
      );
      const album = message(bytes(2, "Loopback"), bytes(17, message(...images)));
      const names = await namesTold(message(bytes(2, "Round Trip"), bytes(3, album)));
      assert.deepEqual([names?.images.length, names?.images[0]?.size], [10, 119]);
    });

    it("leaves out IDs and pictures of a wrong length", async () => {
      const album = message(bytes(1, "short"), bytes(2, "Loopback"), bytes(9, image("ab67", 640)));
      const names = await namesTold(
        message(bytes(2, "Round Trip"), bytes(3, album), bytes(4, artist("X", Buffer.alloc(17)))),
      );
      assert.deepEqual([names?.albumUri, names?.images, names?.artists[0]?.uri], [null, [], null]);
      assert.equal(names?.album, "Loopback");
      assert.equal(names.duration, null);
    });
  });
});
