import assert from "node:assert/strict";
import { readPath } from "../../src/requests/read-path";
import { SpotifyError } from "../../src/core/errors";
import { Randomness } from "../support/randomness";

const API = "http://127.0.0.1:4321";

const pathOf = (text: unknown): string => {
  const { path, query } = readPath(text, API);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
};
const refusal = (text: unknown): string => {
  try {
    return `taken: ${pathOf(text)}`;
  } catch (error) {
    assert.ok(error instanceof SpotifyError);
    assert.equal(error.code, "INVALID_ARGUMENT");
    return error.message;
  }
};

describe("the path of a request", () => {
  for (const [written, meant] of [
    ["/me/playlists", "/v1/me/playlists"],
    ["me/playlists", "/v1/me/playlists"],
    [" /v1/me ", "/v1/me"],
    ["/me/player?market=SE&limit=5", "/v1/me/player?market=SE&limit=5"],
    ["https://api.spotify.com/v1/me/tracks?offset=50", "/v1/me/tracks?offset=50"],
    ["HTTPS://API.SPOTIFY.COM/v1/me", "/v1/me"],
    [`${API}/v1/me`, "/v1/me"],
    ["/search?q=a%2Fb%26c&type=track", "/v1/search?q=a%2Fb%26c&type=track"],
    ["/playlists/a b/items", "/v1/playlists/a%20b/items"],
    ["/v1beta/me", "/v1/v1beta/me"],
  ] as const) {
    it(`is accepted: ${written}`, () => assert.equal(pathOf(written), meant));
  }

  for (const [written, why] of [
    [undefined, /must be a text/],
    [5, /must be a text/],
    ["", /must be a text/],
    ["https://example.com/v1/me", /Only https:\/\/api\.spotify\.com is asked, not example\.com/],
    ["//example.com/v1/me", /not an address|Only https:/],
    ["https://api.spotify.com.example.com/v1/me", /Only https:/],
    ["https://api.spotify.com@example.com/v1/me", /name or a password/],
    ["https://user:secret@api.spotify.com/v1/me", /name or a password/],
    ["http://api.spotify.com/v1/me", /Only https:/],
    ["https://api.spotify.com:8443/v1/me", /Only https:/],
    ["ftp://api.spotify.com/v1/me", /Only https:/],
    ["javascript:alert(1)", /Only https:/],
    ["\\\\example.com\\v1\\me", /a character that no path may have/],
    ["/me\r\nHost: example.com", /a character that no path may have/],
    ["/../../etc/passwd", /must lead to a call/],
    ["/v1/../admin", /must lead to a call/],
    ["/v1/%2e%2e/admin", /must lead to a call/],
    ["/me/player#now", /write it as %23/],
    ["/playlists/..%2f..%2fme/items", /leads elsewhere/],
    ["/", /must lead to a call/],
    ["/playlists/{playlist_id}/items", /still has \{playlist_id\} in it/],
    ["/playlists/{{payload.id}}", /still has \{\{payload\.id\}\} in it/],
    ["/" + "a".repeat(3000), /more than 2000 characters/],
  ] as const) {
    it(`is refused: ${String(written).slice(0, 60)}`, () => assert.match(refusal(written), why));
  }

  it("is quoted in errors without its query, which may be private", () => {
    assert.doesNotMatch(refusal("https://example.com/v1/me?token=secret"), /secret/);
    assert.doesNotMatch(refusal("https://me:secret@example.com/v1/me"), /secret/);
  });

  it("leads only to the Web API, no matter how a flow has built it", () => {
    const random = new Randomness();
    const parts = [
      [
        "https:",
        "http:",
        "//",
        "/",
        "\\",
        "..",
        ".",
        "%2e%2e",
        "%2F",
        "@",
        ":",
        "?",
        "#",
        "{",
        "}",
        "v1",
        "me",
      ],
      [
        "api.spotify.com",
        "example.com",
        "127.0.0.1:4321",
        "127.0.0.1",
        "user:pw@",
        "\t",
        "\n",
        "\u0000",
        "é",
        "。",
      ],
      ["player", "a", "//example.com", "[::1]", "localhost", " ", "%00", "；", "file:", "data:,", "/v1/"],
    ].flat();
    for (let i = 0; i < 10_000; i++) {
      const text = Array.from({ length: 1 + random.below(8) }, () => random.pick(parts)).join("");
      let read;
      try {
        read = readPath(text, API);
      } catch (error) {
        assert.ok(
          error instanceof SpotifyError && error.code === "INVALID_ARGUMENT",
          `${random.hint}: ${text}`,
        );
        continue;
      }
      // Like the client.
      const url = new URL(API + read.path);
      assert.equal(url.origin, API, `${random.hint}: ${text}`);
      assert.ok(url.pathname.startsWith("/v1/"), `${random.hint}: ${text} → ${url.pathname}`);
    }
  });
});
