import assert from "node:assert/strict";
import { knownCall } from "../../../../nodes/shared/editor/known-call";
import {
  isPathSetting,
  namesIn,
  readSuggestion,
  suggestionText,
} from "../../../../nodes/spotify-request/editor/path-text";
import { CALLS } from "../../../../src/web-api/calls";

describe("the text in the field of the path", () => {
  it("is split into method and path if it is a suggestion, or is written like one", () => {
    for (const call of CALLS) {
      const { method, path } = call;
      assert.deepEqual(readSuggestion(suggestionText(call)), { method, path });
    }
    assert.deepEqual(readSuggestion(" put  /me/library "), { method: "PUT", path: "/me/library" });
    for (const other of ["", "/me", "me/player", "get", "getting /me"]) {
      assert.equal(readSuggestion(other), undefined, other);
    }
  });

  it("refers to a known call in any spelling", () => {
    for (const text of [
      "/me/playlists",
      "me/playlists",
      "/v1/me/playlists",
      "/me/playlists?limit=5",
      " https://api.spotify.com/v1/me/playlists ",
    ]) {
      assert.equal(knownCall("GET", text)?.path, "/me/playlists", text);
    }
    assert.equal(knownCall("GET", "/playlists/37i9dQ/items")?.path, "/playlists/{playlist_id}/items");
    assert.equal(knownCall("GET", "/playlists/{{payload.id}}/items")?.path, "/playlists/{playlist_id}/items");
    assert.equal(knownCall("", "/me/playlists"), undefined);
    assert.equal(knownCall("GET", "/me/moods"), undefined);
  });

  it("names the message properties that it needs, each once", () => {
    assert.deepEqual(namesIn("/playlists/{playlist_id}/items"), ["playlist_id"]);
    assert.deepEqual(namesIn("/a/{{payload.id}}/{{{ msg.topic }}}/{topic}"), ["payload.id", "topic"]);
    assert.deepEqual(namesIn("/me"), []);
    assert.deepEqual(namesIn("${PATH_OF_MINE}"), []);
    assert.deepEqual(namesIn("/playlists/${LIST}/items?limit={count}"), ["count"]);
  });

  it("is valid only if it leads to the Web API", () => {
    for (const good of [
      "/me",
      "me/player",
      "https://api.spotify.com/v1/me",
      "${MY_PATH}",
      "/playlists/{id}/items",
      "{{payload}}",
    ]) {
      assert.equal(isPathSetting(good), true, good);
    }
    for (const bad of [
      "",
      "  ",
      5,
      "//example.com/v1/me",
      "https://api.spotify.com.example.com/v1/me",
      "https://example.com",
      "\\\\example.com",
      "javascript:alert(1)",
    ]) {
      assert.equal(isPathSetting(bad), false, String(bad));
    }
  });
});
