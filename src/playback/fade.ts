import { withEither } from "../async/ending-with";
import { wait } from "../async/wait";
import { SpotifyError } from "../core/errors";
import type { Amount } from "./command";
import { percentFor } from "./perform-volume";
import type { Scene, Target } from "./scene";

/** The volume is set at most once in this time, ms. */
const INTERVAL = 500;
/** The same if playback is asked for: each time takes five requests, and the Web API bounds those of 30 s. */
const POLLED_INTERVAL = 2_000;
/** How long a slow fade waits at most until it looks whether a person has set the volume, ms. */
const MAX_INTERVAL = 5_000;
/** How late a scene may show a volume that was set, ms. */
const LATE = 3_000;
/** A device with few steps says another volume than it was told, percent. */
const TOLERANCE = 3;

export interface FadeOptions {
  to: Amount;
  /** ms */
  over: number;
  signal: AbortSignal;
  target: () => Promise<Target>;
  scene: () => Promise<Scene>;
  /**
   * @param scene the newest one
   * @param isLast whether to wait until the volume is seen
   */
  set: (percent: number, target: Target, scene: Scene, isLast: boolean) => Promise<void>;
}

/** Moves the volume of a device step by step. Any other volume ends it: another command's, or one set at the device. */
export class Fade {
  readonly #options: FadeOptions;
  readonly #ending = new AbortController();
  /** The volumes that scenes may still show, oldest first. */
  #recent: { percent: number; until: number }[] = [];
  /** Whether the device has shown another volume than at the start. */
  #hasMoved = false;

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
  run(): Promise<void> {
    return withEither([this.#options.signal, this.#ending.signal], (either) => this.#run(either));
  }

  async #run(either: AbortSignal): Promise<void> {
    const { to, over, signal } = this.#options;
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
    let last = from;
    for (;;) {
      const share = over > 0 ? Math.min(1, (performance.now() - start) / over) : 1;
      const isLast = share === 1;
      const percent = Math.round(from + (goal - from) * share);
      const scene = await this.#options.scene();
      if (this.isOver || this.#isSetElsewhere(target, last, scene)) return;
      if (percent !== last || isLast) {
        this.#recent.push({ percent: last, until: performance.now() + LATE });
        await this.#set(percent, target, scene, isLast);
      }
      last = percent;
      if (isLast) return;
      const shortest = scene.state.source === "push" ? INTERVAL : POLLED_INTERVAL;
      const step = over / Math.max(1, Math.abs(goal - from));
      const interval = Math.max(shortest, Math.min(step, MAX_INTERVAL));
      const left = Math.max(0, start + over - performance.now());
      await wait(Math.min(interval, left), either).catch(() => signal.throwIfAborted());
      if (this.isOver) return;
    }
  }

  async #set(percent: number, target: Target, scene: Scene, isLast: boolean): Promise<void> {
    try {
      await this.#options.set(percent, target, scene, isLast);
    } catch (error) {
      if (!(error instanceof SpotifyError) || error.code !== "NOT_CONFIRMED") throw error;
      // A device with few steps may have stayed at the nearest one.
      const volume = volumeIn(await this.#options.scene(), target);
      if (volume === undefined || Math.abs(volume - percent) > TOLERANCE) throw error;
    }
  }

  /** Whether a device shows neither the volume that was set last nor one of those just before it. */
  #isSetElsewhere(target: Target, last: number, scene: Scene): boolean {
    const now = performance.now();
    this.#recent = this.#recent.filter(({ until }) => until > now);
    const volume = volumeIn(scene, target);
    this.#hasMoved ||= volume !== undefined && volume !== target.volume;
    // A device that has not moved at all is slow, or does not obey. The last step tells.
    if (volume === undefined || !this.#hasMoved) return false;
    const expected = [last, ...this.#recent.map(({ percent }) => percent)];
    return volume < Math.min(...expected) - TOLERANCE || volume > Math.max(...expected) + TOLERANCE;
  }
}

function volumeIn({ targets }: Scene, target: Target): number | undefined {
  return targets.find(({ id }) => id === target.id)?.volume ?? undefined;
}
