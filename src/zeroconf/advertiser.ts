import { createHash } from "node:crypto";
import { once } from "node:events";
import { withEither } from "../async/ending-with";
import { SpotifyError, toSpotifyError } from "../core/errors";
import { Backoff } from "../async/backoff";
import { settledWithin } from "../async/deadline";
import { retryUntilAborted } from "../async/retry";
import { instanceName } from "./names";
import type { Announcement } from "./responder";

/** The part of `SharedResponder` that one device needs. */
export interface Announcer {
  announce(announcement: Announcement): Promise<void>;
  withdraw(announcement: Announcement): Promise<void>;
}

/** Called without an error when the device is announced, else with what failed; that is tried again. */
export type Report = (error: SpotifyError | undefined) => void;

const FIRST_RETRY = 5_000;
const LONGEST_RETRY = 300_000;
/** ms that closing waits for the goodbye, which is sent even if it takes longer. */
const GOODBYE_LIMIT = 3_000;

/** Keeps one device announced by mDNS while networks come and go: tries again after growing waits. */
export class Advertiser {
  readonly #responder: Announcer;
  readonly #report: Report;
  readonly #onRename: (name: string) => void;
  readonly #closing = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(responder: Announcer, report: Report, onRename: (name: string) => void) {
    this.#responder = responder;
    this.#report = report;
    this.#onRename = onRename;
  }

  /** Resolves when the first try has succeeded or failed. */
  start(deviceName: string, deviceId: string, port: number): Promise<void> {
    return new Promise((resolve) => {
      this.#running = this.#run(instanceName(deviceName), hostname(deviceId), port, resolve);
    });
  }

  /** Resolves when the device has said goodbye on the LAN, or after 3 s. */
  async close(): Promise<void> {
    this.#closing.abort(new SpotifyError("CLOSED", "The account's connection is closed."));
    await settledWithin(GOODBYE_LIMIT, this.#running);
  }

  async #run(name: string, host: string, port: number, onTried: () => void): Promise<void> {
    const { signal } = this.#closing;
    const backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY);
    const onError = (error: unknown): void => {
      this.#report(toSpotifyError(error, "UNREACHABLE", "mDNS failed."));
      onTried();
    };
    while (!signal.aborted) {
      const lost = new AbortController();
      const onLost = (): void => lost.abort();
      const announcement: Announcement = { name, hostname: host, port, onRename: this.#onRename, onLost };
      const announce = (): Promise<true> => this.#responder.announce(announcement).then(() => true);
      const isAnnounced = await retryUntilAborted(announce, { backoff, signal, onError });
      if (isAnnounced && !signal.aborted) {
        this.#report(undefined);
        backoff.reset();
        onTried();
        if (!lost.signal.aborted)
          await withEither([signal, lost.signal], async (either) => void (await once(either, "abort")));
      }
      if (isAnnounced && signal.aborted) await this.#responder.withdraw(announcement);
    }
    onTried();
  }
}

/** A host name for the device's addresses that no other device has. */
function hostname(deviceId: string): string {
  return `spotify-${createHash("sha1").update(deviceId).digest("hex").slice(0, 12)}`;
}
