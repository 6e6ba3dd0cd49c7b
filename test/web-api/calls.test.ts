import assert from "node:assert/strict";
import { DESKTOP_ONLY_SCOPES, WEB_API_SCOPES } from "../../src/core/knowledge";
import { callOf } from "../../src/web-api/call-of";
import { CALLS, CALLS_SOURCES } from "../../src/web-api/calls";
import { suggestedCalls } from "../../src/web-api/suggested-calls";

const textOf = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`;

describe("The list of the Web API's calls", () => {
  it("says where it was read, and when", () => {
    for (const { source, date } of CALLS_SOURCES) {
      assert.match(source, /^https:\/\/developer\.spotify\.com\//);
      assert.match(date, /^\d{4}-\d\d-\d\d$/);
    }
  });

  it("has each call once, with scopes that are known", () => {
    const texts = CALLS.map(textOf);
    assert.equal(new Set(texts).size, texts.length);
    const known: ReadonlySet<string> = new Set([...WEB_API_SCOPES, ...DESKTOP_ONLY_SCOPES]);
    for (const call of CALLS) {
      for (const scope of [...call.scopes, ...(call.scopesForSome ?? [])]) {
        assert.ok(known.has(scope), `${textOf(call)}: ${scope}`);
      }
    }
  });

  it("names for a call that is gone one that is there, if there is one", () => {
    const there = new Set(CALLS.filter(({ gone }) => gone === undefined).map(textOf));
    for (const { gone } of CALLS) {
      if (gone?.instead !== undefined) assert.ok(there.has(gone.instead), gone.instead);
    }
  });

  it("has what February 2026 has brought: the library, the items of playlists, and a search of ten at most", () => {
    assert.deepEqual(callOf("PUT", "/me/library")?.scopes, ["user-library-modify"]);
    assert.equal(callOf("PUT", "/me/tracks")?.gone?.instead, "PUT /me/library");
    assert.equal(callOf("GET", "/playlists/x/tracks")?.gone?.instead, "GET /playlists/{playlist_id}/items");
    assert.equal(callOf("GET", "/search")?.longestPage, 10);
  });
});

describe("The call that a path means", () => {
  it("is found by its own path, and by one with IDs in it", () => {
    for (const call of CALLS) {
      assert.equal(callOf(call.method, call.path), call, textOf(call));
      assert.equal(callOf(call.method, call.path.replaceAll(/\{\w+\}/g, "4iV5W9uYEdYUVa79Axb7Rh")), call);
      assert.equal(callOf(call.method, `${call.path}/`), call);
    }
  });

  it("is unknown if the method or a part of it is another", () => {
    assert.equal(callOf("POST", "/me"), undefined);
    assert.equal(callOf("GET", "/me/player/queue/now"), undefined);
    assert.equal(callOf("GET", ""), undefined);
  });
});

describe("The calls that are suggested", () => {
  const first = (typed: string, method?: string): string => textOf(suggestedCalls(typed, method)[0]!);

  for (const [typed, method, wanted] of [
    ["playlists", "GET", "GET /me/playlists"],
    ["/me/pl", "GET", "GET /me/playlists"],
    ["items playlist", "GET", "GET /playlists/{playlist_id}/items"],
    ["put library", undefined, "PUT /me/library"],
    ["/v1/search", undefined, "GET /search"],
    ["PLAYER devices", "GET", "GET /me/player/devices"],
    ["/me/player/pl", "PUT", "PUT /me/player/play"],
    ["top", undefined, "GET /me/top/{type}"],
  ] as const) {
    it(`begin for “${typed}” with ${wanted}`, () => assert.equal(first(typed, method), wanted));
  }

  it("are twelve at most, with those last that are gone", () => {
    const all = suggestedCalls("");
    assert.equal(all.length, 12);
    const tracks = suggestedCalls("tracks").map(({ gone }) => gone !== undefined);
    assert.deepEqual(
      tracks,
      tracks.toSorted((a, b) => Number(a) - Number(b)),
    );
  });

  it("are none for words that no call has", () => assert.deepEqual(suggestedCalls("zebra"), []));
});
