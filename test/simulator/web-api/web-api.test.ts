import assert from "node:assert/strict";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import { Simulator, type Account } from "../index";

/** The user's own app. */
const APP = "0123456789abcdef0123456789abcdef";
const PLAYER = "/v1/me/player";

describe("simulator: Web API", () => {
  let simulator: Simulator;
  let account: Account;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount({ username: "ada" });
  });

  afterEach(() => simulator.close());

  /** With a token of an app for `scopes` unless another Authorization is given. */
  async function call(
    method: string,
    path: string,
    { scopes, authorization }: { scopes?: string[]; authorization?: string | null } = {},
  ): Promise<{ status: number; body: unknown; headers: Headers }> {
    const token = account.accessToken({ clientId: APP, ...(scopes !== undefined && { scopes }) });
    const value = authorization === undefined ? `Bearer ${token}` : authorization;
    const response = await fetch(simulator.endpoints.api + path, {
      method,
      headers: value === null ? {} : { authorization: value },
    });
    const text = await response.text();
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    return { status: response.status, body, headers: response.headers };
  }

  async function refusal(
    method: string,
    path: string,
    options: { scopes?: string[]; authorization?: string | null } = {},
  ): Promise<unknown> {
    const { status, body } = await call(method, path, options);
    assert.deepEqual(Object.keys(Object(body)), ["error"]);
    assert.equal(Object(body).error.status, status);
    return Object(body).error;
  }

  describe("the playback", () => {
    it("is the track, its progress and the device", async () => {
      const { status, body } = await call("GET", PLAYER, { scopes: ["user-read-playback-state"] });
      assert.equal(status, 200);
      const { state } = account.playback;
      const { device, item, is_playing, progress_ms, currently_playing_type } = Object(body);
      assert.equal(device.name, state.device?.name);
      assert.equal(device.is_active, true);
      assert.equal(item.name, state.item.name);
      assert.deepEqual(
        item.artists.map(({ name }: { name: string }) => name),
        ["The Ephemeral Ports"],
      );
      assert.equal(item.album.name, state.item.album.name);
      assert.equal(item.duration_ms, state.item.durationMs);
      assert.equal(is_playing, true);
      assert.ok(progress_ms <= state.position);
      assert.equal(currently_playing_type, "track");
    });

    it("is an empty answer if no device is active", async () => {
      account.playback.stop();
      assert.equal((await call("GET", PLAYER)).status, 204);
      assert.equal((await call("GET", `${PLAYER}/currently-playing`)).status, 204);
    });

    it("is returned for either scope by currently-playing", async () => {
      for (const scope of ["user-read-currently-playing", "user-read-playback-state"]) {
        // oxlint-disable-next-line no-await-in-loop -- two questions, one after the other
        const { status, body } = await call("GET", `${PLAYER}/currently-playing`, { scopes: [scope] });
        assert.equal(status, 200);
        assert.equal(Object(body).item.name, account.playback.state.item.name);
      }
    });
  });

  it("lists devices, one of them active", async () => {
    const { body } = await call("GET", `${PLAYER}/devices`);
    const active = Object(body).devices.filter(({ is_active }: { is_active: boolean }) => is_active);
    assert.equal(active.length, 1);
    assert.equal(active[0].id, account.playback.devices[0]?.id);
  });

  it("lists recently played items and top items", async () => {
    const played = account.playback.state.item.name;
    account.playback.next();
    const recent = await call("GET", `${PLAYER}/recently-played?limit=1`);
    assert.equal(Object(recent.body).items[0].track.name, played);
    const top = await call("GET", "/v1/me/top/tracks?limit=3");
    assert.equal(Object(top.body).items.length, 3);
    await refusal("GET", "/v1/me/top/tracks?limit=51");
    const artists = await call("GET", "/v1/me/top/artists?limit=2");
    assert.deepEqual(
      Object(artists.body).items.map(({ type }: { type: string }) => type),
      ["artist", "artist"],
    );
  });

  it("returns a profile, according to the scopes", async () => {
    const little = await call("GET", "/v1/me", { scopes: [] });
    assert.equal(Object(little.body).id, "ada");
    assert.equal(Object(little.body).product, undefined);
    const more = await call("GET", "/v1/me", { scopes: ["user-read-private"] });
    assert.equal(Object(more.body).product, "premium");
  });

  it("returns it to spotipy too, which sends a slash at the end", async () => {
    assert.equal(Object((await call("GET", "/v1/me/")).body).id, "ada");
  });

  describe("commands", () => {
    const commands: Record<string, (before: string) => void> = {
      "PUT /pause": () => assert.equal(account.playback.state.status, "paused"),
      "PUT /play": () => assert.equal(account.playback.state.status, "playing"),
      "PUT /seek?position_ms=61000": () => assert.ok(account.playback.state.position >= 61_000),
      "PUT /volume?volume_percent=7": () => assert.equal(account.playback.state.volume, 7),
      "POST /next": (before) => assert.notEqual(account.playback.state.item.name, before),
      "POST /previous": (before) => assert.notEqual(account.playback.state.item.name, before),
    };
    for (const [command, check] of Object.entries(commands)) {
      it(`${command} answers 204 and does it`, async () => {
        const [method = "", path = ""] = command.split(" ");
        const before = account.playback.state.item.name;
        if (path === "/play") account.playback.pause();
        const answer = await call(method, PLAYER + path, { scopes: ["user-modify-playback-state"] });
        assert.deepEqual([answer.status, answer.body], [204, undefined]);
        check(before);
      });
    }

    it("need a device", async () => {
      account.playback.stop();
      assert.deepEqual(await refusal("PUT", `${PLAYER}/pause`), {
        status: 404,
        message: "Player command failed: No active device found",
        reason: "NO_ACTIVE_DEVICE",
      });
    });

    it("may name the device, which then becomes active", async () => {
      account.playback.stop();
      const study = account.playback.devices[1]?.id ?? "";
      assert.equal((await call("PUT", `${PLAYER}/play?device_id=${study}`)).status, 204);
      assert.equal(account.playback.state.device?.id, study);
      await refusal("PUT", `${PLAYER}/play?device_id=nowhere`);
    });

    it("need a premium account", async () => {
      account.premium = false;
      const error = await refusal("PUT", `${PLAYER}/pause`);
      assert.deepEqual([Object(error).status, Object(error).reason], [403, "PREMIUM_REQUIRED"]);
      assert.equal((await call("GET", PLAYER)).status, 200);
    });
  });

  describe("tokens", () => {
    it("refuses an unknown or revoked one", async () => {
      const invalid = { status: 401, message: "Invalid access token" };
      assert.deepEqual(await refusal("GET", PLAYER, { authorization: "Bearer BQnothing" }), invalid);
      const token = account.accessToken();
      assert.equal(simulator.revoke(token), true);
      assert.deepEqual(await refusal("GET", PLAYER, { authorization: `Bearer ${token}` }), invalid);
    });

    it("refuses one that has expired", async () => {
      simulator.policy.tokenLifetime = 0;
      assert.deepEqual(await refusal("GET", PLAYER), { status: 401, message: "The access token expired" });
    });

    it("refuses one that lacks the scope", async () => {
      assert.deepEqual(await refusal("GET", PLAYER, { scopes: ["streaming"] }), {
        status: 403,
        message: "Insufficient client scope",
      });
    });

    it("refuses all of the desktop client ID as too many requests, from the first call and permanently", async () => {
      const token = account.accessToken({ clientId: CLIENT_IDS.keymaster });
      const authorization = `Bearer ${token}`;
      for (const path of ["/v1/me", PLAYER]) {
        // oxlint-disable-next-line no-await-in-loop -- two questions, one after the other
        const { status, body, headers } = await call("GET", path, { authorization });
        assert.equal(status, 429);
        assert.deepEqual(body, { error: { status: 429, message: "API rate limit exceeded" } });
        assert.match(headers.get("retry-after") ?? "", /^\d+$/);
      }
      simulator.policy.webApi.refusedClientIds = [];
      assert.equal((await call("GET", PLAYER, { authorization })).status, 200);
    });

    it("accepts those of Spotify's two other client IDs, because there is no report about them", async () => {
      for (const clientId of [CLIENT_IDS.android, CLIENT_IDS.ios]) {
        const authorization = `Bearer ${account.accessToken({ clientId })}`;
        // oxlint-disable-next-line no-await-in-loop -- two questions, one after the other
        assert.equal((await call("GET", "/v1/me", { authorization })).status, 200);
      }
    });

    it("refuses a request without one", async () => {
      assert.deepEqual(await refusal("GET", PLAYER, { authorization: null }), {
        status: 401,
        message: "No token provided",
      });
    });
  });

  it("has rate limits and failures on demand, and names the time to wait", async () => {
    simulator.faults.webApiRateLimited = { value: 7, times: 1 };
    const limited = await call("GET", PLAYER);
    assert.equal(limited.status, 429);
    assert.equal(limited.headers.get("retry-after"), "7");
    assert.deepEqual(limited.body, { error: { status: 429, message: "API rate limit exceeded" } });
    simulator.faults.webApiStatus = { value: 401, times: 1 };
    assert.equal((await call("GET", PLAYER)).status, 401);
    assert.equal((await call("GET", PLAYER)).status, 200);
    assert.deepEqual(
      simulator.stats.webApiRequests.map(({ status }) => status),
      [429, 401, 200],
    );
  });
});
