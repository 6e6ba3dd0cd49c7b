import { withDeadline } from "../async/deadline";
import { SpotifyError } from "../core/errors";
import type { Step } from "./command";
import type { DeviceWaker } from "./device-waker";
import type { Finder } from "./finder";
import type { ListedDevice } from "./listed-device";
import type { Receiver, Receivers } from "./receivers";
import type { Scene, SceneSource, Target } from "./scene";
import { SceneWatch } from "./scene-watch";
import { deviceNotFound, type Targets } from "./targets";

/** How long an app takes to wake up, ms. Source: WaveeMusic: 8 to 20 s. */
const WAKES_WITHIN = 8_000;
/** How long a speaker takes to sign in and appear, ms. Source: SpotifyWebApiPython waits 5 s. */
const SIGNS_IN_WITHIN = 8_000;
/** How long to wait if nothing can be woken, ms. Source: Mincka/spotcast v6.5.4. */
const APPEARS_WITHIN = 12_000;
const FOUND_WITHIN = 3_000;
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
    const { scenes, targets, waker, receivers } = this.#options;
    const afresh = targets.find(name, await scenes().ask(signal));
    if (afresh) return afresh;
    const appWaker = waker();
    const lan = receivers();
    const appears = (within: number): Promise<Target | undefined> =>
      this.#appears(name, watch, within, signal);
    if (appWaker) {
      onStep({ name: "waking", device: name });
      await withDeadline(WAKES_WITHIN, late, (either) => appWaker.wake(either), signal).catch(() =>
        signal.throwIfAborted(),
      );
      tried.push("Spotify was asked to wake its apps.");
    }
    const search = lan?.browse(FOUND_WITHIN, signal);
    // It may fail before anyone waits for it.
    search?.catch(() => undefined);
    const woken = await appears(appWaker ? WAKES_WITHIN : lan ? 0 : APPEARS_WITHIN);
    if (woken) return woken;
    if (lan && search) {
      onStep({ name: "looking-on-lan", device: name });
      const receiver = (await search).find((one) => isNamed(one, name));
      if (receiver) {
        const problem = await lan.tap(receiver, signal);
        tried.push(problem ?? "It was asked to sign in.");
        const tapped = problem === undefined ? await appears(SIGNS_IN_WITHIN) : undefined;
        if (tapped) return tapped;
      } else tried.push("No speaker of this name answered on the local network.");
    }
    tried.push("Switch it on, or play something on it once in the Spotify app.");
    throw late();
  }

  async #appears(
    name: string,
    watch: SceneWatch,
    within: number,
    signal: AbortSignal,
  ): Promise<Target | undefined> {
    const { targets } = this.#options;
    const isThere = (scene: Scene): boolean => targets.find(name, scene) !== undefined;
    try {
      const wait = (either: AbortSignal): Promise<Scene> => watch.until(isThere, undefined, either);
      return targets.find(name, await withDeadline(within, late, wait, signal));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SpotifyError && error.code === "DEVICE_NOT_FOUND") return undefined;
      throw error;
    }
  }
}

function late(): SpotifyError {
  return new SpotifyError("DEVICE_NOT_FOUND", "The device was not found.");
}

function isNamed({ id, name, aliases }: Receiver, wanted: string): boolean {
  const key = wanted.normalize("NFC").trim().toLowerCase();
  return id === wanted || [name, ...aliases].some((one) => one.normalize("NFC").trim().toLowerCase() === key);
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
