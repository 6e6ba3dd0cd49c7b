import type { PlaybackDevice } from "./playback-state";
import { positionAt } from "./position";
import type { Reading } from "./reading";

/**
 * How long a device must have been inactive or gone before this is told, ms. A phone comes and goes within 0.6 s when its
 * app wakes up.
 *
 * Source: decoded pushes in WaveeMusic docs/plans/wavee/handoff-20260911-connect-detail.md.
 */
const HOLD = 1_000;

/** A reading without what is held back. */
export interface Shown {
  reading: Reading;
  /** When the next part of it may be told, by the monotonic clock; undefined if nothing is held back. */
  until: number | undefined;
}

/** Holds back that playback has stopped, and that a device is gone, until either has lasted for a second. */
export class HoldBack {
  /** When the device became inactive, by the monotonic clock. */
  #inactiveSince: number | undefined;
  /** When each device was first missing. */
  #goneSince = new Map<string, number>();

  /**
   * @param told what was told last
   * @param now by the monotonic clock, ms
   */
  apply(newest: Reading, told: Reading, now: number): Shown {
    const missing = this.#missing(newest, told, now);
    const ends = missing.map(({ id }) => this.#goneSince.get(id)! + HOLD);
    let reading: Reading = { ...newest, devices: [...newest.devices, ...missing] };
    if (newest.state.status === "idle" && told.state.status !== "idle") {
      this.#inactiveSince ??= now;
      const end = this.#inactiveSince + HOLD;
      if (now < end) {
        ends.push(end);
        reading = stillActive(reading, told, now);
      }
    } else this.#inactiveSince = undefined;
    return { reading, until: ends.length > 0 ? Math.min(...ends) : undefined };
  }

  reset(): void {
    this.#inactiveSince = undefined;
    this.#goneSince = new Map();
  }

  /** The devices that have been missing only for a short while. */
  #missing(newest: Reading, told: Reading, now: number): PlaybackDevice[] {
    const present = new Set(newest.devices.map(({ id }) => id));
    const absent = told.devices.filter(({ id }) => !present.has(id));
    this.#goneSince = new Map(absent.map(({ id }) => [id, this.#goneSince.get(id) ?? now]));
    return absent.filter(({ id }) => now < this.#goneSince.get(id)! + HOLD);
  }
}

/** The reading as if the device that was told last were still active. */
function stillActive(newest: Reading, told: Reading, now: number): Reading {
  const { status, playing, device, volume, uri } = told.state;
  const state = { ...newest.state, status, playing, device, volume };
  if (newest.state.uri !== uri) return { ...newest, state };
  return {
    ...newest,
    state: { ...state, position: positionAt(told, now) },
    speed: told.speed,
    receivedAt: now,
  };
}
