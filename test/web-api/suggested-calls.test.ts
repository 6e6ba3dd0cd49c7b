import assert from "node:assert/strict";
import { CALLS } from "../../src/web-api/calls";
import { suggestedCalls } from "../../src/web-api/suggested-calls";

const suggested = (typed: string, method?: string): string[] =>
  suggestedCalls(typed, method).map((call) => `${call.method} ${call.path}`);

describe("the calls that are suggested for what a person types", () => {
  for (const [typed, first] of [
    ["playlists", "GET /me/playlists"],
    ["/me/pl", "GET /me/playlists"],
    ["me/pl", "GET /me/playlists"],
    ["/v1/me/pl", "GET /me/playlists"],
    ["playlist items", "GET /playlists/{playlist_id}/items"],
    ["items playlist", "GET /playlists/{playlist_id}/items"],
    ["Playlist ID items", "GET /playlists/{playlist_id}/items"],
    ["post playlist items", "POST /playlists/{playlist_id}/items"],
    ["put library", "PUT /me/library"],
    ["library put", "PUT /me/library"],
    ["search", "GET /search"],
    ["top", "GET /me/top/{type}"],
    ["recent", "GET /me/player/recently-played"],
    ["player", "GET /me/player"],
    ["/me/player", "GET /me/player"],
    ["/me", "GET /me"],
    ["/me/", "GET /me/playlists"],
    ["queue", "GET /me/player/queue"],
    ["volume", "PUT /me/player/volume"],
    ["devices", "GET /me/player/devices"],
    ["tracks", "GET /me/tracks"],
    ["album tracks", "GET /albums/{id}/tracks"],
    ["/albums/", "GET /albums/{id}"],
  ] as const) {
    it(`begin with ${first} for “${typed}”`, () => assert.equal(suggested(typed, "GET")[0], first));
  }

  it("are the same whether a method is chosen or not, if only one method fits", () => {
    assert.deepEqual(suggested("search", "GET"), suggested("search"));
  });

  it("begin with those of the chosen method", () => {
    assert.equal(suggested("playlist items", "DELETE")[0], "DELETE /playlists/{playlist_id}/items");
    assert.equal(suggested("queue", "POST")[0], "POST /me/player/queue");
    assert.equal(suggested("library", "PUT")[0], "PUT /me/library");
    assert.equal(suggested("/me/player/pl", "PUT")[0], "PUT /me/player/play");
  });

  it("are the usual ones as long as nothing is typed", () => {
    for (const nothing of ["", "  ", "/"]) {
      assert.equal(suggested(nothing, "GET")[0], "GET /me/playlists", JSON.stringify(nothing));
      assert.equal(suggested(nothing, "GET").length, 12);
    }
  });

  it("end with those that were removed, so that a person learns what to use instead", () => {
    const calls = suggestedCalls("playlist tracks");
    assert.ok(calls.length > 0 && calls.every(({ gone }) => gone));
    for (const typed of ["", "tracks", "/me", "playlist", "artists"]) {
      const areGone = suggestedCalls(typed).map(({ gone }) => gone !== undefined);
      const firstGone = areGone.indexOf(true);
      assert.ok(firstGone === -1 || !areGone.slice(firstGone).includes(false), typed);
    }
  });

  it("are at most twelve, and never the same twice", () => {
    for (const typed of ["", "me", "a", "/", "e", "playlist"]) {
      const all = suggested(typed);
      assert.ok(all.length <= 12, typed);
      assert.equal(new Set(all).size, all.length, typed);
    }
  });

  it("are empty if nothing fits", () => {
    for (const typed of ["moods", "/me/moods", "x".repeat(100_000), "playlists moods", "(", "\\", "*"]) {
      assert.deepEqual(suggested(typed), [], typed.slice(0, 20));
    }
  });

  it("begin with the call whose path is typed, even if it was removed", () => {
    for (const { method, path, gone } of CALLS) {
      const all = suggested(path, method);
      if (gone) assert.ok(all.includes(`${method} ${path}`), path);
      else assert.equal(all[0], `${method} ${path}`);
    }
  });
});
