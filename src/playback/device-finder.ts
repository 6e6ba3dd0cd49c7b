import { endingWith } from "../async/ending-with";
import { withDeadline } from "../async/deadline";
import { wait } from "../async/wait";
import { SpotifyError } from "../core/errors";
import type { Step } from "./command";
import type { DeviceWaker } from "./device-waker";
import type { Finder } from "./finder";
import type { ListedDevice } from "./listed-device";
import type { Receiver, Receivers } from "./receivers";
import type { Scene, SceneSource, Target } from "./scene";
import { SceneWatch } from "./scene-watch";
import { comparable, deviceNotFound, type Targets } from "./targets";

/** How long an app takes to wake up, ms. Source: WaveeMusic: 8 to 20 s. */
const WAKES_WITHIN = 8_000;
/** How long a speaker takes to sign in and appear, ms. Source: SpotifyWebApiPython waits 5 s. */
const SIGNS_IN_WITHIN = 8_000;
/** How long to wait if nothing can be woken, ms. Source: Mincka/spotcast v6.5.4. */
const APPEARS_WITHIN = 12_000;
const FOUND_WITHIN = 3_000;
/** How long signing in to a speaker may take, ms. */
const TAPPED_WITHIN = 10_000;
const LISTED_WITHIN = 1_500;

export interface DeviceFinderOptions {
  scenes: () => SceneSource;
  targets: Targets;
  /** undefined if Spotify's own services cannot be asked. */
  waker: () => Pick<DeviceWaker, "wake"> | undefined;
  /** undefined if the account has no credential that a speaker would take. */
  receivers: () => Receivers | undefined;
}

/** Finds devices that Spotify does not list: its apps are woken, then speakers on the local network are asked to sign in. */
export class DeviceFinder implements Finder {
  readonly #options: DeviceFinderOptions;

  constructor(options: DeviceFinderOptions) {
    this.#options = options;
  }

  async wake(name: string, scene: Scene, signal: AbortSignal, onStep: (step: Step) => void): Promise<Target> {
    const watch = new SceneWatch(this.#options.scenes());
    const tried: string[] = [];
    try {
      return await this.#wake(name, watch, tried, signal, onStep);
    } catch (error) {
      if (signal.aborted || !(error instanceof SpotifyError) || error.code !== "DEVICE_NOT_FOUND")
        throw error;
      throw deviceNotFound(name, watch.newest ?? scene, tried.join(" "));
    } finally {
      watch.stop();
    }
  }

  async list(signal: AbortSignal): Promise<ListedDevice[]> {
    const { scenes, receivers } = this.#options;
    const [scene, nearby] = await Promise.all([
      scenes().now(signal),
      receivers()?.browse(LISTED_WITHIN, signal) ?? [],
    ]);
    const active = scene.state.device?.id;
    const listed = scene.targets.map(
      ({ aliases: _aliases, isRestricted: _isRestricted, ...device }): ListedDevice => ({
        ...device,
        isActive: device.id === active,
        isAsleep: false,
      }),
    );
    const asleep = nearby.filter(
      ({ id, name: its }) => !listed.some((one) => one.id === id || one.name === its),
    );
    return [...listed, ...asleep.map(sleeping)];
  }

  async #wake(
    name: string,
    watch: SceneWatch,
    tried: string[],
    signal: AbortSignal,
    onStep: (step: Step) => void,
  ): Promise<Target> {
    const { scenes, targets } = this.#options;
    const afresh = targets.find(name, await scenes().ask(signal));
    if (afresh) return afresh;
    const attempt: Attempt = { name, tried, onStep, tappedId: undefined };
    const find = (scene: Scene): Target | undefined =>
      targets.find(name, scene) ?? scene.targets.find(({ id }) => id === attempt.tappedId);
    const over = new AbortController();
    const { signal: either, clear } = endingWith(signal, over.signal);
    const attempts = this.#tryAll(attempt, either)
      .then((patience) => wait(patience, either))
      .then(() => over.abort(late()))
      .catch((error: unknown) => over.abort(error));
    try {
      return find(await watch.until((scene) => find(scene) !== undefined, undefined, either))!;
    } finally {
      over.abort(late());
      await attempts;
      clear();
    }
  }

  /** Wakes apps and looks for a speaker at the same time. @returns how long the device may take from now on, ms */
  async #tryAll(attempt: Attempt, signal: AbortSignal): Promise<number> {
    const waker = this.#options.waker();
    const receivers = this.#options.receivers();
    await Promise.all([
      waker && this.#wakeApps(waker, attempt, signal),
      receivers && this.#tap(receivers, attempt, signal),
    ]);
    attempt.tried.push("Switch it on, or play something on it once in the Spotify app.");
    if (attempt.tappedId !== undefined) return SIGNS_IN_WITHIN;
    return waker ? WAKES_WITHIN : APPEARS_WITHIN;
  }

  async #wakeApps(
    waker: Pick<DeviceWaker, "wake">,
    { name, tried, onStep }: Attempt,
    signal: AbortSignal,
  ): Promise<void> {
    onStep({ name: "waking", device: name });
    try {
      await withDeadline(WAKES_WITHIN, late, (either) => waker.wake(either), signal);
      tried.push("Spotify was asked to wake its apps.");
    } catch {
      signal.throwIfAborted();
      tried.push("Spotify could not be asked to wake its apps.");
    }
  }

  async #tap(receivers: Receivers, attempt: Attempt, signal: AbortSignal): Promise<void> {
    const { name, tried, onStep } = attempt;
    onStep({ name: "looking-on-lan", device: name });
    try {
      const found = await receivers.browse(FOUND_WITHIN, signal);
      const receiver = found.find(({ id }) => id === name) ?? found.find((one) => isNamed(one, name));
      if (!receiver) {
        tried.push("No speaker of this name answered on the local network.");
        return;
      }
      const tap = (either: AbortSignal): Promise<string | undefined> => receivers.tap(receiver, either);
      const problem = await withDeadline(TAPPED_WITHIN, late, tap, signal);
      if (problem === undefined) attempt.tappedId = receiver.id;
      tried.push(problem ?? "A speaker of this name has signed in, but Spotify does not list it.");
    } catch {
      signal.throwIfAborted();
      tried.push("A speaker of this name did not answer in time.");
    }
  }
}

/** One search for a device. */
interface Attempt {
  name: string;
  /** Sentences, for the error. */
  tried: string[];
  onStep: (step: Step) => void;
  /** The device ID of the speaker that has signed in. */
  tappedId: string | undefined;
}

function late(): SpotifyError {
  return new SpotifyError("DEVICE_NOT_FOUND", "The device was not found.");
}

function isNamed({ name, aliases }: Receiver, wanted: string): boolean {
  return [name, ...aliases].some((one) => comparable(one) === comparable(wanted));
}

function sleeping({ id, name, type }: Receiver): ListedDevice {
  return {
    id,
    name,
    type,
    volume: null,
    canSetVolume: true,
    isPrivate: false,
    isActive: false,
    isAsleep: true,
  };
}
