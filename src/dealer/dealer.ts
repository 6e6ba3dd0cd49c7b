import { EventEmitter } from "node:events";
import { SpotifyError, toSpotifyError, type SpotifyErrorCode } from "../core/errors";
import { Backoff } from "../async/backoff";
import { Deadline } from "../async/deadline";
import { wait } from "../async/wait";
import { DealerConnection, type DealerListener } from "./connection";
import { WebSocketRefused, type Refusal } from "./web-socket";

const OPEN_TIMEOUT = 10_000;
const RETRY_FIRST = 1_000;
const RETRY_MOST = 60_000;
/** After what only a user or Spotify can change, ms. */
const RETRY_REFUSED = 15 * 60_000;
/** A connection that lasted this long was a good one, ms. */
const STABLE_AFTER = 30_000;
/** What another try in a minute cannot change. */
const LASTING: ReadonlySet<SpotifyErrorCode> = new Set([
  "BAD_CREDENTIALS",
  "INVALID_CLIENT",
  "NOT_SIGNED_IN",
  "PREMIUM_REQUIRED",
  "REQUEST_REFUSED",
]);

/** What another server may do better. */
const PASSING: ReadonlySet<SpotifyErrorCode> = new Set([
  "UNREACHABLE",
  "UNTRUSTED_SERVER",
  "TIMEOUT",
  "PROTOCOL_ERROR",
]);

export type DealerState = "off" | "connecting" | "connected";

export interface DealerOptions {
  /** Base URL (ws, wss) of a dealer. @param fresh the last one did not answer */
  address(fresh: boolean, signal: AbortSignal): Promise<string>;
  /** A Login5 token. */
  token(signal: AbortSignal): Promise<string>;
  /** A server answered this token with 401. */
  tokenRefused(token: string): void;
  /** Asked before each opening. @throws SpotifyError where this host said for how long not to ask */
  check(host: string): void;
  /** A server would not open the connection. @throws SpotifyError where it says for how long not to ask */
  refused(host: string, refusal: Refusal): void;
  /** A connection is there: registers the device on it. */
  opened(connectionId: string, signal: AbortSignal): Promise<void>;
  listener: DealerListener;
}

/**
 * Keeps a connection to a dealer for as long as it is wanted, with growing waits between the tries.
 *
 * Emits `trouble` with what each try or connection ended with.
 */
export class Dealer extends EventEmitter<{ trouble: [SpotifyError]; state: [DealerState] }> {
  readonly #options: DealerOptions;
  readonly #backoff = new Backoff(RETRY_FIRST, RETRY_MOST);
  /** For who is asked too often, and says so again and again. */
  readonly #patience = new Backoff(RETRY_MOST, RETRY_REFUSED);
  #state: DealerState = "off";
  #error: SpotifyError | undefined;
  #stop: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();
  #connection: DealerConnection | undefined;
  #skipWait: (() => void) | undefined;
  /** The last try ended with 401. */
  #wasUnauthorized = false;

  constructor(options: DealerOptions) {
    super();
    this.#options = options;
  }

  get state(): DealerState {
    return this.#state;
  }

  /** What went wrong last; undefined while connected. */
  get error(): SpotifyError | undefined {
    return this.#error;
  }

  /** Begins. Does nothing while it runs. */
  start(): void {
    if (this.#stop) return;
    const stop = new AbortController();
    this.#stop = stop;
    this.#backoff.reset();
    this.#running = this.#running.then(() => this.#run(stop.signal));
  }

  /** Ends it. Resolves when nothing is left running. */
  async stop(reason: SpotifyError): Promise<void> {
    this.#stop?.abort(reason);
    this.#stop = undefined;
    this.#connection?.close(reason);
    await this.#running;
  }

  /** Drops the connection, or the wait for the next try, and tries at once. */
  reconnect(reason: SpotifyError): void {
    this.#backoff.reset();
    this.#connection?.close(reason);
    this.#skipWait?.();
  }

  async #run(signal: AbortSignal): Promise<void> {
    let fresh = false;
    this.#setState("connecting");
    while (!signal.aborted) {
      try {
        await this.#connectOnce(fresh, signal);
      } catch (thrown) {
        if (signal.aborted) break;
        const message = "The connection to Spotify's dealer failed unexpectedly.";
        const error = toSpotifyError(thrown, "PROTOCOL_ERROR", message);
        this.#error = error;
        fresh = PASSING.has(error.code);
        this.#setState("connecting");
        this.emit("trouble", error);
        await this.#pause(error, signal);
      }
    }
    this.#error = undefined;
    this.#setState("off");
  }

  /** @throws SpotifyError always: why it is over */
  async #connectOnce(fresh: boolean, signal: AbortSignal): Promise<never> {
    const connection = await this.#open(fresh, signal);
    this.#connection = connection;
    const over = new AbortController();
    void connection.closed.then((reason) => over.abort(reason));
    let since: number | undefined;
    try {
      if (signal.aborted) throw signal.reason;
      await this.#options.opened(await connection.id, AbortSignal.any([signal, over.signal]));
      since = performance.now();
      this.#error = undefined;
      this.#patience.reset();
      this.#setState("connected");
      throw await connection.closed;
    } finally {
      this.#connection = undefined;
      connection.close(new SpotifyError("UNREACHABLE", "The device could not be registered with Spotify."));
      if (since !== undefined && performance.now() - since >= STABLE_AFTER) this.#backoff.reset();
    }
  }

  async #open(fresh: boolean, signal: AbortSignal): Promise<DealerConnection> {
    const token = await this.#options.token(signal);
    const url = new URL(await this.#options.address(fresh, signal));
    const { host } = url;
    this.#options.check(host);
    url.searchParams.set("access_token", token);
    const late = new Deadline(
      OPEN_TIMEOUT,
      () => new SpotifyError("TIMEOUT", `${host} did not answer in time.`),
    );
    try {
      return await DealerConnection.open(url, this.#options.listener, AbortSignal.any([signal, late.signal]));
    } catch (error) {
      if (error instanceof WebSocketRefused) {
        // The token may have been ended before its time: the next one is a fresh one.
        if (error.refusal.status === 401) this.#options.tokenRefused(token);
        this.#options.refused(host, error.refusal);
      }
      throw error;
    } finally {
      late.clear();
    }
  }

  async #pause(error: SpotifyError, signal: AbortSignal): Promise<void> {
    const isUnauthorized = error instanceof WebSocketRefused && error.refusal.status === 401;
    // Once, a fresh token may be all that it takes.
    const mayPass = isUnauthorized && !this.#wasUnauthorized;
    this.#wasUnauthorized = isUnauthorized;
    const isLasting = LASTING.has(error.code) && !mayPass;
    const least = isLasting ? RETRY_REFUSED : error.code === "RATE_LIMITED" ? this.#patience.next() : 0;
    const delay = Math.max(this.#backoff.next(), least, (error.retryAfter ?? 0) * 1000);
    const skip = new AbortController();
    this.#skipWait = () => skip.abort();
    try {
      await wait(delay, AbortSignal.any([signal, skip.signal]));
    } catch {
      // Skipped, or over: whoever asked for it knows.
    }
    this.#skipWait = undefined;
  }

  #setState(state: DealerState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.emit("state", state);
  }
}
