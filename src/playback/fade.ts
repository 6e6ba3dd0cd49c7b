import { wait } from "../async/wait";
import { SpotifyError } from "../core/errors";
import type { Amount } from "./command";
import { percentFor } from "./perform-volume";
import type { Scene, Target } from "./scene";

/** The volume is set at most once in this time, ms. */
const INTERVAL = 500;
/** The same if playback is asked for: each time takes five requests, and the Web API bounds those of 30 s. */
const POLLED_INTERVAL = 2_000;
/** A device with few steps says another volume than it was told, percent. */
const TOLERANCE = 3;

export interface FadeOptions {
  to: Amount;
  /** ms */
  over: number;
  signal: AbortSignal;
  target: () => Promise<Target>;
  scene: () => Promise<Scene>;
  /** @param scene the newest one */
  set: (percent: number, target: Target, scene: Scene) => Promise<void>;
}

/** Moves the volume of a device step by step. Any other volume ends it: another command's, or one set at the device. */
export class Fade {
  readonly #options: FadeOptions;
  readonly #ending = new AbortController();

  constructor(options: FadeOptions) {
    this.#options = options;
  }

  get isOver(): boolean {
    return this.#ending.signal.aborted;
  }

  end(): void {
    this.#ending.abort();
  }

  /**
   * @returns when the volume is reached, or something has ended the fade
   * @throws SpotifyError if the volume cannot be set
   */
  async run(): Promise<void> {
    const { to, over, signal, set } = this.#options;
    const target = await this.#options.target();
    if (target.volume === null || !target.canSetVolume) {
      throw new SpotifyError(
        "RESTRICTED",
        `The volume of ${target.name ?? "this device"} cannot fade: only the device itself can set it.`,
      );
    }
    const from = target.volume;
    const goal = percentFor(to, target);
    const start = performance.now();
    const either = AbortSignal.any([signal, this.#ending.signal]);
    let last = from;
    for (;;) {
      const share = over > 0 ? Math.min(1, (performance.now() - start) / over) : 1;
      const percent = Math.round(from + (goal - from) * share);
      const scene = await this.#options.scene();
      if (this.isOver || isSetElsewhere(target, last, scene)) return;
      if (percent !== last) await set(percent, target, scene);
      last = percent;
      if (share === 1) return;
      const interval = scene.state.source === "push" ? INTERVAL : POLLED_INTERVAL;
      await wait(Math.min(interval, Math.max(0, start + over - performance.now())), either).catch(() =>
        signal.throwIfAborted(),
      );
      if (this.isOver) return;
    }
  }
}

function isSetElsewhere(target: Target, last: number, { targets }: Scene): boolean {
  const volume = targets.find(({ id }) => id === target.id)?.volume;
  return typeof volume === "number" && Math.abs(volume - last) > TOLERANCE;
}
