/** Which requests to keymaster were needed: one for each token, whichever Node-RED asks. */
import type { KeymasterRecord } from "../simulator";

/**
 * Why keymaster was asked.
 * - `due`: there was no token, or it was about to expire
 * - `killed`: the last one who had asked was killed meanwhile
 * - `storeAway`: the others could not read what was stored
 * - `twice`: there was a token, and everybody could have known it
 */
export type Reason = "due" | "killed" | "storeAway" | "twice";

/** A token counts from when it was asked for, which is a little before Spotify notes it, ms. */
const TOLERANCE = 500;

export class KeymasterLedger {
  readonly requests: Record<Reason, number> = { due: 0, killed: 0, storeAway: 0, twice: 0 };
  readonly #usableFor: number;
  readonly #last = new Map<string, KeymasterRecord>();
  readonly #nameOf = new Map<string, string>();
  readonly #kills: { name: string; at: number }[] = [];
  readonly #outages: { from: number; until: number }[] = [];

  /** @param usableFor how long a token is handed out, ms */
  constructor(usableFor: number) {
    this.#usableFor = usableFor;
  }

  /** Each Node-RED is a device of its own. Times are ms since the epoch, as the simulator notes them. */
  isDevice(deviceId: string, name: string): void {
    this.#nameOf.set(deviceId, name);
  }

  killed(name: string, at = Date.now()): void {
    this.#kills.push({ name, at });
  }

  /** @returns to be called when the store can be read and written again */
  storeAway(from = Date.now()): (until?: number) => void {
    const outage = { from, until: Infinity };
    this.#outages.push(outage);
    return (until = Date.now()) => void (outage.until = until);
  }

  /** Everybody was signed out, or in: tokens from before do not count any more. */
  forget(): void {
    this.#last.clear();
  }

  asked(record: KeymasterRecord): void {
    const key = `${record.username} ${record.clientId} ${record.scopes.join(" ")}`;
    this.requests[this.#reason(record, this.#last.get(key))]++;
    if (record.status === 200) this.#last.set(key, record);
  }

  #reason({ at }: KeymasterRecord, last: KeymasterRecord | undefined): Reason {
    if (last === undefined || at >= last.at + this.#usableFor - TOLERANCE) return "due";
    const name = this.#nameOf.get(last.deviceId);
    if (this.#kills.some((kill) => kill.name === name && kill.at >= last.at && kill.at <= at))
      return "killed";
    const wasAway = this.#outages.some(({ from, until }) => from <= at && until >= last.at);
    return wasAway ? "storeAway" : "twice";
  }
}
