import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SPOTIFY_ENDPOINTS } from "../../../src/core/endpoints";
import type { HttpClient, HttpResponse } from "../../../src/net/client";
import { RateLimitGuard } from "../../../src/net/rate-limit-guard";
import { NameLookup } from "../../../src/player/name-lookup";
import type { Names } from "../../../src/player/names";
import { Randomness } from "../../support/randomness";
import { ENTITIES, URIS, extendedMetadataAnswer } from "./entities";

const TIMES = 20_000;
const NEVER = new AbortController().signal;
const PLAYLIST = "spotify:playlist:37i9dQZF1EYkqdzj48dyYq";
const EXTENDED = extendedMetadataAnswer(
  [...ENTITIES].map(([uri, entity]) => ({ uri, ttl: 74_514, ...entity })),
);
const METADATA4 = readFileSync(join(__dirname, "metadata4-answer.json"));
const PLAYLIST_NAME = Buffer.from('{"attributes":{"name":"Dinner"}}');
const OEMBED = Buffer.from(
  '{"title":"Round Trip","thumbnail_url":"https://i.scdn.co/image/ab67616d00001e0240baf4dd6b252ba0943afdc9"}',
);

function assertBounded(names: Names): void {
  const { title, artists, album, albumUri, duration, images } = names;
  assert.ok(title !== null && title !== "");
  for (const text of [title, album ?? "-", ...artists.map(({ name }) => name)]) {
    assert.ok(text.length > 0 && text.length <= 500);
    assert.doesNotMatch(text, /[\p{Cc}\p{Cs}]/u);
  }
  for (const uri of [albumUri, ...artists.map((artist) => artist.uri)]) {
    if (uri !== null) assert.match(uri, /^spotify:(?:album|show|artist):[0-9A-Za-z]{22}$/);
  }
  assert.ok(artists.length <= 50 && images.length <= 10);
  assert.ok(duration === null || (Number.isSafeInteger(duration) && duration > 0));
  for (const { url, size } of images) {
    assert.match(url, /^https:\/\/[a-z-]+(?:\.[a-z-]+)*\.(?:scdn\.co|spotifycdn\.com)\//);
    assert.ok(size === null || size > 0);
  }
}

describe(`The lookup of names, with ${TIMES} damaged answers`, () => {
  it("never fails, and returns nothing beyond the limits", async () => {
    const random = new Randomness();
    // How many services fail, so that the next one is asked.
    let failing = 0;
    const answer = (body: Buffer, hasFailed = false): Promise<HttpResponse> => {
      const headers = { "mc-ttl": "74514" };
      return Promise.resolve({ status: hasFailed ? 500 : 200, headers, body: random.mutated(body) });
    };
    const spclient = {
      request: ({ path }: { path: string }) => {
        if (path.startsWith("/metadata/4")) return answer(METADATA4, failing > 1);
        return path.startsWith("/playlist") ? answer(PLAYLIST_NAME) : answer(EXTENDED, failing > 0);
      },
    };
    const http = { request: () => answer(OEMBED) } as unknown as HttpClient;
    const guard = new RateLimitGuard(() => undefined);
    const uris = [...Object.values(URIS), PLAYLIST];
    let found = 0;
    for (let i = 0; i < TIMES; i++) {
      failing = i % 3;
      const lookup = new NameLookup({ spclient, http, guard, endpoints: SPOTIFY_ENDPOINTS });
      try {
        await lookup.lookUp(uris, NEVER);
        for (const uri of uris) {
          const names = lookup.known(uri);
          if (!names) continue;
          found++;
          assertBounded(names);
        }
      } catch (error) {
        throw new Error(`${random.hint}, run ${i}`, { cause: error });
      }
    }
    assert.ok(found > TIMES / 2, "Most answers are damaged only in part.");
  });
});
