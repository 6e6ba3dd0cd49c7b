import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { SpotifyError } from "../../src";
import type { Step } from "../../src/playback/command";
import { DeviceFinder } from "../../src/playback/device-finder";
import type { Receiver, Receivers } from "../../src/playback/receivers";
import type { Scene, Target } from "../../src/playback/scene";
import { Targets } from "../../src/playback/targets";

const NEVER = new AbortController().signal;
const ATTIC: Receiver = { id: "attic-id", name: "Attic", aliases: ["Loft"], type: "speaker" };

function target(name: string, id = `${name.toLowerCase()}-id`): Target {
  return {
    id,
    name,
    type: "speaker",
    volume: 40,
    canSetVolume: true,
    isPrivate: false,
    aliases: [],
    isRestricted: false,
  };
}

describe("Finding devices that Spotify does not list", () => {
  let clock: Clock;
  /** The devices that Spotify lists. */
  let listed: Target[];
  /** The ID of the device that plays. */
  let active: string | undefined;
  /** Why Spotify cannot be asked for its list. */
  let silence: Error | undefined;
  let listeners: Set<(scene: Scene) => void>;
  let steps: Step["name"][];
  let wakes: number;
  /** The answer of Spotify's services to a request to wake apps; undefined if they cannot be asked. */
  let onWake: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** undefined if the account has no stored credential. */
  let receivers: (Receivers & { tapped: string[] }) | undefined;
  let nearby: Receiver[];
  let onTap: (signal: AbortSignal) => Promise<string | undefined>;
  let finder: DeviceFinder;
  let begun: number;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    begun = performance.now();
    listed = [target("Kitchen")];
    active = undefined;
    silence = undefined;
    listeners = new Set();
    steps = [];
    wakes = 0;
    onWake = () => Promise.resolve();
    nearby = [];
    onTap = () => Promise.resolve(undefined);
    receivers = {
      tapped: [],
      browse: (limit, signal) => after(limit, signal, () => nearby),
      tap: (receiver, signal) => {
        receivers!.tapped.push(receiver.id);
        return onTap(signal);
      },
    };
    finder = new DeviceFinder({
      scenes: () => ({
        now: () => Promise.resolve(scene()),
        ask: () => (silence ? Promise.reject(silence) : Promise.resolve(scene())),
        watch: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      }),
      targets: new Targets(),
      waker: () =>
        onWake && {
          wake: async (signal) => {
            wakes++;
            await onWake?.(signal);
            return scene();
          },
        },
      receivers: () => receivers,
    });
  });

  afterEach(() => {
    const timers = clock.countTimers();
    clock.uninstall();
    assert.equal(timers, 0, "a timer is left");
    assert.equal(listeners.size, 0, "a watch is left");
    assert.equal(getEventListeners(NEVER, "abort").length, 0, "a listener is left");
  });

  function scene(): Scene {
    const device = active === undefined ? null : { id: active };
    return { state: { device }, targets: listed, serverTime: undefined } as unknown as Scene;
  }

  function after<T>(delay: number, signal: AbortSignal, value: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", onAbort);
        resolve(value());
      }, delay);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Makes Spotify list one more device. */
  function appear(device: Target): void {
    listed = [...listed, device];
    for (const listener of listeners) listener(scene());
  }

  /** The result of a search, and how long it took, ms. */
  function search(name: string, signal = NEVER): Promise<{ result: Target | SpotifyError; took: number }> {
    const found = finder.wake(name, scene(), signal, (step) => {
      assert.equal(step.device, name);
      steps.push(step.name);
    });
    return found
      .catch((error: unknown) => error as SpotifyError)
      .then((result) => ({ result, took: performance.now() - begun }));
  }

  /** The sentences of the error after the one that names the devices. */
  async function failure(name: string): Promise<{ message: string; took: number }> {
    const searching = search(name);
    await clock.tickAsync(60_000);
    const { result, took } = await searching;
    assert.ok(result instanceof SpotifyError);
    assert.equal(result.code, "DEVICE_NOT_FOUND");
    return { message: result.message, took };
  }

  it("wakes nothing if Spotify lists the device now", async () => {
    const { result } = await search("KITCHEN");
    assert.equal(result, listed[0]);
    assert.deepEqual([wakes, steps], [0, []]);
  });

  it("has Spotify wake its apps, and uses the device as soon as it is listed", async () => {
    const searching = search("Phone");
    await clock.tickAsync(1_500);
    appear(target("Tablet"));
    await clock.tickAsync(500);
    appear(target("Phone"));
    const { result, took } = await searching;
    assert.deepEqual([(result as Target).id, took, wakes], ["phone-id", 2_000, 1]);
    assert.deepEqual(steps, ["waking", "looking-on-lan"]);
    assert.deepEqual(receivers!.tapped, []);
  });

  it("signs in to a speaker with this name at once, without waiting for the apps", async () => {
    nearby = [{ ...ATTIC, id: "other", name: "Other", aliases: [] }, ATTIC];
    const searching = search("loft");
    await clock.tickAsync(3_000);
    assert.deepEqual(receivers!.tapped, ["attic-id"]);
    await clock.tickAsync(1_000);
    // Spotify may list the speaker under another name.
    appear(target("Attic Pi", "attic-id"));
    const { result, took } = await searching;
    assert.deepEqual([(result as Target).id, took], ["attic-id", 4_000]);
  });

  it("signs in to a speaker even if Spotify cannot be asked to wake anything", async () => {
    nearby = [ATTIC];
    onWake = () => Promise.reject(new SpotifyError("UNREACHABLE", "No."));
    const searching = search("Attic");
    await clock.tickAsync(3_500);
    appear(target("Attic", "attic-id"));
    assert.equal(((await searching).result as Target).id, "attic-id");
  });

  it("says which devices there are, what was tried and what to do", async () => {
    const { message, took } = await failure("Cellar");
    assert.equal(
      message,
      "There is no device “Cellar”. These are there: Kitchen. Spotify was asked to wake its apps. " +
        "No speaker of this name answered on the local network. " +
        "Switch it on, or play something on it once in the Spotify app.",
    );
    assert.equal(took, 11_000);
  });

  it("says why a speaker did not sign in", async () => {
    nearby = [ATTIC];
    onTap = () => Promise.resolve("Another person is signed in on Attic.");
    assert.match((await failure("Attic")).message, /apps\. Another person is signed in on Attic\. Switch/);
  });

  it("says that a speaker has signed in but did not appear", async () => {
    nearby = [ATTIC];
    const { message, took } = await failure("Attic");
    assert.match(message, /has signed in, but Spotify does not list it/);
    assert.equal(took, 11_000);
  });

  it("has a time limit for each step, and gives up within 26 s if nothing answers", async () => {
    nearby = [ATTIC];
    onWake = (signal) => after(60_000, signal, () => undefined);
    onTap = (signal) => after(60_000, signal, () => undefined);
    const { message, took } = await failure("Attic");
    assert.match(message, /could not be asked to wake its apps\. A speaker of this name did not answer/);
    assert.ok(took <= 26_000, `${took}`);
  });

  it("waits 12 s for a device that it cannot wake in any way", async () => {
    onWake = undefined;
    receivers = undefined;
    const { message, took } = await failure("Cellar");
    assert.equal(took, 12_000);
    assert.deepEqual(steps, []);
    assert.match(message, /Kitchen\. Switch it on/);
  });

  it("fails at once if telling of a step fails", async () => {
    const mistake = new Error("A mistake.");
    const searching = finder.wake("Cellar", scene(), NEVER, () => {
      throw mistake;
    });
    await assert.rejects(searching, mistake);
  });

  it("ends when the command does", async () => {
    const controller = new AbortController();
    const searching = search("Cellar", controller.signal);
    await clock.tickAsync(1_000);
    const reason = new SpotifyError("CLOSED", "Over.");
    controller.abort(reason);
    assert.equal((await searching).result, reason);
  });

  for (const reason of [new SpotifyError("UNREACHABLE", "No."), new Error("A mistake.")]) {
    it(`fails with the reason if Spotify cannot be asked for its list: ${reason.message}`, async () => {
      silence = reason;
      assert.equal((await search("Kitchen")).result, reason);
      assert.deepEqual(steps, []);
    });
  }

  it("lists which device is active, and none that are asleep if no speaker can be asked", async () => {
    listed = [target("Kitchen"), target("Study")];
    active = "study-id";
    receivers = undefined;
    assert.deepEqual(
      (await finder.list(NEVER)).map(({ id, isActive }) => [id, isActive]),
      [
        ["kitchen-id", false],
        ["study-id", true],
      ],
    );
  });

  it("lists the devices of Spotify, and those asleep on the local network, each once", async () => {
    nearby = [ATTIC, { ...ATTIC, id: "kitchen-id", name: "Küche" }, { ...ATTIC, id: "new", name: "Kitchen" }];
    listed = [target("Kitchen"), target("Study")];
    const listing = finder.list(NEVER);
    await clock.tickAsync(1_500);
    assert.deepEqual(
      (await listing).map(({ id, name, isAsleep }) => [id, name, isAsleep]),
      [
        ["kitchen-id", "Kitchen", false],
        ["study-id", "Study", false],
        ["attic-id", "Attic", true],
      ],
    );
    assert.deepEqual([wakes, receivers!.tapped], [0, []]);
  });
});
