import { EventEmitter } from "node:events";
import { withEither } from "../async/ending-with";
import type { ServerList } from "../access-point/server-list";
import { SpotifyError, toSpotifyError, type SpotifyErrorCode } from "../core/errors";
import { Backoff } from "../async/backoff";
import { withDeadline } from "../async/deadline";
import { RetryCredit } from "../async/retry-credit";
import { Serial } from "../async/serial";
import { SkippableWait } from "../async/skippable-wait";
import type { RateLimitGuard } from "../net/rate-limit-guard";
import type { Credential } from "../spclient/credential";
import { DealerConnection, type DealerListener } from "./connection";
import { WebSocketRefused } from "./web-socket";

const OPEN_TIMEOUT = 10_000;
const RETRY_FIRST = 1_000;
const RETRY_MOST = 60_000;
/** The wait after an error that only the user or Spotify can fix, ms. */
const RETRY_REFUSED = 15 * 60_000;
/** Keeps a thousand homes from returning in the same instant after a server was restarted, ms. */
const REOPEN_JITTER = 200;
/** Another try in a minute would end the same way. */
const LASTING: ReadonlySet<SpotifyErrorCode> = new Set([
  "BAD_CREDENTIALS",
  "INVALID_CLIENT",
  "NOT_SIGNED_IN",
  "PREMIUM_REQUIRED",
  "REQUEST_REFUSED",
]);

/** Another server may work. */
const SERVER_FAILED: ReadonlySet<SpotifyErrorCode> = new Set([
  "UNREACHABLE",
  "UNTRUSTED_SERVER",
  "TIMEOUT",
  "PROTOCOL_ERROR",
]);

export type DealerState = "off" | "connecting" | "connected";

export interface DealerOptions {
  servers: Pick<ServerList, "server">;
  /** The login5 token of the account. */
  token: Credential;
  guard: RateLimitGuard;
  /** The client ID whose rate limit the connections count towards. */
  clientId: string;
  /** Registers the device on a new connection. */
  register(connectionId: string, signal: AbortSignal): Promise<void>;
  listener: DealerListener;
}

/**
 * Keeps a connection to a dealer open. After one that had worked, the next is opened at once, because changes are missed
 * meanwhile. Between tries that fail, the waits grow.
 *
 * Emits `trouble` with the error that each try or connection ended with.
 */
export class Dealer extends EventEmitter<{ trouble: [SpotifyError]; state: [DealerState] }> {
  readonly #options: DealerOptions;
  readonly #backoff = new Backoff(RETRY_FIRST, RETRY_MOST);
  readonly #credit = new RetryCredit();
  /** The last connection had worked, and the next one is opened at once. */
  #isNextAtOnce = false;
  /** The waits after one rate limit follows another. */
  readonly #rateLimitBackoff = new Backoff(RETRY_MOST, RETRY_REFUSED);
  #state: DealerState = "off";
  #error: SpotifyError | undefined;
  #stop: AbortController | undefined;
  /** A new run waits until the one before has ended. */
  readonly #runs = new Serial();
  #connection: DealerConnection | undefined;
  readonly #retryWait = new SkippableWait();
  /** The last try ended with 401. */
  #wasUnauthorized = false;

  constructor(options: DealerOptions) {
    super();
    this.#options = options;
  }

  get state(): DealerState {
    return this.#state;
  }

  /** The last error; undefined while connected. */
  get error(): SpotifyError | undefined {
    return this.#error;
  }

  /** Starts. Does nothing while it runs. */
  start(): void {
    if (this.#stop) return;
    const stop = new AbortController();
    this.#stop = stop;
    this.#backoff.reset();
    void this.#runs.run(() => this.#run(stop.signal));
  }

  /** Stops. Resolves when nothing is left running. */
  async stop(reason: SpotifyError): Promise<void> {
    this.#stop?.abort(reason);
    this.#stop = undefined;
    this.#connection?.close(reason);
    await this.#runs.settled();
  }

  /** Drops the connection, or ends the wait for the next try, and tries at once. */
  reconnectNow(reason: SpotifyError): void {
    this.#backoff.reset();
    this.#connection?.close(reason);
    this.#retryWait.skip();
  }

  async #run(signal: AbortSignal): Promise<void> {
    let hasServerFailed = false;
    this.#setState("connecting");
    while (!signal.aborted) {
      try {
        await this.#connectOnce(hasServerFailed, signal);
      } catch (thrown) {
        if (signal.aborted) break;
        const message = "The connection to Spotify's dealer failed unexpectedly.";
        const error = toSpotifyError(thrown, "PROTOCOL_ERROR", message);
        this.#error = error;
        // The server that has worked is tried first: to name another one, the resolver must be asked.
        hasServerFailed = !this.#isNextAtOnce && SERVER_FAILED.has(error.code);
        this.#setState("connecting");
        this.emit("trouble", error);
        await this.#pause(error, signal);
      }
    }
    this.#error = undefined;
    this.#setState("off");
  }

  /** @throws SpotifyError always: the reason why the connection ended */
  async #connectOnce(hasServerFailed: boolean, signal: AbortSignal): Promise<never> {
    this.#isNextAtOnce = false;
    const connection = await this.#open(hasServerFailed, signal);
    this.#connection = connection;
    const over = new AbortController();
    void connection.closed.then((reason) => over.abort(reason));
    let since: number | undefined;
    try {
      if (signal.aborted) throw signal.reason;
      const id = await connection.id;
      await withEither([signal, over.signal], (either) => this.#options.register(id, either));
      since = performance.now();
      this.#error = undefined;
      this.#rateLimitBackoff.reset();
      this.#setState("connected");
      throw await connection.closed;
    } finally {
      this.#connection = undefined;
      connection.close(new SpotifyError("UNREACHABLE", "The device could not be registered with Spotify."));
      if (since !== undefined) this.#isNextAtOnce = this.#credit.spend(performance.now() - since);
    }
  }

  async #open(hasServerFailed: boolean, signal: AbortSignal): Promise<DealerConnection> {
    const { guard, clientId, servers } = this.#options;
    const token = await this.#options.token.get(signal);
    const url = new URL(await servers.server("dealer", hasServerFailed, signal));
    const { host } = url;
    guard.check(clientId, host);
    url.searchParams.set("access_token", token);
    const late = (): SpotifyError => new SpotifyError("TIMEOUT", `${host} did not answer in time.`);
    const open = (either: AbortSignal): Promise<DealerConnection> =>
      DealerConnection.open(url, this.#options.listener, either);
    try {
      return await withDeadline(OPEN_TIMEOUT, late, open, signal);
    } catch (error) {
      if (error instanceof WebSocketRefused) {
        if (error.refusal.status === 401) this.#options.token.refused(token);
        guard.learn(clientId, host, { ...error.refusal, body: Buffer.alloc(0) });
      }
      throw error;
    }
  }

  async #pause(error: SpotifyError, signal: AbortSignal): Promise<void> {
    const isUnauthorized = error instanceof WebSocketRefused && error.refusal.status === 401;
    // After the first 401, a fresh token may be accepted.
    const mayPass = isUnauthorized && !this.#wasUnauthorized;
    this.#wasUnauthorized = isUnauthorized;
    if (this.#isNextAtOnce) {
      this.#backoff.reset();
      return this.#retryWait.wait(Math.random() * REOPEN_JITTER, signal);
    }
    const isLasting = LASTING.has(error.code) && !mayPass;
    const least = isLasting
      ? RETRY_REFUSED
      : error.code === "RATE_LIMITED"
        ? this.#rateLimitBackoff.next()
        : 0;
    const delay = Math.max(this.#backoff.next(), least, (error.retryAfter ?? 0) * 1000);
    await this.#retryWait.wait(delay, signal);
  }

  #setState(state: DealerState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.emit("state", state);
  }
}
