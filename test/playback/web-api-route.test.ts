import assert from "node:assert/strict";
import FakeTimers from "@sinonjs/fake-timers";
import { SpotifyError } from "../../src";
import type { Order } from "../../src/playback/order";
import { RouteRefusal } from "../../src/playback/route";
import type { Scene, Target } from "../../src/playback/scene";
import { WebApiRoute } from "../../src/playback/web-api-route";
import { readPlayer } from "../../src/player/web-api-reading";
import { PLAYING } from "../player/web-api-documents";
import { APP, ScriptedWebApi, settled, type Answer } from "../web-api/support";

const NEVER = new AbortController().signal;
const PLAYLIST = "spotify:playlist:6unP50oluzWaX79IwHXw9w";
const TRACK = "spotify:track:0wKuMHryNyL3Fvj9iTFyRo";
const TO_KITCHEN = "device_id=kitchen";
const KITCHEN: Target = {
  id: "kitchen",
  name: "Kitchen",
  type: "speaker",
  volume: 40,
  canSetVolume: true,
  isPrivate: false,
  aliases: [],
  isRestricted: false,
};

describe("The Web API's route", () => {
  let api: ScriptedWebApi;
  let route: WebApiRoute;
  let sent: number;
  /** The device that plays. */
  let active: string;

  beforeEach(async () => {
    api = await ScriptedWebApi.start();
    sent = 0;
    active = "kitchen";
    route = new WebApiRoute({
      webApi: api.webApi,
      credential: api.token,
      host: "api.example",
      onSent: () => (sent += 1),
    });
  });

  afterEach(() => api.close());

  function scene(isPlaying = true): Scene {
    const document = {
      ...PLAYING,
      is_playing: isPlaying,
      device: { ...PLAYING.device, id: active },
    };
    const { state } = readPlayer(document, undefined, null);
    return { state, targets: [KITCHEN], playbackId: undefined, serverTime: undefined, ackId: undefined };
  }

  function send(order: Order, isPlaying?: boolean, target = KITCHEN): Promise<string | undefined> {
    return route.send(order, target, scene(isPlaying), NEVER);
  }

  /** The requests for an order, each with its body. */
  async function askedFor(order: Order, isPlaying?: boolean): Promise<string[]> {
    await send(order, isPlaying);
    return api.asked.map(({ line, body }) => `${line.replace("/v1/me/player", "")} ${body}`.trimEnd());
  }

  /** The error of an order with this answer. */
  async function failure(answer: Answer, order: Order = { kind: "pause" }): Promise<unknown> {
    api.answers = [answer];
    return send(order).then(
      () => assert.fail("It did not fail."),
      (error: unknown) => error,
    );
  }

  const ORDERS: readonly (readonly [string, Order, readonly string[]])[] = [
    [
      "resume, without a body, which would replace what plays",
      { kind: "resume" },
      [`PUT /play?${TO_KITCHEN}`],
    ],
    ["pause", { kind: "pause" }, [`PUT /pause?${TO_KITCHEN}`]],
    ["next", { kind: "next" }, [`POST /next?${TO_KITCHEN}`]],
    ["previous", { kind: "previous" }, [`POST /previous?${TO_KITCHEN}`]],
    ["seek", { kind: "seek", position: 61_000 }, [`PUT /seek?${TO_KITCHEN}&position_ms=61000`]],
    ["volume", { kind: "volume", percent: 0 }, [`PUT /volume?${TO_KITCHEN}&volume_percent=0`]],
    [
      "shuffle and repeat",
      { kind: "options", shuffle: false, repeat: "context" },
      [`PUT /shuffle?${TO_KITCHEN}&state=false`, `PUT /repeat?${TO_KITCHEN}&state=context`],
    ],
    ["queue", { kind: "queue", uri: TRACK }, [`POST /queue?${TO_KITCHEN}&uri=${encodeURIComponent(TRACK)}`]],
    ["transfer", { kind: "transfer", playback: "resume" }, [`PUT  {"device_ids":["kitchen"],"play":true}`]],
    [
      "play a playlist from an item and a position",
      { kind: "play", context: PLAYLIST, offset: TRACK, position: 5_000 },
      [
        `PUT /play?${TO_KITCHEN} {"context_uri":"${PLAYLIST}","offset":{"uri":"${TRACK}"},"position_ms":5000}`,
      ],
    ],
    [
      "play tracks from the second one",
      { kind: "play", uris: [PLAYLIST, TRACK], offset: 1 },
      [`PUT /play?${TO_KITCHEN} {"uris":["${PLAYLIST}","${TRACK}"],"offset":{"position":1}}`],
    ],
  ];
  for (const [name, order, requests] of ORDERS) {
    it(`sends ${name}`, async () => {
      assert.deepEqual(await askedFor(order), requests);
      assert.equal(sent, 1, "the poller is told");
    });
  }

  it("transfers paused playback without playing", async () => {
    const [request] = await askedFor({ kind: "transfer", playback: "restore" }, false);
    assert.equal(request, `PUT  {"device_ids":["kitchen"],"play":false}`);
  });

  it("pauses after a transfer with a second request, because a transfer does not pause", async () => {
    const requests = await askedFor({ kind: "transfer", playback: "pause" });
    assert.deepEqual(requests, [`PUT  {"device_ids":["kitchen"],"play":false}`, `PUT /pause?${TO_KITCHEN}`]);
  });

  it("shuffles the active device before it plays, so that any item can be first", async () => {
    const order: Order = { kind: "play", context: PLAYLIST, shuffle: true, repeat: "off" };
    assert.deepEqual(pathsOf(await askedFor(order)), ["shuffle", "play", "repeat"]);
  });

  it("shuffles another device after it plays, because there is nothing to shuffle before", async () => {
    active = "bath";
    const order: Order = { kind: "play", context: PLAYLIST, shuffle: true, repeat: "off" };
    assert.deepEqual(pathsOf(await askedFor(order)), ["play", "shuffle", "repeat"]);
  });

  it("plays even if shuffle and repeat are declined", async () => {
    const declined = player(403, "Player command failed: Restriction violated", "UNKNOWN");
    api.answers = [declined, { status: 204 }, declined];
    await send({ kind: "play", context: PLAYLIST, shuffle: true, repeat: "off" });
    assert.equal(api.asked.length, 3);
  });

  it("loads an item that should be paused, and pauses it as soon as the device allows it", async () => {
    const clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const early = player(403, "Player command failed: Restriction violated", "UNKNOWN");
      api.answers = [{ status: 204 }, early, { status: 204 }];
      await settled(clock, send({ kind: "play", context: PLAYLIST, paused: true }));
    } finally {
      clock.uninstall();
    }
    assert.deepEqual(pathsOf(api.asked.map(({ line }) => line)), ["play", "pause", "pause"]);
  });

  for (const status of [200, 202, 204]) {
    it(`accepts ${status} as a success`, async () => {
      api.answers = [{ status }];
      assert.equal(await send({ kind: "pause" }), undefined);
    });
  }

  it("returns a text that may be Spotify's ID of the command", async () => {
    // Such a body was seen in spotify-web-api-ts-sdk#127.
    api.answers = [{ body: "oPClBVDzidwlAlSqmFF-zKNO62E" }];
    assert.equal(await send({ kind: "pause" }), "oPClBVDzidwlAlSqmFF-zKNO62E");
    api.answers = [{ body: "<html>All is well.</html>" }];
    assert.equal(await send({ kind: "pause" }), undefined);
  });

  // Texts quoted by users: SpotifyWebApiPython, Mincka/spotcast, home-assistant/core.
  const REFUSALS: readonly (readonly [Answer, string, RegExp])[] = [
    [
      player(404, "Player command failed: No active device found", "NO_ACTIVE_DEVICE"),
      "NO_ACTIVE_DEVICE",
      /Name a device/,
    ],
    [player(404, "Device not found"), "DEVICE_NOT_FOUND", /Kitchen/],
    [
      player(403, "Player command failed: Restriction violated", "UNKNOWN"),
      "RESTRICTED",
      /Restriction violated/,
    ],
    [player(403, "Player command failed: Restriction violated"), "RESTRICTED", /Restriction violated/],
    [
      player(403, "Player command failed: Restricted device", "UNKNOWN"),
      "RESTRICTED",
      /Kitchen.*Sign in by pairing/,
    ],
    [player(403, "Player command failed: Already paused", "ALREADY_PAUSED"), "RESTRICTED", /paused already/],
    [
      player(403, "Player command failed: Cannot control device volume", "VOLUME_CONTROL_DISALLOW"),
      "RESTRICTED",
      /on the device itself/,
    ],
    [player(403, "Insufficient client scope"), "INVALID_SCOPE", /sign in again/],
    [player(429, "API rate limit exceeded"), "RATE_LIMITED", /./],
    [{ status: 503 }, "UNREACHABLE", /./],
  ];
  for (const [answer, code, message] of REFUSALS) {
    const { error } = JSON.parse(String(answer.body ?? "{}")) as {
      error?: { message: string; reason?: string };
    };
    it(`says ${code} for ${[answer.status, error?.message, error?.reason].join(" ").trim()}, once`, async () => {
      const thrown = await failure(answer);
      assert.ok(thrown instanceof SpotifyError, String(thrown));
      assert.equal(thrown.code, code);
      assert.match(thrown.message, message);
      assert.equal(api.asked.length, 1);
      assert.equal(sent, 0);
    });
  }

  it("says that something cannot be played", async () => {
    const thrown = await failure(player(400, "Unsupported context uri"), { kind: "play", context: PLAYLIST });
    assert.ok(thrown instanceof SpotifyError);
    assert.equal(thrown.code, "INVALID_ARGUMENT");
    assert.match(thrown.message, /Unsupported context uri/);
  });

  it("asks once more if Spotify may have refused a valid token by mistake", async () => {
    const premium = player(403, "Player command failed: Premium required", "PREMIUM_REQUIRED");
    const clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      api.answers = [premium];
      await settled(clock, send({ kind: "next" }));
      assert.equal(api.asked.length, 2);
      api.answers = [premium, premium];
      await assert.rejects(settled(clock, send({ kind: "next" })), { code: "PREMIUM_REQUIRED" });
      assert.equal(api.asked.length, 4);
    } finally {
      clock.uninstall();
    }
  });

  it("cannot be used if new tokens are refused", async () => {
    api.answers = [player(401, "Invalid access token"), player(401, "Invalid access token")];
    await assert.rejects(send({ kind: "pause" }), RouteRefusal);
    assert.deepEqual(api.token.refusedOnes, ["token 1", "token 2"]);
  });

  it("sends no request for a device that the Web API does not control", async () => {
    const sonos = { ...KITCHEN, name: "Sonos", isRestricted: true };
    await assert.rejects(send({ kind: "pause" }, true, sonos), { code: "RESTRICTED", message: /Sonos/ });
    assert.equal(api.asked.length, 0);
  });

  it("can be used if the user's own app is signed in", () => {
    assert.equal(route.whyNot(), undefined);
    const none = new SpotifyError("NOT_SIGNED_IN", "No app of your own is signed in.");
    const credential = {
      get clientId(): string {
        throw none;
      },
      get: () => Promise.reject(none),
      refused: () => undefined,
    };
    const without = new WebApiRoute({ webApi: api.webApi, credential, host: "", onSent: () => undefined });
    assert.equal(without.whyNot(), none);
    assert.equal(api.token.clientId, APP);
  });
});

function pathsOf(requests: readonly string[]): (string | undefined)[] {
  return requests.map((request) => /\/(\w+)\?/.exec(request)?.[1]);
}

/** An answer of the player. Source of its form: Spotify's Web API reference, "Player Error". */
function player(status: number, message: string, reason?: string): Answer {
  return { status, body: JSON.stringify({ error: { status, message, ...(reason && { reason }) } }) };
}
