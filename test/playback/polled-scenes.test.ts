import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { SpotifyError } from "../../src";
import { PolledScenes } from "../../src/playback/polled-scenes";
import type { Scene } from "../../src/playback/scene";
import { Manual } from "../async/support";
import { KITCHEN, PLAYING } from "../player/web-api-documents";

const NEVER = new AbortController().signal;
const CREDENTIAL = { clientId: "app", get: () => Promise.resolve("token"), refused: () => undefined };
const SONOS = { ...KITCHEN, id: "sonos", name: "Sonos", is_active: false, is_restricted: true };

describe("Scenes from polls of the Web API", () => {
  let clock: Clock;
  let scenes: PolledScenes;
  /** When each document was requested, ms since the start. */
  let asked: { path: string; at: number }[];
  let seen: Scene[];
  /** What the account plays according to Spotify. */
  let player: () => unknown;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    asked = [];
    seen = [];
    player = () => PLAYING;
    const begun = Date.now();
    const document = async ({ path }: { path: string }): Promise<unknown> => {
      asked.push({ path, at: Date.now() - begun });
      return path.endsWith("/devices") ? { devices: [KITCHEN, SONOS] } : player();
    };
    scenes = new PolledScenes({ webApi: { document }, credential: CREDENTIAL, account: () => "ada" });
  });

  afterEach(() => {
    const timers = clock.countTimers();
    clock.uninstall();
    assert.equal(timers, 0, "a timer is left");
  });

  /** When the player was requested. */
  function times(): number[] {
    return asked.filter(({ path }) => path === "/v1/me/player").map(({ at }) => at);
  }

  it("show the playback, and the devices with or without the Web API's control", async () => {
    const { state, targets } = await scenes.now(NEVER);
    assert.equal(state.title, PLAYING.item.name);
    assert.equal(state.device?.id, KITCHEN.id);
    const shown = targets.map(({ name, volume, isRestricted }) => [name, volume, isRestricted]);
    assert.deepEqual(shown, [
      ["Kitchen", 40, false],
      ["Sonos", 40, true],
    ]);
  });

  it("show the account and the volume of the playback, whatever the list of devices says", async () => {
    player = () => ({ ...PLAYING, device: { ...KITCHEN, volume_percent: 55 } });
    const { state, targets } = await scenes.now(NEVER);
    assert.equal(state.account, "ada");
    assert.deepEqual(
      targets.map(({ name, volume, aliases }) => [name, volume, aliases]),
      [
        ["Kitchen", 55, []],
        ["Sonos", 40, []],
      ],
    );
  });

  it("show the devices if nothing plays", async () => {
    player = () => undefined;
    const { state, targets } = await scenes.ask(NEVER);
    assert.equal(state.device, null);
    assert.equal(targets.length, 2);
  });

  it("are polled while they are watched: soon at first, then less often", async () => {
    const stop = scenes.watch((scene) => seen.push(scene));
    await clock.tickAsync(7_000);
    stop();
    assert.deepEqual(times(), [500, 1_000, 2_000, 3_000, 5_000, 7_000]);
    assert.equal(seen.length, 6);
    await clock.tickAsync(10_000);
    assert.equal(times().length, 6);
  });

  it("are not polled again before the answer has come", async () => {
    const answer = new Manual<unknown>();
    player = () => answer.promise;
    const stop = scenes.watch((scene) => seen.push(scene));
    await clock.tickAsync(5_000);
    assert.deepEqual(times(), [500]);
    answer.resolve(PLAYING);
    await clock.tickAsync(500);
    assert.deepEqual(times(), [500, 5_500]);
    stop();
  });

  it("are not reported after a stop", async () => {
    const answer = new Manual<unknown>();
    player = () => answer.promise;
    const stop = scenes.watch((scene) => seen.push(scene));
    await clock.tickAsync(500);
    stop();
    answer.resolve(PLAYING);
    await clock.tickAsync(5_000);
    assert.deepEqual(seen, []);
    assert.deepEqual(times(), [500]);
  });

  it("continue after a failure, and are not polled during a Retry-After", async () => {
    const answers = [
      new SpotifyError("UNREACHABLE", "Spotify has a problem."),
      new SpotifyError("RATE_LIMITED", "Too many requests.", { retryAfter: 3 }),
    ];
    player = () => {
      const error = answers.shift();
      if (error) throw error;
      return PLAYING;
    };
    const stop = scenes.watch((scene) => seen.push(scene));
    await clock.tickAsync(4_500);
    stop();
    assert.deepEqual(times(), [500, 1_000, 4_000]);
    assert.equal(seen.length, 1);
  });

  it("fail with the reason if they cannot be read", async () => {
    player = () => {
      throw new SpotifyError("INVALID_SCOPE", "Permission missing.");
    };
    await assert.rejects(scenes.now(NEVER), { code: "INVALID_SCOPE" });
  });
});
