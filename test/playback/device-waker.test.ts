import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { SpotifyError } from "../../src";
import { DeviceWaker } from "../../src/playback/device-waker";
import type { Scene } from "../../src/playback/scene";

const NEVER = new AbortController().signal;
const NOW = { playbackId: "what holds now" } as Scene;

describe("Waking devices", () => {
  let clock: Clock;
  /** The requests to Spotify. */
  let asked: string[];
  let connectionId: string;
  let refuses: SpotifyError | undefined;
  let waker: DeviceWaker;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["performance"] });
    clock.tick(10_000);
    asked = [];
    connectionId = "one";
    refuses = undefined;
    waker = new DeviceWaker({
      remoteControl: {
        wakeDevices: () => {
          asked.push("wake");
          return refuses ? Promise.reject(refuses) : Promise.resolve();
        },
      },
      follower: {
        get connectionId() {
          return connectionId;
        },
        refresh: (_signal, isPickerOpened) => {
          asked.push(isPickerOpened ? "picker" : "refresh");
          return Promise.resolve();
        },
      },
      scenes: { now: () => Promise.resolve(NOW) },
    });
  });

  afterEach(() => clock.uninstall());

  it("asks Spotify, and returns the state after that", async () => {
    assert.equal(await waker.wake(NEVER), NOW);
    assert.deepEqual(asked, ["wake", "picker"]);
  });

  it("asks at most once in 5 s for all callers", async () => {
    await Promise.all([waker.wake(NEVER), waker.wake(NEVER)]);
    clock.tick(4_999);
    assert.equal(await waker.wake(NEVER), NOW);
    assert.deepEqual(asked, ["wake", "picker"]);
    clock.tick(1);
    await waker.wake(NEVER);
    assert.deepEqual(asked, ["wake", "picker", "wake", "picker"]);
  });

  it("asks again at once for another account", async () => {
    await waker.wake(NEVER);
    connectionId = "two";
    await waker.wake(NEVER);
    assert.equal(asked.length, 4);
  });

  it("asks again at once after a failure", async () => {
    refuses = new SpotifyError("REQUEST_REFUSED", "No.");
    await assert.rejects(waker.wake(NEVER), refuses);
    refuses = undefined;
    assert.equal(await waker.wake(NEVER), NOW);
  });
});
