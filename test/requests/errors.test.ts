import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { ApiRequest, SpotifyErrorCode } from "../../src";
import { CATALOGUE } from "../simulator/world/catalogue";
import { REDIRECT_URI, signInWithApp } from "../support/own-app";
import { useCaller } from "./support";

const dj = CATALOGUE.dj.uri.split(":").at(-1);

interface Refused {
  request: ApiRequest;
  code: SpotifyErrorCode;
  statusCode: number;
  /** Spotify's message, or ours. */
  message: RegExp;
  reason?: string;
}

describe("An answer of the Web API that is not a success", () => {
  const caller = useCaller();

  function refuseWith(status: number, message: string): void {
    caller.current.simulator.faults.webApiAnswer = { status, body: { error: { status, message } } };
  }

  const REFUSED: Record<string, Refused> = {
    "a limit that is too large": {
      request: { path: "/me/tracks?limit=51" },
      code: "INVALID_ARGUMENT",
      statusCode: 400,
      message: /“Invalid limit” \(HTTP 400\)/,
    },
    "a call that there is not": {
      request: { path: "/me/nothing" },
      code: "INVALID_ARGUMENT",
      statusCode: 404,
      message: /“Service not found” \(HTTP 404\)/,
    },
    "a track that there is not": {
      request: { path: "/tracks/nothing" },
      code: "INVALID_ARGUMENT",
      statusCode: 404,
      message: /“Resource not found”/,
    },
    "the items of another person's playlist": {
      request: { path: `/playlists/${dj}/items` },
      code: "REQUEST_REFUSED",
      statusCode: 403,
      message: /“Forbidden” \(HTTP 403\)/,
    },
    "a call that is gone": {
      request: { path: `/playlists/${dj}/tracks` },
      code: "REQUEST_REFUSED",
      statusCode: 403,
      message: /removed this call.* on 2026-03-09.*“Forbidden”.*Use GET \/playlists\/\{playlist_id\}\/items/,
    },
    "a call that is gone for good": {
      request: { path: "/recommendations" },
      code: "REQUEST_REFUSED",
      statusCode: 404,
      message: /removed this call.* on 2024-11-27.*Nothing takes its place/,
    },
    "a device that there is not": {
      request: { method: "PUT", path: "/me/player/pause?device_id=nowhere" },
      code: "DEVICE_NOT_FOUND",
      statusCode: 404,
      message: /does not know this device/,
    },
  };
  for (const [what, { request, code, statusCode, message }] of Object.entries(REFUSED)) {
    it(`to ${what} is ${code} with the status ${statusCode}`, async () => {
      const error = await caller.current.failure(request, code);
      assert.equal(error.statusCode, statusCode);
      assert.match(error.message, message);
      assert.equal(error.clientId, caller.current.clientId);
      assert.equal(caller.current.asked.length, 1, "it is not sent again");
    });
  }

  it("to a command without a device is NO_ACTIVE_DEVICE, with Spotify's own reason", async () => {
    caller.current.account.playback.stop();
    const error = await caller.current.failure(
      { method: "PUT", path: "/me/player/pause" },
      "NO_ACTIVE_DEVICE",
    );
    assert.deepEqual([error.statusCode, error.reason], [404, "NO_ACTIVE_DEVICE"]);
  });

  it("to a command that is not possible now is RESTRICTED", async () => {
    caller.current.account.playback.pause();
    const error = await caller.current.failure({ method: "PUT", path: "/me/player/pause" }, "RESTRICTED");
    assert.equal(error.statusCode, 403);
    assert.match(error.message, /Restriction violated/);
  });

  it("is PREMIUM_REQUIRED if the app's owner has lost Premium, which Spotify reports in plain text", async () => {
    const { simulator, session, account } = caller.current;
    const app = simulator.addApp({ redirectUris: [REDIRECT_URI], owner: account });
    await signInWithApp(simulator, session, account, ["user-read-email"], app);
    account.premium = false;
    const request = { path: "/me", clientId: app.clientId };
    const error = await caller.current.failure(request, "PREMIUM_REQUIRED");
    assert.equal(error.statusCode, 403);
    assert.match(error.message, /owner of this app/);
  });

  for (const status of [500, 502, 503]) {
    it(`is UNREACHABLE for a ${status}, after a GET was sent once more`, async () => {
      const { simulator } = caller.current;
      simulator.faults.webApiStatus = { value: status, times: 2 };
      const { statusCode, message } = await caller.current.failure({ path: "/me" }, "UNREACHABLE");
      assert.equal(statusCode, status);
      assert.match(message, /has a problem: “(Server error|Bad gateway|Service unavailable)\.?” \(HTTP 50/);
      assert.equal(caller.current.asked.length, 2);
      simulator.faults.webApiStatus = { value: status, times: 1 };
      assert.equal((await caller.current.request({ path: "/me" })).status, 200);
    });
  }

  for (const method of ["POST", "PUT", "DELETE"] as const) {
    it(`is UNREACHABLE for a 502, and ${method} is not sent again, because it may have worked`, async () => {
      caller.current.simulator.faults.webApiStatus = { value: 502, times: 1 };
      const path = `/playlists/${CATALOGUE.dinner.uri.split(":").at(-1)}/items`;
      const body = { uris: [CATALOGUE.tracks[0]!.uri], items: [] };
      assert.equal((await caller.current.failure({ method, path, body }, "UNREACHABLE")).statusCode, 502);
      assert.equal(caller.current.asked.length, 1);
    });
  }

  it("is UNREACHABLE if the connection breaks", async () => {
    caller.current.simulator.faults.webApiAnswer = { value: { status: 0, drop: true }, times: 1 };
    const error = await caller.current.failure({ path: "/me" }, "UNREACHABLE");
    assert.equal(error.statusCode, undefined);
    assert.equal(caller.current.asked.length, 1);
  });

  it("is described by its status if it has no text to quote", async () => {
    refuseWith(409, "");
    const error = await caller.current.failure({ path: "/me" }, "REQUEST_REFUSED");
    assert.equal(error.statusCode, 409);
    assert.match(error.message, /HTTP 409/);
  });

  describe("that redirects", () => {
    for (const status of [301, 302, 303, 307, 308]) {
      it(`is not followed (${status}), not even on the same host`, async () => {
        const { simulator } = caller.current;
        simulator.faults.webApiAnswer = { status, headers: { location: "/v1/me/player" } };
        const error = await caller.current.failure({ path: "/me" }, "PROTOCOL_ERROR");
        assert.equal(error.statusCode, status);
        assert.match(error.message, /not followed/);
        assert.deepEqual(caller.current.asked, ["GET /v1/me"]);
      });
    }
  });

  it("never has the token in its error message, even if the server repeats it", async () => {
    const { session, clientId } = caller.current;
    const { accessToken } = await session.tokens.getTokenWithClientId([], clientId);
    refuseWith(400, `No: ${accessToken}`);
    const error = await caller.current.failure({ path: "/me" }, "INVALID_ARGUMENT");
    // A quotation is cut off, so a part of the token could be in it.
    const part = accessToken.slice(0, 20);
    assert.ok(!inspect(error, { depth: null }).includes(part));
    const all = await caller.current.failure({ path: "/me/tracks", all: true }, "INVALID_ARGUMENT");
    assert.ok(!inspect(all, { depth: null }).includes(part));
  });

  it("is quoted in one line of at most 200 bytes", async () => {
    const message = `line\nof\u0000text \u202e${"x".repeat(5_000)}`;
    refuseWith(400, message);
    const error = await caller.current.failure({ path: "/me" }, "INVALID_ARGUMENT");
    assert.ok(error.message.length < 300);
    // oxlint-disable-next-line no-control-regex -- what must be absent
    assert.doesNotMatch(error.message, /[\u0000-\u001f\u202e]/);
  });
});

describe("A sign-in that lacks a permission", () => {
  const caller = useCaller({ scopes: ["user-read-email"] });

  it("is detected before anything is sent, and the error names the permission", async () => {
    const error = await caller.current.failure({ path: "/me/tracks" }, "INVALID_SCOPE");
    assert.deepEqual(error.scopes, ["user-library-read"]);
    assert.match(error.message, /user-library-read/);
    assert.deepEqual(caller.current.asked, []);
  });

  it("is detected by Spotify if the caller names other scopes, and the error has Spotify's status", async () => {
    const request: ApiRequest = { path: "/me/tracks", scopes: ["user-read-email"] };
    const error = await caller.current.failure(request, "INVALID_SCOPE");
    assert.equal(error.statusCode, 403);
    assert.match(error.message, /Permission missing/);
  });

  it("is not checked with invalid scopes, which are refused", async () => {
    await caller.current.failure({ path: "/me", scopes: "no such scope!" }, "INVALID_ARGUMENT");
    await caller.current.failure({ path: "/me", clientId: "nobody" }, "INVALID_ARGUMENT");
    caller.current.sentNothing("wrong words");
  });
});

describe("A request without a sign-in", () => {
  const caller = useCaller();

  it("is NOT_SIGNED_IN", async () => {
    const session = caller.current.stage.session(undefined);
    await assert.rejects(session.webApi.request({ path: "/me" }), { code: "NOT_SIGNED_IN" });
    await caller.current.failure({ path: "/me", clientId: "0".repeat(32) }, "NOT_SIGNED_IN");
    assert.deepEqual(caller.current.asked, []);
  });
});
