/** Which requests to keymaster were needed: one for each token, no matter which Node-RED asks. */
import type { KeymasterRecord } from "../simulator";
import type { Circumstances } from "./circumstances";

/**
 * Why keymaster was asked.
 * - `due`: there was no token, or it was about to expire
 * - `killed`: the Node-RED that asked last was killed meanwhile
 * - `storeAway`: the others could not read what was stored
 * - `twice`: there was a token, and all Node-REDs could have known it
 */
export type Reason = "due" | "killed" | "storeAway" | "twice";

/** A token counts from the time of its request, which is a little before Spotify records it, ms. */
const TOLERANCE = 500;

export class KeymasterLedger {
  readonly requests: Record<Reason, number> = { due: 0, killed: 0, storeAway: 0, twice: 0 };
  /** Describes each request that was not needed. */
  readonly mistakes: string[] = [];
  readonly #usableFor: number;
  readonly #circumstances: Circumstances;
  /** The last request for each token that Spotify has granted. */
  readonly #last = new Map<string, { deviceId: string; at: number }>();
  readonly #nameOf = new Map<string, string>();
  #forgottenAt = 0;

  /** @param usableFor how long a token is given to flows, ms */
  constructor(circumstances: Circumstances, usableFor: number) {
    this.#circumstances = circumstances;
    this.#usableFor = usableFor;
  }

  /** Each Node-RED is a separate device. */
  isDevice(deviceId: string, name: string): void {
    this.#nameOf.set(deviceId, name);
  }

  /** All Node-REDs were signed out, or in: earlier tokens no longer count. */
  forget(at = performance.now()): void {
    this.#last.clear();
    this.#forgottenAt = at;
  }

  /** @returns a sentence that says what was asked for, and why */
  asked({ username, clientId, scopes, deviceId, status }: KeymasterRecord, at = performance.now()): string {
    const key = `${username} ${clientId} ${scopes.join(" ")}`;
    const last = this.#last.get(key);
    const reason = this.#reason(at, last);
    this.requests[reason]++;
    if (reason === "twice") this.mistakes.push(this.#story(deviceId, at, last!));
    if (status === 200) this.#last.set(key, { deviceId, at });
    return `keymaster answers ${this.#nameOf.get(deviceId) ?? deviceId} with ${status} (${reason})`;
  }

  #reason(at: number, last: { deviceId: string; at: number } | undefined): Reason {
    if (last === undefined || at >= last.at + this.#usableFor - TOLERANCE) return "due";
    const name = this.#nameOf.get(last.deviceId) ?? "";
    if (this.#circumstances.endOfSender(name, last.at) !== undefined) return "killed";
    return this.#circumstances.wasAway(last.at, at) ? "storeAway" : "twice";
  }

  #story(deviceId: string, at: number, last: { deviceId: string; at: number }): string {
    const ago = (time: number): string => `${Math.round(at - time)} ms`;
    const name = (of: string): string => this.#nameOf.get(of) ?? of;
    return [
      `keymaster was asked by ${name(deviceId)} at ${Math.round(at)} ms`,
      `it had answered ${name(last.deviceId)} ${ago(last.at)} before`,
      `the account was signed in or out ${ago(this.#forgottenAt)} before`,
      this.#circumstances.told(at),
    ].join("; ");
  }
}
