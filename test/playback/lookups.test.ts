/** How answers are read and requests are divided, without a server. */
import assert from "node:assert/strict";
import { fromBinary } from "@bufbuild/protobuf";
import { SpotifyError } from "../../src";
import type { HttpResponse } from "../../src/net/client";
import { SpotifyLookups } from "../../src/playback/spotify-lookups";
import { partialNames, type Names } from "../../src/player/names";
import { WriteRequestSchema } from "../../src/proto/gen/collection_pb";
import type { SpclientRequest } from "../../src/spclient/spclient";
import type { WebApiRequest, WebApiResponse } from "../../src/web-api/web-api";

const NEVER = new AbortController().signal;
const APP = { clientId: "app", get: () => Promise.resolve("token"), refused: () => undefined };
const NO_APP = {
  ...APP,
  get clientId(): string {
    throw new SpotifyError("NOT_SIGNED_IN", "No app of your own is signed in.");
  },
};
const track = (number: number): string => `spotify:track:${String(number).padStart(22, "0")}`;
const album = (number: number): string => `spotify:album:${String(number).padStart(22, "0")}`;
const SHOW = `spotify:show:${"0".repeat(22)}`;
const byArtist = (title: string, name: string): Names =>
  partialNames({ title, artists: [{ name, uri: null }] });

describe("Search and library", () => {
  /** The requests to Spotify's own services, and their answers. */
  let internal: SpclientRequest[];
  let answer: () => Partial<HttpResponse>;
  /** The requests to the Web API, and its answers. */
  let asked: Partial<WebApiRequest>[];
  let document: unknown;
  let response: Partial<WebApiResponse>;
  let names: Map<string, Names>;
  let lookedUp: readonly string[];

  beforeEach(() => {
    internal = [];
    answer = () => ({ status: 200 });
    asked = [];
    document = {};
    response = { status: 200 };
    names = new Map();
    lookedUp = [];
  });

  function lookups(anyApp = APP, whyNotInternal?: SpotifyError): SpotifyLookups {
    return new SpotifyLookups({
      spclient: {
        request: async (request) => {
          internal.push(request);
          return { status: 200, headers: {}, body: Buffer.alloc(0), ...answer() };
        },
      },
      webApi: {
        document: async (request) => {
          asked.push(request);
          return document;
        },
        request: async (request) => {
          asked.push(request);
          return { status: 200, headers: {}, bytes: 0, body: undefined, ...response };
        },
      },
      library: APP,
      anyApp,
      names: {
        known: (uri) => names.get(uri),
        wants: () => true,
        lookUp: async (uris) => void (lookedUp = uris),
      },
      host: "api.example",
      username: () => "ada",
      whyNotInternal: () => whyNotInternal,
    });
  }

  const NO_SIGN_IN = new SpotifyError("NOT_SIGNED_IN", "Not signed in.");
  const overWebApi = (): SpotifyLookups => lookups(APP, NO_SIGN_IN);

  /** Spotify's own services find these. */
  function found(...uris: readonly unknown[]): void {
    const body = Buffer.from(JSON.stringify({ pages: [{ tracks: uris.map((uri) => ({ uri })) }] }));
    answer = () => ({ body });
  }

  describe("at Spotify's own services", () => {
    it("finds the track by its title and artist", async () => {
      found(track(1), track(2));
      names.set(track(1), byArtist("Yesterday", "A Choir"));
      names.set(track(2), byArtist("Yesterday", "The Few"));
      const { offset } = (await lookups().search("the few yesterday", undefined, NEVER)) as {
        offset: string;
      };
      assert.equal(offset, track(2));
    });

    it("looks up the names of 20 tracks at most, and of nothing else", async () => {
      const many = Array.from({ length: 25 }, (_, number) => track(number));
      found(`x${track(1)}`, `${track(1)}x`, SHOW, ...many);
      await lookups().search("jazz", undefined, NEVER);
      assert.deepEqual(lookedUp, many.slice(0, 20));
    });

    for (const error of [new SpotifyError("UNREACHABLE", "No."), new Error("The command is over.")]) {
      it(`does not ask the Web API if the search fails: ${error.message}`, async () => {
        answer = () => {
          throw error;
        };
        await assert.rejects(lookups().search("jazz", undefined, NEVER), error);
        assert.deepEqual(asked, []);
      });
    }

    it("cannot search for playlists without an app of the user's own", async () => {
      const searching = lookups(NO_APP).search("jazz", "playlist", NEVER);
      await assert.rejects(searching, { code: "NOT_SIGNED_IN", message: /leave the type out/ });
      assert.deepEqual([internal, asked], [[], []]);
    });

    it("writes tracks and albums to one set, artists to another, and leaves shows to the Web API", async () => {
      const artist = `spotify:artist:${"0".repeat(22)}`;
      await lookups().like([track(1), artist, album(1), SHOW], false, NEVER);
      const written = internal.map(({ body }) => fromBinary(WriteRequestSchema, body as Uint8Array));
      assert.deepEqual(
        written.map(({ set, username, items }) => [set, username, items.map(({ uri }) => uri)]),
        [
          ["collection", "ada", [track(1), album(1)]],
          ["artist", "ada", [artist]],
        ],
      );
      assert.ok(written.every(({ items }) => items.every(({ isRemoved }) => isRemoved)));
      assert.deepEqual(asked, [{ method: "DELETE", path: "/v1/me/library", query: { uris: SHOW } }]);
    });

    it("takes any status from 300 on as a refusal", async () => {
      answer = () => ({ status: 300 });
      await assert.rejects(lookups(NO_APP).like([track(1)], true, NEVER), { code: "REQUEST_REFUSED" });
    });
  });

  describe("at the Web API", () => {
    const search = (words: string): Promise<unknown> => overWebApi().search(words, undefined, NEVER);

    it("searches for four types at once", async () => {
      document = { albums: { items: [{ uri: album(1), name: "Jazz" }] } };
      assert.deepEqual(await search("jazz"), { context: album(1) });
      const query = { q: "jazz", type: "track,album,artist,playlist", limit: "10" };
      assert.deepEqual(asked, [{ path: "/v1/search", query }]);
    });

    it("finds the track by its title and artist", async () => {
      const items = [
        { uri: track(1), name: "Yesterday", artists: [null, { name: 7 }, { name: "A Choir" }] },
        { uri: track(2), name: "Yesterday", artists: [null, { name: "The Few" }] },
      ];
      document = { tracks: { items } };
      assert.deepEqual(await search("the few yesterday"), { uris: [track(2)] });
    });

    it("reads ten results of a type", async () => {
      const items = Array.from({ length: 11 }, (_, number) => ({
        uri: track(number),
        name: `Song ${number}`,
      }));
      document = { tracks: { items } };
      assert.deepEqual(await search("song 9"), { uris: [track(9)] });
      assert.deepEqual(await search("song 10"), { uris: [track(0)] });
    });

    for (const [what, given] of [
      ["nothing", undefined],
      ["no lists", {}],
      ["something else in place of the list", { tracks: { items: {} } }],
      ["an entry without a name", { tracks: { items: [{ uri: track(1) }] } }],
      ["an entry without a URI", { tracks: { items: [{ name: "Jazz" }] } }],
      ["an entry with a broken URI", { tracks: { items: [{ uri: "spotify:track:short", name: "Jazz" }] } }],
    ] as const) {
      it(`finds nothing in ${what}`, async () => {
        document = given;
        await assert.rejects(search("jazz"), { code: "INVALID_ARGUMENT", message: /found nothing/ });
      });
    }

    for (const [count, parts] of [
      [40, [40]],
      [41, [40, 1]],
    ] as const) {
      it(`likes ${count} things with ${parts.length} request${parts.length === 1 ? "" : "s"}`, async () => {
        const uris = Array.from({ length: count }, (_, number) => track(number));
        await overWebApi().like(uris, true, NEVER);
        const sizes = asked.map(({ query }) => query?.["uris"]?.split(",").length);
        assert.deepEqual(sizes, parts);
        assert.deepEqual(internal, []);
      });
    }

    for (const [status, code, body] of [
      [300, "PROTOCOL_ERROR", undefined],
      [400, "INVALID_ARGUMENT", undefined],
      [404, "INVALID_ARGUMENT", undefined],
      [403, "INVALID_SCOPE", { error: { message: "Insufficient client scope" } }],
    ] as const) {
      it(`fails to like with ${code} for HTTP ${status}`, async () => {
        response = { status, body };
        await assert.rejects(overWebApi().like([track(1)], true, NEVER), { code });
      });
    }
  });
});
