import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { LoginFailure } from "../access-point/login-failure";
import { accessPointKey } from "../access-point/server-key";
import { resolveEndpoints } from "../endpoints";
import { SpotifyError } from "../errors";
import { HttpClient } from "../http/client";
import { Mercury } from "../mercury/mercury";
import { StateKeeper } from "../state/keeper";
import { MemoryStateStore } from "../state/store";
import { ClockWatch } from "../time/clock-watch";
import {
  parseClientId,
  platformClientId,
  type ClientIdReason,
  type CurrentClientId,
} from "../tokens/client-id";
import { Keymaster } from "../tokens/keymaster";
import { TokenProvider } from "../tokens/provider";
import { RememberedAccessPoints } from "./access-point-list";
import { Account } from "./account";
import { ClientIdentity, type ClientIdChange, type ClientIdReport } from "./client-identity";
import { Connector, type LoggedIn } from "./connector";
import { LifeCycle, type SessionState, type StateChange } from "./life-cycle";
import { checkDeviceId, toCredentials, type LogLevel, type SessionOptions } from "./options";

export interface SessionEvents {
  state: [StateChange];
  /** An attempt to connect failed; the session goes on trying. */
  trouble: [SpotifyError];
  clientId: [ClientIdChange];
  /** Spotify sent a client ID that a pinned session does not take over. */
  clientIdReport: [ClientIdReport];
}

const DEFAULT_TIMEOUT = 30_000;
const DEVICE_ID_BYTES = 20;
/** A fresh session is opened for keymaster's sake at most once in this time, ms. */
const RENEW_AT_MOST_EVERY = 5 * 60_000;

/**
 * One Spotify account: its connection, its client ID, its tokens. It lends its parts, as librespot's Session does:
 * `session.tokens`, `session.mercury`.
 */
export class Session extends EventEmitter<SessionEvents> {
  readonly tokens: TokenProvider;
  readonly mercury = new Mercury();
  readonly #identity: ClientIdentity;
  readonly #account: Account;
  readonly #state: StateKeeper;
  readonly #http = new HttpClient();
  readonly #accessPoints: RememberedAccessPoints;
  readonly #lifeCycle: LifeCycle;
  readonly #clock: ClockWatch;
  readonly #log: (level: LogLevel, message: string) => void;
  readonly #closing = new AbortController();
  readonly #deviceIdGiven: string | undefined;
  #deviceIdMade: string | undefined;
  #closed: Promise<void> | undefined;
  #connectedSince: number | undefined;
  #renewedAt = -Infinity;

  /** @throws SpotifyError INVALID_ARGUMENT for any option that cannot be right. Connects nothing yet. */
  constructor(options: SessionOptions = {}) {
    super();
    this.#log = options.log ?? ((): void => undefined);
    this.#deviceIdGiven = options.deviceId === undefined ? undefined : checkDeviceId(options.deviceId);
    const clientId = options.clientId ? parseClientId(options.clientId) : platformClientId();
    this.#identity = new ClientIdentity(clientId, options.followClientId ?? true);
    this.#state = new StateKeeper(options.state ?? new MemoryStateStore(), (error) =>
      this.#log(
        "warn",
        `The session's state cannot be kept: ${(error as NodeJS.ErrnoException).code ?? "unknown error"}`,
      ),
    );
    this.#account = new Account(toCredentials(options.credentials), this.#state);
    const endpoints = resolveEndpoints(options.endpoints);
    this.#accessPoints = new RememberedAccessPoints(this.#http, endpoints.apResolve, this.#state);
    const serverKey = accessPointKey(options.accessPointKey);
    const connector = new Connector(this.#accessPoints, serverKey, () => this.deviceId);
    this.#lifeCycle = new LifeCycle((signal) => this.#logIn(connector, signal));
    this.#lifeCycle.on("connection", (loggedIn) => this.#onConnection(loggedIn));
    this.#lifeCycle.on("state", (change) => this.#onState(change));
    this.#lifeCycle.on("trouble", (error) => {
      this.#log("debug", `Connecting failed (${error.code}): ${error.message}`);
      // Nothing to wait for: somebody is in the middle. The session itself tries on.
      if (error.code === "UNTRUSTED_SERVER") this.mercury.fail(error);
      this.emit("trouble", error);
    });
    this.tokens = new TokenProvider({
      current: this.#identity,
      keymaster: new Keymaster(this.#keymasterSession()),
      timeout: options.requestTimeout ?? DEFAULT_TIMEOUT,
      restore: () => this.#restoreTokens(),
      keep: (tokens) => void this.#state.update({ tokens }),
      obstacle: () => this.#obstacle(),
      trouble: () => (this.state === "ready" ? undefined : this.#lifeCycle.error),
    });
    this.#clock = new ClockWatch((jump) => this.#onClockJump(jump));
  }

  /** The current client ID, 32 hex digits. */
  get clientId(): string {
    return this.#identity.clientId;
  }

  /** The current client ID, and how and when the session came by it. */
  get clientIdState(): CurrentClientId {
    return this.#identity;
  }

  get state(): SessionState {
    return this.#lifeCycle.state;
  }

  /** The last thing that went wrong; undefined while the session is ready. */
  get error(): SpotifyError | undefined {
    return this.#lifeCycle.error;
  }

  /** The account's username, where it is known. */
  get username(): string | undefined {
    return this.#account.username;
  }

  /** ms since the epoch; undefined while there is no connection. */
  get connectedSince(): number | undefined {
    return this.#connectedSince;
  }

  /**
   * What Spotify knows this device by. Made with the first use if it was neither given nor remembered; what is
   * remembered is known once the session connects.
   */
  get deviceId(): string {
    const known = this.#deviceIdGiven ?? this.#state.state.deviceId ?? this.#deviceIdMade;
    if (known !== undefined) return known;
    this.#deviceIdMade = randomBytes(DEVICE_ID_BYTES).toString("hex");
    void this.#keepDeviceId(this.#deviceIdMade);
    return this.#deviceIdMade;
  }

  /**
   * Connects and logs in, and keeps the session connected from then on.
   *
   * A session without credentials connects nothing, and resolves.
   *
   * @param timeout ms to wait; the session goes on trying after that
   * @throws SpotifyError: what only the user can mend (BAD_CREDENTIALS, PREMIUM_REQUIRED, TRAVEL_RESTRICTION,
   *   INVALID_CLIENT), at once; UNTRUSTED_SERVER and any other refusal of the login, at once; else the last failure when the time is over; CLOSED
   */
  async connect({ timeout = DEFAULT_TIMEOUT }: { timeout?: number } = {}): Promise<void> {
    this.#throwIfClosed();
    await this.#state.load();
    this.#throwIfClosed();
    if (!this.#account.signedIn) return;
    this.#start();
    if (this.state !== "ready") await this.#untilReady(timeout);
  }

  /**
   * Sets the client ID, as librespot's `set_client_id` does when Spotify names the app that took control. A pinned
   * session takes over only what is `configured`, and reports the rest.
   * @throws SpotifyError INVALID_ARGUMENT for what is no client ID
   */
  setClientId(clientId: string, reason: ClientIdReason = "configured"): void {
    const result = this.#identity.set(parseClientId(clientId), reason);
    if (!result) return;
    if ("change" in result) {
      this.#log("info", `The client ID is now ${result.change.clientId} (${reason}).`);
      this.emit("clientId", result.change);
    } else {
      this.emit("clientIdReport", result.report);
    }
  }

  /** Ends the session: its connection, its requests, its timers. What it remembers is safe when this resolves. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const closed = new SpotifyError("CLOSED", "The session is closed.");
    this.#closing.abort(closed);
    this.#clock.stop();
    this.mercury.fail(closed);
    await this.#lifeCycle.close();
    this.tokens.close();
    await this.#http.close();
    await this.#state.flush();
    this.removeAllListeners();
  }

  async #keepDeviceId(made: string): Promise<void> {
    // One that was remembered all along, and not read yet when this one was made, stays.
    const { deviceId } = await this.#state.load();
    if (deviceId === undefined) await this.#state.update({ deviceId: made });
  }

  #throwIfClosed(): void {
    this.#closing.signal.throwIfAborted();
  }

  #start(): void {
    if (this.state === "idle" || this.state === "closed") {
      this.mercury.resume();
      this.#lifeCycle.start();
    }
  }

  #untilReady(timeout: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (action: () => void): void => {
        clearTimeout(timer);
        this.off("state", onState);
        this.off("trouble", onTrouble);
        action();
      };
      const fail = (error: SpotifyError | undefined): void =>
        settle(() => reject(error ?? new SpotifyError("TIMEOUT", "Spotify did not answer in time.")));
      const onState = ({ state, error }: StateChange): void => {
        if (state === "ready") settle(resolve);
        else if (state === "closed") fail(error ?? new SpotifyError("CLOSED", "The session is closed."));
      };
      const onTrouble = (error: SpotifyError): void => {
        if (error.code === "UNTRUSTED_SERVER" || error instanceof LoginFailure) fail(error);
      };
      const timer = setTimeout(() => fail(this.error), timeout);
      this.on("state", onState);
      this.on("trouble", onTrouble);
    });
  }

  async #logIn(connector: Connector, signal: AbortSignal): Promise<LoggedIn> {
    const credentials = this.#account.credentials;
    if (!credentials) throw notSignedIn();
    try {
      return await connector.connect(credentials, signal);
    } catch (error) {
      // A remembered credential that has had its day must not lock out the configured one.
      const refused = error instanceof LoginFailure && error.disposition === "stop";
      if (refused && error.code === "BAD_CREDENTIALS" && this.#account.refused()) {
        return this.#logIn(connector, signal);
      }
      throw error;
    }
  }

  #onConnection({ connection, username, credentials }: LoggedIn): void {
    const { isAnother } = this.#account.welcomed(username, credentials);
    if (isAnother) this.tokens.forgetTokens();
    this.#connectedSince = Date.now();
    this.mercury.attach(connection);
    // What should have been renewed while there was no connection is renewed now, not at its next try.
    this.tokens.recheck();
    void this.#accessPoints.refresh(this.#closing.signal);
  }

  #onState(change: StateChange): void {
    if (change.state !== "ready") {
      this.#connectedSince = undefined;
      this.mercury.detach();
    }
    // An error that only the user can mend: what waits has nothing to wait for.
    if (change.state === "closed" && change.error) this.mercury.fail(change.error);
    this.#log("debug", `The session is ${change.state}${change.error ? ` (${change.error.code})` : ""}.`);
    this.emit("state", change);
  }

  #onClockJump(jump: number): void {
    // Only a jump ahead can be sleep, in which a connection dies unnoticed.
    if (jump > 0) {
      this.#lifeCycle.reconnect(new SpotifyError("UNREACHABLE", "The machine slept, or its clock was set."));
    }
    this.tokens.recheck();
  }

  async #restoreTokens(): Promise<readonly unknown[]> {
    const state = await this.#state.load();
    return this.#account.ownsRememberedTokens ? state.tokens : [];
  }

  #obstacle(): SpotifyError | undefined {
    if (!this.#account.signedIn) return notSignedIn();
    if (this.state === "closed" || this.error?.code === "UNTRUSTED_SERVER") return this.error;
    // Somebody asks before anybody has connected.
    this.#start();
    return undefined;
  }

  #keymasterSession(): ConstructorParameters<typeof Keymaster>[0] {
    return {
      mercury: this.mercury,
      deviceId: () => this.deviceId,
      current: this.#identity,
      renew: (signal) => this.#renew(signal),
    };
  }

  /** Opens a fresh session in place of this one, for keymaster's sake. */
  #renew(signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    const now = performance.now();
    // Whoever asks while the fresh session is on its way is served by it as well.
    const underWay = this.state !== "ready" && now - this.#renewedAt < DEFAULT_TIMEOUT;
    if (!underWay) {
      if (now - this.#renewedAt < RENEW_AT_MOST_EVERY) return Promise.resolve(false);
      this.#renewedAt = now;
      this.#lifeCycle.reconnect(new SpotifyError("UNREACHABLE", "A fresh session is opened."));
    }
    // Mercury keeps what is asked until the fresh session is there.
    return Promise.resolve(true);
  }
}

function notSignedIn(): SpotifyError {
  return new SpotifyError(
    "NOT_SIGNED_IN",
    "Nobody is signed in: open the session's dialog and paste the text of a librespot credentials.json.",
  );
}
