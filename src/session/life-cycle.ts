import { EventEmitter } from "node:events";
import type { AccessPointConnection } from "../access-point/connection";
import { LoginFailure } from "../access-point/login-failure";
import { SpotifyError, toSpotifyError } from "../core/errors";
import { Backoff } from "../async/backoff";
import { SkippableWait } from "../async/skippable-wait";
import type { LoggedIn } from "../access-point/connector";

/**
 * `idle` before the first connect; `closed` after `close`, and after an error that only the user can mend, which
 * then stands in `error`.
 */
export type SessionState = "idle" | "connecting" | "ready" | "reconnecting" | "closed";

export interface StateChange {
  state: SessionState;
  previous: SessionState;
  /** What went wrong, if the state changed because of an error. */
  error?: SpotifyError;
}

/** Connects and logs in. */
export interface Login {
  /** One attempt. @throws SpotifyError, or the abort reason of `signal` */
  logIn(signal: AbortSignal): Promise<LoggedIn>;
}

const RETRY_FIRST = 1_000;
const RETRY_MOST = 60_000;
/** After a login that was refused, and not for good, ms. */
const RETRY_REFUSED = 5_000;
/** Before a refusal that Spotify may have sent by mistake is believed, ms. */
const CONFIRM_AFTER = 60_000;
/** The first try after a break comes at once, but not from everybody in the same instant. ms */
const FIRST_RETRY_JITTER = 200;
/**
 * A login that held this long was a good one if Spotify has pinged on it, which it does at once: no failure before it counts. ms
 */
const GOOD_AFTER = 10_000;

/**
 * Keeps a session connected: connects, waits for the break, and connects again, for as long as the network is the
 * trouble. When a good login breaks, and once more if the next one does not hold, that is at once; after that, the waits
 * grow with each failure in the row. Stops if only the user can help.
 */
export class LifeCycle extends EventEmitter<{
  state: [StateChange];
  connection: [LoggedIn];
  trouble: [SpotifyError];
}> {
  readonly #login: Login;
  readonly #backoff = new Backoff(RETRY_FIRST, RETRY_MOST);
  /** A login has failed, or did not hold, since the last good one. */
  #hasFailed = false;
  #state: SessionState = "idle";
  #error: SpotifyError | undefined;
  /** The credential was refused, which counts when it is refused again. */
  #wasRefusedOnce = false;
  #connection: AccessPointConnection | undefined;
  #connectedSince: number | undefined;
  #stop = new AbortController();
  #running: Promise<void> | undefined;
  /** The session itself ended the connection: the next one is opened without a wait. */
  #isBreakWanted = false;
  /** The wait between two attempts. */
  readonly #wait = new SkippableWait();

  constructor(login: Login) {
    super();
    this.#login = login;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The last thing that went wrong; undefined while ready. */
  get error(): SpotifyError | undefined {
    return this.#error;
  }

  /** The error for which no request waits, because it will not pass by itself, or not soon. */
  get lastingError(): SpotifyError | undefined {
    const error = this.#error;
    const lasts = this.#state === "closed" || needsConfirmation(error) || error?.code === "UNTRUSTED_SERVER";
    return lasts ? error : undefined;
  }

  /** ms since the epoch; undefined while there is no connection. */
  get connectedSince(): number | undefined {
    return this.#connectedSince;
  }

  /** Begins, or begins again after an error that ended it. Does nothing while it runs. */
  start(): void {
    if (this.#running || this.#stop.signal.aborted) return;
    this.#wasRefusedOnce = false;
    this.#setState("connecting");
    this.#running = this.#run(this.#stop.signal).finally(() => (this.#running = undefined));
  }

  /** Drops the connection and opens a new one at once; without one, tries at once. */
  reconnect(reason: SpotifyError): void {
    this.#forgetFailures();
    if (!this.#connection) return this.#wait.skip();
    this.#isBreakWanted = true;
    this.#connection.close(reason);
  }

  /**
   * The credential has changed: drops the connection, and begins anew if there is one to log in with.
   * @param signedIn whether there is anything to log in with
   */
  async restart(signedIn: boolean): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const reason = new SpotifyError("UNREACHABLE", "Who is signed in has changed.");
    const stop = this.#stop;
    this.#stop = new AbortController();
    stop.abort(reason);
    this.#connection?.close(reason);
    const latest = this.#stop;
    await this.#running;
    // Another change, a start, or the end has come meanwhile.
    if (this.#stop !== latest || latest.signal.aborted || this.#running) return;
    this.#error = undefined;
    this.#forgetFailures();
    this.#setState("idle");
    if (signedIn) this.start();
  }

  /** Ends everything. Resolves when nothing is left running. */
  async close(): Promise<void> {
    const closed = new SpotifyError("CLOSED", "The account's connection is closed.");
    this.#stop.abort(closed);
    this.#connection?.close(closed);
    await this.#running;
    this.#setState("closed");
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const loggedIn = await this.#login.logIn(signal);
        await this.#stay(loggedIn, signal);
      } catch (thrown) {
        if (signal.aborted) return;
        const error = toSpotifyError(
          thrown,
          "PROTOCOL_ERROR",
          "The connection to Spotify failed unexpectedly.",
        );
        if (this.#isFinal(error)) {
          this.#error = error;
          this.#setState("closed", error);
          return;
        }
        this.#wasRefusedOnce ||= needsConfirmation(error);
        this.#error = needsConfirmation(error) ? error.unconfirmed() : error;
        this.emit("trouble", this.#error);
        await this.#pause(this.#error, signal);
      }
    }
  }

  /** Whether only the user can help. */
  #isFinal(error: SpotifyError): boolean {
    if (needsConfirmation(error)) return this.#wasRefusedOnce;
    return error instanceof LoginFailure && error.disposition === "stop";
  }

  /** Until the connection breaks. */
  async #stay(loggedIn: LoggedIn, signal: AbortSignal): Promise<void> {
    const { connection } = loggedIn;
    if (signal.aborted) return connection.close();
    try {
      await this.#stayOn(loggedIn, signal);
    } finally {
      // Also if a listener of the event threw.
      connection.close();
      this.#connection = undefined;
    }
  }

  async #stayOn(loggedIn: LoggedIn, signal: AbortSignal): Promise<void> {
    const { connection } = loggedIn;
    const broken = new Promise<SpotifyError>((resolve) => connection.once("close", resolve));
    if (connection.closed)
      throw new SpotifyError("UNREACHABLE", "Spotify closed the connection after the login.");
    this.#connection = connection;
    this.#error = undefined;
    this.#wasRefusedOnce = false;
    const since = performance.now();
    this.#connectedSince = Date.now();
    this.emit("connection", loggedIn);
    this.#setState("ready");
    const reason = await broken;
    this.#connection = undefined;
    if (signal.aborted) return;
    this.#error = reason;
    this.#setState("reconnecting", reason);
    const isGood = connection.wasPinged && performance.now() - since >= GOOD_AFTER;
    await this.#wait.wait(this.#delayAfterBreak(isGood), signal);
    this.#isBreakWanted = false;
  }

  #delayAfterBreak(isGood: boolean): number {
    if (this.#isBreakWanted) return 0;
    if (isGood) this.#forgetFailures();
    // A server that lets us in and throws us out again and again is not asked in a tight loop.
    const isAtOnce = !this.#hasFailed;
    this.#hasFailed = !isGood;
    return isAtOnce ? Math.random() * FIRST_RETRY_JITTER : this.#backoff.next();
  }

  #forgetFailures(): void {
    this.#hasFailed = false;
    this.#backoff.reset();
  }

  async #pause(error: SpotifyError, signal: AbortSignal): Promise<void> {
    this.#hasFailed = true;
    let least = 0;
    if (error instanceof LoginFailure)
      least = error.disposition === "confirm" ? CONFIRM_AFTER : RETRY_REFUSED;
    const delay = Math.max(this.#backoff.next(), least, (error.retryAfter ?? 0) * 1000);
    await this.#wait.wait(delay, signal);
  }

  #setState(state: SessionState, error?: SpotifyError): void {
    const previous = this.#state;
    if (state === previous) return;
    this.#state = state;
    if (state !== "ready") this.#connectedSince = undefined;
    this.emit("state", error ? { state, previous, error } : { state, previous });
  }
}

/** Whether Spotify sometimes gives this refusal by mistake, so that only a second one counts. */
function needsConfirmation(error: SpotifyError | undefined): error is LoginFailure {
  return error instanceof LoginFailure && error.disposition === "confirm";
}
