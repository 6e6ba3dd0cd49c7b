import assert from "node:assert/strict";
import type { SpotifyError } from "../../../src/core/errors";
import { HttpClient, type HttpResponse } from "../../../src/net/client";
import { RateLimitGuard } from "../../../src/net/rate-limit-guard";
import { extendedMetadata, type CatalogueId } from "../../../src/player/extended-metadata";
import { metadata4 } from "../../../src/player/metadata4";
import type { Names } from "../../../src/player/names";
import { oembed } from "../../../src/player/oembed";
import { playlistName } from "../../../src/player/playlist-name";
import { extendedMetadataAnswer, track, URIS } from "./entities";
import { bytes, integer, message } from "./wire";

const NEVER = new AbortController().signal;
const TRACK: CatalogueId = { uri: URIS.track, kind: "track", id: URIS.track.slice(14) };
const FILE_ID = "ab6761610000e5eb40baf4dd6b252ba0943afdc9";
const PICTURE = `https://i.scdn.co/image/${FILE_ID}`;

type Answer = [status: number, body: Buffer | string];

/** What each service tells of a track or a playlist if it is answered so; null if Spotify does not have it. */
const SERVICES: Record<string, (answer: () => Promise<HttpResponse>) => Promise<Names | null>> = {
  "extended-metadata": async (request) =>
    (await extendedMetadata({ request }, [TRACK], NEVER)).get(TRACK.uri)?.names ?? null,
  "metadata/4": async (request) => (await metadata4({ request }, undefined, TRACK, NEVER))?.names ?? null,
  playlist: async (request) =>
    (await playlistName({ request }, { ...TRACK, kind: "playlist" }, NEVER))?.names ?? null,
  oEmbed: (request) => {
    const http = new HttpClient();
    http.request = request;
    const guard = new RateLimitGuard(() => undefined);
    return oembed({ http, guard, open: "https://open.spotify.com" }, TRACK, NEVER);
  },
};

async function ask(service: string, [status, body]: Answer): Promise<Names | null> {
  return SERVICES[service]!(() =>
    Promise.resolve({ status, headers: {}, body: Buffer.from(body as string) }),
  );
}

/** An answer of extended-metadata about the track, without the status of the entity. */
const WITHOUT_STATUS = bytes(2, message(integer(2, 10), bytes(3, bytes(2, TRACK.uri))));
const SAID: Record<string, Buffer | string> = {
  "extended-metadata": extendedMetadataAnswer([{ uri: TRACK.uri, kind: 10, value: track("Round Trip") }]),
  "metadata/4": '{"name":"Round Trip","gid":null}',
  playlist: '{"attributes":{"name":"Round Trip"}}',
  oEmbed: '{"title":"Round Trip"}',
};
const MISSING: [service: string, ...Answer][] = [
  ["extended-metadata", 200, ""],
  ["extended-metadata", 200, message(bytes(1, ""), WITHOUT_STATUS)],
  ["metadata/4", 404, SAID["metadata/4"]!],
  ["metadata/4", 200, "{}"],
  ["playlist", 400, SAID["playlist"]!],
  ["playlist", 403, SAID["playlist"]!],
  ["playlist", 404, SAID["playlist"]!],
  ["playlist", 200, "{}"],
  ["playlist", 200, '{"attributes":null}'],
  ["oEmbed", 400, SAID["oEmbed"]!],
  ["oEmbed", 404, SAID["oEmbed"]!],
  ["oEmbed", 200, "{}"],
  ["oEmbed", 200, '{"title":7}'],
];

describe("A service of names", () => {
  for (const [service, body] of Object.entries(SAID)) {
    it(`tells a name: ${service}`, async () => {
      assert.equal((await ask(service, [200, body]))?.title, "Round Trip");
    });

    for (const status of [204, 302, 401, 500]) {
      it(`fails if it answers ${status}, whatever it tells: ${service}`, async () => {
        await assert.rejects(ask(service, [status, body]), { code: "PROTOCOL_ERROR" });
      });
    }

    for (const odd of ["{", "7", "null"]) {
      it(`fails if it answers ${odd}, and does not quote that: ${service}`, async () => {
        await assert.rejects(ask(service, [200, odd]), ({ code, cause }: SpotifyError) => {
          assert.deepEqual([code, cause], ["PROTOCOL_ERROR", undefined]);
          return true;
        });
      });
    }
  }

  for (const [service, status, body] of MISSING) {
    const said = typeof body === "string" ? body : "an entity without a status";
    it(`has no such name if it answers ${status} ${said}: ${service}`, async () => {
      assert.equal(await ask(service, [status, body]), null);
    });
  }

  it("is not asked for an ID that is too large: metadata/4", async () => {
    const id = { ...TRACK, id: "z".repeat(22).toUpperCase() };
    const request = (): Promise<HttpResponse> => assert.fail("It was asked.");
    assert.equal(await metadata4({ request }, undefined, id, NEVER), null);
  });

  for (const [width, size] of [
    [320, 320],
    ["320", null],
    [undefined, null],
  ] as const) {
    it(`tells the size of a picture, if it is a number: ${JSON.stringify(width)} (oEmbed)`, async () => {
      const said = { title: "Round Trip", thumbnail_url: PICTURE, thumbnail_width: width };
      const names = await ask("oEmbed", [200, JSON.stringify(said)]);
      assert.deepEqual(names?.images, [{ url: PICTURE, size }]);
    });
  }
});
