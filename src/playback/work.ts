import { withDeadline } from "../async/deadline";
import { wait } from "../async/wait";
import { SpotifyError } from "../core/errors";
import type { CommandOptions, Step } from "./command";
import { denial } from "./denials";
import type { Dispatch, Sent } from "./dispatch";
import { holdsAlready, showsEffect } from "./effects";
import type { Finder } from "./finder";
import type { Lookups } from "./lookups";
import { notConfirmed } from "./not-confirmed";
import type { Order } from "./order";
import type { Scene, SceneSource, Target } from "./scene";
import { SceneWatch } from "./scene-watch";
import { activeTarget, deviceNotFound, type Targets } from "./targets";

/** A command's time, ms. */
const TIMEOUT = 8_000;
/** How long to wait for a device that Spotify does not know at the moment, ms. Source: Mincka/spotcast v6.5.4. */
const REAPPEARS_WITHIN = 12_000;
/** How long a device may be listed before it can be reached, ms. */
const LISTED_BEFORE = 1_000;

export interface WorkParts {
  dispatch: Dispatch;
  source: SceneSource;
  targets: Targets;
  finder: Finder;
  lookups: Lookups;
}

/** What the carrying out of one command works with. Its orders share the time of the command. */
export class Work {
  readonly lookups: Lookups;
  /** Aborts when the session closes or another account is signed in. */
  readonly signal: AbortSignal;
  readonly #parts: WorkParts;
  #options: CommandOptions;
  /** ms that are left of the command's time. */
  #left: number;
  #scene: Scene | undefined;

  constructor(parts: WorkParts, options: CommandOptions, signal: AbortSignal) {
    this.lookups = parts.lookups;
    this.signal = signal;
    this.#parts = parts;
    this.#options = options;
    this.#left = options.timeout ?? TIMEOUT;
  }

  get options(): CommandOptions {
    return this.#options;
  }

  /** Names the device of the command. @param device ID or name */
  nameDevice(device: string): void {
    this.#options = { ...this.#options, device };
  }

  /** The newest scene. */
  get scene(): Scene {
    return this.#scene!;
  }

  /** Reads what holds now, if it has not just been read. Needed before anything else. */
  async begin(read?: Scene): Promise<void> {
    this.step({ name: "reading" });
    this.#see(read ?? (await this.timed((signal) => this.#parts.source.now(signal))));
  }

  step(step: Step): void {
    this.options.onStep?.(step);
  }

  /**
   * The device that the command names, woken if need be; else the active one.
   * @throws SpotifyError NO_ACTIVE_DEVICE; DEVICE_NOT_FOUND
   */
  async target(): Promise<Target> {
    const name = this.options.device?.trim();
    if (name) return this.#wokenIfNeedBe(name);
    const active = activeTarget(this.scene);
    if (active) return active;
    throw new SpotifyError(
      "NO_ACTIVE_DEVICE",
      "No device is active. Name a device, or start to play in a Spotify app.",
    );
  }

  /** The ID of the device that the command names; empty if it is not listed, undefined if the command names none. */
  named(): string | undefined {
    const name = this.options.device?.trim();
    return name ? (this.#parts.targets.find(name, this.scene)?.id ?? "") : undefined;
  }

  /** @throws SpotifyError DEVICE_NOT_FOUND if the command names a device that Spotify does not list */
  checkName(): void {
    if (this.named() === "") throw deviceNotFound(this.options.device!.trim(), this.scene);
  }

  isActive({ id }: Target): boolean {
    return this.scene.state.device?.id === id;
  }

  /**
   * Sends an order, unless it holds already, and waits until its effect is seen.
   *
   * @param limit ms within which the effect must be seen; default: the time that is left
   * @throws SpotifyError RESTRICTED; DEVICE_NOT_FOUND; NOT_CONFIRMED; or what the request fails with
   */
  async carryOut(order: Order, target: Target, limit = this.#left): Promise<void> {
    if (holdsAlready(order, target, this.scene)) return;
    const denied = denial(order, target, this.scene);
    if (denied) throw denied;
    try {
      await this.#sendAndConfirm(order, target, limit);
    } catch (error) {
      const code = error instanceof SpotifyError ? error.code : undefined;
      if (code === "RESTRICTED" && (await this.#hasJustHappened(order, target))) return;
      if (code !== "DEVICE_NOT_FOUND") throw error;
      await this.#sendAndConfirm(order, await this.#again(target), limit);
    }
  }

  /** Whether a command was declined because a person was quicker: what was wanted holds now. */
  async #hasJustHappened(order: Order, target: Target): Promise<boolean> {
    if (order.kind !== "pause" && order.kind !== "resume") return false;
    this.#see(await this.timed((signal) => this.#parts.source.ask(signal)));
    return holdsAlready(order, target, this.scene);
  }

  /** Runs something within the time that is left. */
  async timed<T>(action: (signal: AbortSignal) => Promise<T>, limit = this.#left): Promise<T> {
    const start = performance.now();
    const late = (): SpotifyError => new SpotifyError("TIMEOUT", "Spotify did not answer in time.");
    try {
      return await withDeadline(Math.min(limit, this.#left), late, action, this.signal);
    } finally {
      this.#left = Math.max(1, this.#left - (performance.now() - start));
    }
  }

  async #sendAndConfirm(order: Order, target: Target, limit: number): Promise<void> {
    const { dispatch, source } = this.#parts;
    const { confirm = true, route } = this.options;
    const device = target.name ?? target.id;
    const within = Math.min(limit, this.#left);
    const before = this.scene;
    const watch = new SceneWatch(source, before);
    let sent: Sent | undefined;
    const isDone = (scene: Scene, isAcked: boolean): boolean =>
      isAcked || showsEffect(order, target, before, scene) !== false;
    const hasHappened = async (signal: AbortSignal): Promise<boolean> => {
      try {
        watch.take(await source.ask(signal));
      } catch {
        signal.throwIfAborted();
      }
      return watch.newest !== undefined && isDone(watch.newest, false);
    };
    try {
      await this.timed(async (signal) => {
        this.step({ name: "sending", device });
        sent = await dispatch.send(order, target, before, route, signal, () => hasHappened(signal));
        if (!sent.lost && (!confirm || showsEffect(order, target, before, before) === undefined)) return;
        this.step({ name: "confirming", device });
        if (sent.lost && (await hasHappened(signal))) return;
        this.#see(await watch.until(isDone, sent.ackId, signal));
      }, within);
    } catch (error) {
      if (this.signal.aborted || !(error instanceof SpotifyError) || error.code !== "TIMEOUT") throw error;
      if (watch.newest && isDone(watch.newest, false)) return;
      if (watch.newest) this.#see(watch.newest);
      throw sent?.lost ?? notConfirmed(target, this.scene, sent !== undefined, within);
    } finally {
      if (watch.newest) this.#see(watch.newest);
      watch.stop();
    }
  }

  #see(scene: Scene): void {
    this.#scene = scene;
    this.#parts.targets.learn(scene);
  }

  async #wokenIfNeedBe(name: string): Promise<Target> {
    const { targets, finder } = this.#parts;
    const found = targets.find(name, this.scene);
    if (found) return found;
    if (this.options.wake === false) throw deviceNotFound(name, this.scene);
    const woken = await finder.wake(name, this.scene, this.signal, (step) => this.step(step));
    this.#see(await this.timed((signal) => this.#parts.source.now(signal)));
    return targets.find(name, this.scene) ?? woken;
  }

  /** The device once more, after Spotify said that it does not know it. */
  async #again(target: Target): Promise<Target> {
    const { source, targets } = this.#parts;
    const { device, wake } = this.options;
    const name = device ?? target.id;
    this.#see(await this.timed((signal) => source.ask(signal)));
    const found = targets.find(name, this.scene);
    if (found) {
      // Spotify lists a device shortly before it can be reached.
      await wait(LISTED_BEFORE, this.signal);
      return found;
    }
    if (device !== undefined && wake !== false) return this.#wokenIfNeedBe(device);
    const watch = new SceneWatch(source);
    try {
      const late = (): SpotifyError => deviceNotFound(target.name ?? name, this.scene);
      const isThere = (scene: Scene): boolean => targets.find(name, scene) !== undefined;
      const appears = (signal: AbortSignal): Promise<Scene> => watch.until(isThere, undefined, signal);
      this.#see(await withDeadline(REAPPEARS_WITHIN, late, appears, this.signal));
    } finally {
      watch.stop();
    }
    return targets.find(name, this.scene)!;
  }
}
