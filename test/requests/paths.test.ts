import assert from "node:assert/strict";
import type { ApiRequest } from "../../src";
import { serveHttp, type HttpTestServer } from "../support/http-server";
import { useCaller } from "./support";

describe("The path of a request", () => {
  const caller = useCaller();

  const TAKEN: Record<string, string> = {
    "/me/player/devices": "GET /v1/me/player/devices",
    "me/player/devices": "GET /v1/me/player/devices",
    "/v1/me/player/devices": "GET /v1/me/player/devices",
    "  /me/player/devices\n": "GET /v1/me/player/devices",
    "https://api.spotify.com/v1/me/player/devices": "GET /v1/me/player/devices",
    "HTTPS://API.SPOTIFY.COM:443/v1/me/player/devices": "GET /v1/me/player/devices",
    "/me/player?additional_types=track,episode": "GET /v1/me/player?additional_types=track%2Cepisode",
    "/search?q=C%23&type=track": "GET /v1/search?q=C%23&type=track",
    "/search?q=a/../b{c}&type=track": "GET /v1/search?q=a%2F..%2Fb%7Bc%7D&type=track",
  };
  for (const [path, asked] of Object.entries(TAKEN)) {
    it(`may be ${JSON.stringify(path)}`, async () => {
      await caller.current.request({ path }).catch(() => undefined);
      assert.deepEqual(caller.current.asked, [asked]);
    });
  }

  it("may be an address of the configured Web API", async () => {
    const { simulator } = caller.current;
    await caller.current.request({ path: `${simulator.endpoints.api}/v1/me/player/devices` });
    assert.deepEqual(caller.current.asked, ["GET /v1/me/player/devices"]);
  });

  describe("sends nothing and asks for no token", () => {
    let other: HttpTestServer;
    let seen: unknown[];

    beforeEach(async () => {
      seen = [];
      other = await serveHttp((request, response) => {
        seen.push([request.url, request.headers]);
        response.end("{}");
      });
      // A request would need a new token if it were sent.
      await caller.current.dropToken();
    });

    afterEach(() => other.close());

    const REFUSED: Record<string, readonly string[]> = {
      "another host": [
        "http://OTHER/v1/me",
        "https://OTHER/v1/me",
        "//OTHER/v1/me",
        "///OTHER/v1/me",
        "http:OTHER/v1/me",
        "http:/OTHER/v1/me",
        "https://api.spotify.com.OTHER/v1/me",
        "https://api.spotify.com./v1/me",
        "ftp://api.spotify.com/v1/me",
        "http://api.spotify.com/v1/me",
        "https://api.spotify.com:444/v1/me",
        "https://accounts.spotify.com/v1/me",
        "data:text/plain,me",
        "spotify:track:0wKuMHryNyL3Fvj9iTFyRo",
      ],
      "a name or a password": [
        "https://api.spotify.com@OTHER/v1/me",
        "https://api.spotify.com:443@OTHER/v1/me",
        "https://user:word@api.spotify.com/v1/me",
        "https://user@api.spotify.com/v1/me",
      ],
      "a backslash": ["\\\\OTHER\\v1\\me", "/\\OTHER/v1/me", "https:\\\\OTHER/v1/me", "/me\\..\\.."],
      "a character that no path has": ["/\t/OTHER/v1/me", "/me\r\nhost: OTHER", "/me\u0000"],
      "dots that lead elsewhere": [
        "/me/../../oauth",
        "/me/..",
        "/playlists/./items",
        "/%2e%2e/oauth",
        "/me/.%2E/%2e./player",
        "https://api.spotify.com/v1/../oauth",
        "/playlists/..%2f..%2fme/items",
        "/playlists/..%5C..%5Cme/items",
      ],
      "a fragment": ["/me#player", "/search?q=C#&type=track", "https://api.spotify.com/v1/me#"],
      "nothing in it": [
        "",
        "  ",
        "/",
        "/v1",
        "/v1/",
        "?q=a",
        "https://api.spotify.com",
        "https://api.spotify.com/v1/",
      ],
      "a name in braces": ["/playlists/{playlist_id}/items", "/playlists/{{payload}}", "/me/{"],
      "more than 2000 characters": [`/me/${"x".repeat(2_000)}`],
    };
    for (const [why, paths] of Object.entries(REFUSED)) {
      it(`with ${why}`, async () => {
        for (const path of paths) {
          const request = { path: path.replace("OTHER", other.address) };
          // oxlint-disable-next-line no-await-in-loop -- one request after the other
          await caller.current.failure(request, "INVALID_ARGUMENT");
          caller.current.sentNothing(path);
          assert.deepEqual(seen, [], path);
        }
      });
    }

    it("if it is not a string, or the request is not a request", async () => {
      const odd: unknown[] = [
        undefined,
        null,
        5,
        true,
        {},
        [],
        ["/me"],
        new URL("https://api.spotify.com/v1/me"),
      ];
      for (const path of odd) {
        // oxlint-disable-next-line no-await-in-loop -- one request after the other
        await caller.current.failure({ path } as ApiRequest, "INVALID_ARGUMENT");
      }
      for (const request of [undefined, null, "/me", 5]) {
        // oxlint-disable-next-line no-await-in-loop -- one request after the other
        await caller.current.failure(request as unknown as ApiRequest, "INVALID_ARGUMENT");
      }
      caller.current.sentNothing("odd paths");
    });

    it("for any method except GET, POST, PUT and DELETE", async () => {
      for (const method of ["PATCH", "HEAD", "CONNECT", "", "GET /", 5, {}]) {
        const request = { path: "/me", method } as unknown as ApiRequest;
        // oxlint-disable-next-line no-await-in-loop -- one request after the other
        await caller.current.failure(request, "INVALID_ARGUMENT");
      }
      caller.current.sentNothing("odd methods");
    });
  });

  it("is quoted in errors without its query, which may be private", async () => {
    for (const path of ["//api.spotify.com/v1/me?secret=hush", "/me/..?secret=hush", "/me#?secret=hush"]) {
      // oxlint-disable-next-line no-await-in-loop -- one request after the other
      assert.doesNotMatch((await caller.current.failure({ path })).message, /hush/);
    }
  });
});
