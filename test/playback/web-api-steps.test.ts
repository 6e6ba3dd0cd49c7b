/** The requests of an order, and what each answer means, without a server. */
import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { SpotifyError } from "../../src";
import type { Order } from "../../src/playback/order";
import { RouteRefusal } from "../../src/playback/route";
import type { Scene } from "../../src/playback/scene";
import { WebApiRoute } from "../../src/playback/web-api-route";
import type { WebApiRequest } from "../../src/web-api/web-api";
import { failureOf } from "../support/failure";
import { KITCHEN, polled } from "./support/scenes";

const NEVER = new AbortController().signal;
const LIST = "spotify:playlist:37i9dQZF1DX0XUsuxWHRQd";
const PAUSE: Order = { kind: "pause" };
const PLAY: Order = { kind: "play", context: LIST };
const APP = { clientId: "app", get: () => Promise.resolve("token"), refused: () => undefined };
const EARLY = said(403, "Player command failed: Restriction violated", "UNKNOWN");

type Answer = { status: number; body?: unknown } | Error;

function said(status: number, message: unknown, reason?: string): Answer {
  return { status, body: { error: { message, reason } } };
}

describe("An order over the Web API", () => {
  let clock: Clock;
  let asked: WebApiRequest[];
  let answers: Answer[];

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout"] });
    asked = [];
    answers = [];
  });

  afterEach(() => clock.uninstall());

  async function send(order: Order, scene: Scene = polled()): Promise<string | undefined> {
    const route = new WebApiRoute({
      webApi: {
        request: async (request) => {
          asked.push(request);
          const answer = answers.shift() ?? { status: 204 };
          if (answer instanceof Error) throw answer;
          return { headers: {}, bytes: 0, body: undefined, ...answer };
        },
      },
      credential: APP,
      host: "api.example",
      onSent: () => undefined,
    });
    const sending = route.send(order, KITCHEN, scene, NEVER);
    sending.catch(() => undefined);
    await clock.tickAsync(500);
    return sending;
  }

  const paths = (): string[] => asked.map(({ path }) => path.replace("/v1/me/player", ""));

  it("to play has nothing in its body but what is to be played", async () => {
    await send(PLAY);
    const query = { device_id: "kitchen" };
    assert.deepEqual(asked, [
      { method: "PUT", path: "/v1/me/player/play", query, body: { context_uri: LIST } },
    ]);
  });

  it("to play goes before shuffle if no device is active", async () => {
    await send({ ...PLAY, shuffle: true }, polled({ device: null }));
    assert.deepEqual(paths(), ["/play", "/shuffle"]);
  });

  it("to move what plays keeps it playing", async () => {
    await send({ kind: "transfer", playback: "restore" });
    assert.deepEqual(asked[0]?.body, { device_ids: ["kitchen"], play: true });
  });

  it("to move and pause what plays pauses it once more if the device declines that at first", async () => {
    answers = [{ status: 204 }, EARLY];
    await send({ kind: "transfer", playback: "pause" });
    assert.deepEqual(paths(), ["", "/pause", "/pause"]);
  });

  for (const error of [
    new SpotifyError("RATE_LIMITED", "Later.", { retryAfter: 9 }),
    new Error("A mistake."),
  ]) {
    it(`to move and pause what plays pauses it only once after another error: ${error.message}`, async () => {
      answers = [{ status: 204 }, error];
      await assert.rejects(send({ kind: "transfer", playback: "pause" }), error);
      assert.deepEqual(paths(), ["", "/pause"]);
    });
  }

  it("has the ID that Spotify gave for what matters in it", async () => {
    answers = [
      { status: 200, body: "ID-of-the-play" },
      { status: 200, body: "ID-of-the-repeat" },
    ];
    assert.equal(await send({ ...PLAY, repeat: "off" }), "ID-of-the-play");
  });

  for (const body of ["<p>ID-of-the-play", "ID-of-the-play</p>", "short", 12_345_678_901, {}]) {
    it(`has no ID if the answer is something else: ${JSON.stringify(body)}`, async () => {
      answers = [{ status: 200, body }];
      assert.equal(await send(PAUSE), undefined);
    });
  }

  for (const [what, order, answer, code, words] of [
    ["a redirect", PAUSE, { status: 300, body: "ID-of-the-play" }, "PROTOCOL_ERROR", /HTTP 300/],
    ["404 about something else", PAUSE, said(404, "Not found."), "RESTRICTED", /Spotify says: Not found/],
    ["400 about the device", PAUSE, said(400, "Device not found"), "RESTRICTED", /Device not found/],
    ["404 for what is played", PLAY, said(404, "Not found"), "INVALID_ARGUMENT", /play this: Not found\.$/],
    ["400 without words", PLAY, { status: 400, body: {} }, "INVALID_ARGUMENT", /play this: HTTP 400\.$/],
    ["400 for what is queued", { kind: "queue", uri: LIST }, said(400, "No"), "INVALID_ARGUMENT", /: No\.$/],
    ["404 without a body", PAUSE, { status: 404 }, "RESTRICTED", /gives no reason/],
    ["a message that is no text", PAUSE, said(404, 7), "RESTRICTED", /gives no reason/],
    [
      "a device that it cannot control",
      PAUSE,
      said(403, "Restricted device"),
      "RESTRICTED",
      /cannot control/,
    ],
  ] as const satisfies readonly (readonly [string, Order, Answer, string, RegExp])[]) {
    it(`fails with ${code} for ${what}`, async () => {
      answers = [answer];
      assert.match((await failureOf(send(order), code)).message, words);
    });
  }

  it("keeps the reason of a device that the Web API cannot control", async () => {
    answers = [said(403, "Restricted device")];
    assert.equal((await failureOf(send(PAUSE))).reason, "Restricted device");
  });

  it("may go on another route after 401, whatever the reason", async () => {
    answers = [said(401, "Invalid token", "UNKNOWN")];
    await assert.rejects(send(PAUSE), RouteRefusal);
  });
});
