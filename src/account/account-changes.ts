import { EventEmitter } from "node:events";
import { settledWithin } from "../async/deadline";
import { withEither } from "../async/ending-with";
import { Serial } from "../async/serial";
import type { SpotifyError } from "../core/errors";

/** How long closing waits for a sign-in that Spotify is granting, ms: Node-RED gives a node 15 s to close. */
const CLOSE_LIMIT = 8_000;

export interface AccountChange {
  /** Whether the credential for the access point has changed; if not, only an app's grant has. */
  credential: boolean;
}

/** What the session remembers of its account. */
export interface RememberedAccount {
  /** Resolves when what was remembered has been read, or could not be. Never rejects. */
  load(): Promise<unknown>;
  /** Why it could not be read; undefined if it is known. */
  readonly whyUnknown: SpotifyError | undefined;
  /** Resolves when it is known, however late. @throws the abort reason of `signal` */
  untilKnown(signal: AbortSignal): Promise<void>;
}

/**
 * Applies changes of who is signed in, one after another, and tells of each: two sign-ins that end at the same time must
 * not both find the session empty.
 */
export class AccountChanges extends EventEmitter<{ change: [AccountChange] }> {
  readonly #remembered: RememberedAccount;
  readonly #closing: AbortSignal;
  readonly #serial = new Serial();

  /** @param closing aborts when the session closes */
  constructor(remembered: RememberedAccount, closing: AbortSignal) {
    super();
    this.#remembered = remembered;
    this.#closing = closing;
  }

  get isClosing(): boolean {
    return this.#closing.aborted;
  }

  /** Resolves when what was remembered has been read, or could not be. Never rejects. */
  async loaded(): Promise<void> {
    await this.#remembered.load();
  }

  /** Why it is not known who is signed in; undefined if it is known, or not read yet. */
  get whyUnknown(): SpotifyError | undefined {
    return this.#remembered.whyUnknown;
  }

  /**
   * Resolves when it is known who is signed in, so that a sign-in can be compared with it.
   * @throws SpotifyError UNREACHABLE if what was remembered could not be read
   */
  async known(): Promise<void> {
    await this.loaded();
    if (this.whyUnknown) throw this.whyUnknown;
  }

  /** Resolves when it is known who is signed in, however late. @throws the abort reason of `signal` */
  untilKnown(signal: AbortSignal): Promise<void> {
    return this.#remembered.untilKnown(signal);
  }

  /** Aborts when the session closes. */
  get closing(): AbortSignal {
    return this.#closing;
  }

  /** Runs `work` with a signal that aborts when the user cancels or the session closes. @throws what `work` throws */
  within<T>(cancelled: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return withEither([cancelled, this.#closing], work);
  }

  /** Runs `change` after the changes before it. @throws what `change` throws; CLOSED if the session has closed */
  apply(change: () => Promise<void>): Promise<void> {
    return this.#serial.run(() => {
      this.#closing.throwIfAborted();
      return change();
    });
  }

  credentialChanged(): void {
    this.emit("change", { credential: true });
  }

  appsChanged(): void {
    this.emit("change", { credential: false });
  }

  /** Resolves when the changes under way and `others` have ended, or after a few seconds. Never rejects. */
  async settled(others: Promise<unknown>): Promise<void> {
    await settledWithin(CLOSE_LIMIT, Promise.allSettled([others, this.#serial.settled()]));
  }
}
