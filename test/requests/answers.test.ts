/** What a request gives, and what it fails with, for everything that the Web API may answer. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { CATALOGUE } from "../simulator/world/catalogue";
import type { HttpAnswer } from "../simulator/http";
import { Requests } from "./support";

describe("The answer to a request", () => {
  let requests: Requests;

  beforeEach(async () => {
    requests = await Requests.begin();
  });

  afterEach(() => requests.end());

  const answerWith = (answer: HttpAnswer, times = 1): void => {
    requests.simulator.faults.webApiAnswer = { value: answer, times };
  };

  describe("that is good", () => {
    it("is the document, with its status and headers", async () => {
      const { status, headers, body } = await requests.request({ path: "/me" });
      assert.equal(status, 200);
      assert.match(String(headers["content-type"]), /^application\/json/);
      assert.equal((body as { id: string }).id, "mira");
    });

    it("is null if it is empty: after a change", async () => {
      const uris = [CATALOGUE.tracks[0]!.uri];
      const { status, body } = await requests.request({
        method: "PUT",
        path: "/me/library",
        query: { uris },
      });
      assert.deepEqual([status, body], [200, null]);
      assert.deepEqual([...requests.account.library], uris);
    });

    it("is a text if it is no JSON", async () => {
      answerWith({ status: 200, body: "fine", headers: { "content-type": "text/plain" } });
      assert.equal((await requests.request({ path: "/me" })).body, "fine");
    });

    it("is for a body that was sent as JSON, and as a text of it", async () => {
      const { uri } = requests.account.playlists.add({ name: "Mine" });
      const path = `/playlists/${uri.split(":")[2]}/items`;
      const one = await requests.request({
        method: "post",
        path,
        body: { uris: [CATALOGUE.tracks[0]!.uri] },
      });
      await requests.request({
        method: "POST",
        path,
        body: JSON.stringify({ uris: [CATALOGUE.tracks[1]!.uri] }),
      });
      assert.equal(one.status, 201);
      const { items } = requests.account.playlists.all[0]!;
      assert.deepEqual(
        items.map((item) => item.uri),
        [CATALOGUE.tracks[0]!.uri, CATALOGUE.tracks[1]!.uri],
      );
    });

    it("is not read beyond 10 MB", async () => {
      answerWith({ status: 200, body: "x".repeat(11 * 1024 * 1024) });
      assert.equal((await requests.failure({ path: "/me" })).code, "PROTOCOL_ERROR");
    });
  });

  describe("that refuses", () => {
    const error = (status: number, message: string, reason?: string): HttpAnswer => ({
      status,
      body: { error: { status, message, ...(reason !== undefined && { reason }) } },
    });

    for (const [answer, code, text] of [
      [error(400, "Invalid limit"), "INVALID_ARGUMENT", /“Invalid limit” \(HTTP 400\)/],
      [error(404, "Resource not found"), "INVALID_ARGUMENT", /“Resource not found”/],
      [error(404, "Device not found"), "DEVICE_NOT_FOUND", /does not know this device/],
      [error(404, "Player command failed", "NO_ACTIVE_DEVICE"), "NO_ACTIVE_DEVICE", /No device is active/],
      [error(403, "Player command failed: Restriction violated", "UNKNOWN"), "RESTRICTED", /Restriction/],
      [error(403, "You cannot do that"), "REQUEST_REFUSED", /“You cannot do that”/],
      [{ status: 418, body: "I am a teapot" }, "REQUEST_REFUSED", /“I am a teapot” \(HTTP 418\)/],
      [{ status: 404, body: "<html>gone</html>" }, "INVALID_ARGUMENT", /HTTP 404/],
    ] as const) {
      it(`is an error with Spotify's words and the status: ${code} for ${answer.status}`, async () => {
        answerWith(answer, 2);
        const failure = await requests.failure({ path: "/me/player" });
        assert.equal(failure.code, code);
        assert.equal(failure.statusCode, answer.status);
        assert.match(failure.message, text);
      });
    }

    it("names what takes the place of a call that is gone", async () => {
      const { code, message } = await requests.failure({ path: "/playlists/5im/tracks" });
      assert.equal(code, "REQUEST_REFUSED");
      assert.match(message, /Use GET \/playlists\/\{playlist_id\}\/items/);
    });

    it("never quotes the token, even if the server repeats it", async () => {
      const { accessToken } = await requests.session.tokens.getTokenWithClientId([], requests.clientId);
      answerWith(error(400, `Bad token ${accessToken}`), 3);
      assert.doesNotMatch((await requests.failure({ path: "/me" })).message, new RegExp(accessToken));
    });

    it("that is an honest 401 has the token replaced, once", async () => {
      await requests.request({ path: "/me/player/devices" });
      requests.simulator.faults.webApiStatus = { value: 401, times: 1 };
      const before = requests.simulator.stats.webApiRequests.length;
      assert.equal((await requests.request({ path: "/me/player/devices" })).status, 200);
      assert.equal(requests.simulator.stats.webApiRequests.length, before + 2);
    });

    it("that is a lasting 401 is an error after the second one", async () => {
      requests.simulator.faults.webApiStatus = 401;
      const failure = await requests.failure({ path: "/me" });
      assert.equal(failure.statusCode, 401);
      assert.ok(requests.asked.length <= 3, `${requests.asked.length} requests`);
    });

    for (const status of [401, 403] as const) {
      it(`that is a ${status} by mistake is asked again`, async () => {
        requests.simulator.faults.webApiSpurious = { value: status, times: 1 };
        assert.equal((await requests.request({ path: "/me/player/devices" })).status, 200);
      });
    }

    it("that asks for a pause keeps the whole account from asking until it is over", async () => {
      requests.simulator.faults.webApiRateLimited = { value: 90, times: 1 };
      const first = await requests.failure({ path: "/me" });
      const second = await requests.failure({ path: "/me/playlists" });
      assert.deepEqual([first.code, second.code], ["RATE_LIMITED", "RATE_LIMITED"]);
      assert.equal(first.retryAfter, 90);
      assert.ok((second.retryAfter ?? 0) > 80);
      assert.equal(requests.asked.length, 1);
    });

    it("that is a failure of the server is asked again if that does no harm, and else is an error", async () => {
      requests.simulator.faults.webApiStatus = { value: 502, times: 1 };
      assert.equal((await requests.request({ path: "/me" })).status, 200);
      requests.simulator.faults.webApiStatus = { value: 502, times: 1 };
      const before = requests.asked.length;
      const body = { uris: [CATALOGUE.tracks[0]!.uri] };
      const path = `/playlists/${CATALOGUE.dinner.uri.split(":")[2]}/items`;
      assert.equal((await requests.failure({ method: "POST", path, body })).code, "UNREACHABLE");
      assert.equal(requests.asked.length, before + 1);
    });
  });

  describe("that leads elsewhere", () => {
    it("is not followed, and no token goes there", async () => {
      const seen: (string | undefined)[] = [];
      const other = createServer((request, response) => {
        seen.push(request.headers.authorization);
        response.end("{}");
      });
      await once(other.listen(0, "127.0.0.1"), "listening");
      try {
        const { port } = other.address() as AddressInfo;
        for (const status of [301, 302, 307, 308]) {
          answerWith({ status, headers: { location: `http://127.0.0.1:${port}/v1/me` } });
          const failure = await requests.failure({ path: "/me" });
          assert.deepEqual([failure.code, failure.statusCode], ["PROTOCOL_ERROR", status]);
        }
        assert.deepEqual(seen, []);
      } finally {
        other.close();
      }
    });
  });

  describe("that many wait for", () => {
    it("takes one token for all of them", async () => {
      const { tokenRequests } = requests.simulator.stats;
      const before = tokenRequests.length;
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => requests.request({ path: "/me/player/devices" })),
      );
      assert.ok(answers.every(({ status }) => status === 200));
      assert.equal(requests.asked.length, 100);
      assert.ok(tokenRequests.length <= before + 1);
    });

    it("does not come after the caller has given up, or the session was closed", async () => {
      const reason = new Error("The button was pressed twice.");
      const controller = new AbortController();
      requests.simulator.faults.webApiAnswer = { status: 200, body: {}, delay: 60_000 };
      const aborted = requests.request({ path: "/me", signal: controller.signal });
      const closed = requests.failure({ path: "/me" });
      await requests.simulator.waitFor(() => requests.asked.length === 2);
      controller.abort(reason);
      await assert.rejects(aborted, reason);
      await requests.session.close();
      assert.equal((await closed).code, "CLOSED");
      assert.equal((await requests.failure({ path: "/me" })).code, "CLOSED");
    });
  });
});
