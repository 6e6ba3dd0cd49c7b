import { createHash } from "node:crypto";
import { SpotifyError, toSpotifyError } from "../core/errors";
import { Backoff } from "../async/backoff";
import { wait } from "../async/wait";
import { instanceName } from "./names";
import type { Announcement } from "./responder";

/** The part of `SharedResponder` that one device needs. */
export interface Announcer {
  announce(announcement: Announcement): Promise<void>;
  withdraw(announcement: Announcement): Promise<void>;
}

/** Is told how it stands: announced, or why not (it is tried again). */
export type Report = (error: SpotifyError | undefined) => void;

const FIRST_RETRY = 5_000;
const LONGEST_RETRY = 300_000;
/** ms that closing waits for the goodbye; it is said all the same. */
const GOODBYE = 3_000;

/** Keeps one device announced by mDNS, whatever becomes of the network: what fails is tried again, at growing intervals. */
export class Advertiser {
  readonly #responder: Announcer;
  readonly #report: Report;
  readonly #onRename: (name: string) => void;
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;
  /** Ends the rest of a device that is announced. */
  #wake = (): void => {};

  constructor(responder: Announcer, report: Report, onRename: (name: string) => void) {
    this.#responder = responder;
    this.#report = report;
    this.#onRename = onRename;
  }

  /** Resolves when the first try has ended, well or not. */
  start(deviceName: string, deviceId: string, port: number): Promise<void> {
    return new Promise((resolve) => {
      this.#running = this.#run(instanceName(deviceName), hostname(deviceId), port, resolve);
    });
  }

  /** Resolves when the LAN has been told, or that takes too long. */
  async close(): Promise<void> {
    this.#closing.abort(new SpotifyError("CLOSED", "The account's connection is closed."));
    this.#wake();
    if (!this.#running) return;
    const patience = new AbortController();
    await Promise.race([this.#running, wait(GOODBYE, patience.signal).catch(() => {})]);
    patience.abort();
  }

  async #run(name: string, host: string, port: number, onTried: () => void): Promise<void> {
    const { signal } = this.#closing;
    const backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY);
    while (!signal.aborted) {
      const rest = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const onLost = this.#wake;
      const announcement: Announcement = { name, hostname: host, port, onRename: this.#onRename, onLost };
      try {
        await this.#responder.announce(announcement);
        if (!signal.aborted) {
          this.#report(undefined);
          backoff.reset();
          onTried();
          await rest;
        }
        if (signal.aborted) await this.#responder.withdraw(announcement);
      } catch (error) {
        if (!signal.aborted) this.#report(toSpotifyError(error, "UNREACHABLE", "mDNS failed."));
        onTried();
        await wait(backoff.next(), signal).catch(() => {});
      }
    }
    onTried();
  }
}

/** A name for the device's addresses, which no other device has. */
function hostname(deviceId: string): string {
  return `spotify-${createHash("sha1").update(deviceId).digest("hex").slice(0, 12)}`;
}
