import { SpotifyError } from "../core/errors";
import type { Scene, Target } from "./scene";

/** How many names are remembered. */
const MAX_NAMES = 200;
/** How many devices an error names. */
const MAX_LISTED = 10;

/** Finds the device that a person means. */
export class Targets {
  /** The ID under which a device of this name was seen last: a device that is not listed may still answer to it. */
  readonly #ids = new Map<string, string>();

  /** Remembers the devices of a scene by their names. */
  learn({ targets }: Scene): void {
    for (const { id, name, aliases } of targets) {
      for (const known of [name, ...aliases]) {
        if (known === null) continue;
        const key = comparable(known);
        this.#ids.delete(key);
        this.#ids.set(key, id);
      }
    }
    for (const key of this.#ids.keys()) {
      if (this.#ids.size <= MAX_NAMES) break;
      this.#ids.delete(key);
    }
  }

  /**
   * The device with this ID, else with this name, else with this alias; of several, the active one, else the first.
   * @returns undefined if Spotify does not list it
   */
  find(name: string, scene: Scene): Target | undefined {
    const wanted = comparable(name);
    const active = scene.state.device?.id;
    const best = (matches: (target: Target) => boolean): Target | undefined => {
      const found = scene.targets.filter(matches);
      return found.find(({ id }) => id === active) ?? found[0];
    };
    return (
      best(({ id }) => id === name.trim()) ??
      best((target) => target.name !== null && comparable(target.name) === wanted) ??
      best(({ aliases }) => aliases.some((alias) => comparable(alias) === wanted)) ??
      best(({ id }) => id === this.#ids.get(wanted))
    );
  }

  forget(): void {
    this.#ids.clear();
  }
}

/** The active device as a target, also if Spotify does not list it. */
export function activeTarget({ state, targets }: Scene): Target | undefined {
  const { device } = state;
  if (device === null) return undefined;
  return targets.find(({ id }) => id === device.id) ?? { ...device, aliases: [], isRestricted: false };
}

/** The error for a name that Spotify does not list. */
export function deviceNotFound(name: string, { targets }: Scene, hint = ""): SpotifyError {
  const names = targets.map((target) => target.name ?? target.id).slice(0, MAX_LISTED);
  const there = names.length > 0 ? `These are there: ${names.join(", ")}.` : "Spotify lists no device.";
  return new SpotifyError("DEVICE_NOT_FOUND", `There is no device “${name}”. ${there}${hint && ` ${hint}`}`);
}

/** Names are the same if only case, spaces around them or the form of accents differ. */
export function comparable(name: string): string {
  return name.normalize("NFC").trim().toLowerCase();
}
