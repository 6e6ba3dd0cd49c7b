import { EventEmitter } from "node:events";
import type { Credentials } from "../access-point/credentials";
import { LoginFailure } from "../access-point/login-failure";
import { accessPointKey } from "../access-point/server-key";
import { resolveEndpoints } from "../endpoints";
import { SpotifyError } from "../errors";
import { HttpClient } from "../http/client";
import { RateLimitGuard } from "../http/rate-limit-guard";
import { Mercury } from "../mercury/mercury";
import type { Grant } from "../sign-in/grant";
import { Grants } from "../sign-in/grants";
import { TokenEndpoint } from "../sign-in/token-endpoint";
import { StateKeeper } from "../state/keeper";
import { MemoryStateStore } from "../state/store";
import { ClockWatch } from "../time/clock-watch";
import {
  displayClientId,
  parseClientId,
  platformClientId,
  type ClientIdReason,
  type CurrentClientId,
} from "../tokens/client-id";
import { Keymaster } from "../tokens/keymaster";
import { OAuth } from "../tokens/oauth";
import { TokenProvider } from "../tokens/provider";
import { RememberedAccessPoints } from "./access-point-list";
import { Account } from "./account";
import { ClientIdentity, type ClientIdChange, type ClientIdReport } from "./client-identity";
import { Connector, type LoggedIn } from "./connector";
import { DeviceId } from "./device-id";
import { ExpiryWatch, type SignInExpiring } from "./expiry-watch";
import { FreshSession } from "./fresh-session";
import { LifeCycle, type SessionState, type StateChange } from "./life-cycle";
import { toCredentials, type LogLevel, type SessionOptions } from "./options";
import { SignIns } from "./sign-ins";
import { untilReady } from "./until-ready";

export interface SessionEvents {
  state: [StateChange];
  /** An attempt to connect failed; the session goes on trying. */
  trouble: [SpotifyError];
  clientId: [ClientIdChange];
  /** A sign-in will be over in 30 days, or in 7. */
  signInExpiring: [SignInExpiring];
  /** Spotify sent a client ID that a pinned session does not take over. */
  clientIdReport: [ClientIdReport];
}

const DEFAULT_TIMEOUT = 30_000;

/**
 * One Spotify account: its connection, its client ID, its tokens. It lends its parts, as librespot's Session does:
 * `session.tokens`, `session.mercury`.
 */
export class Session extends EventEmitter<SessionEvents> {
  readonly tokens: TokenProvider;
  readonly mercury = new Mercury();
  /** Who is signed in, and how to sign in and out. */
  readonly signIns: SignIns;
  readonly #guard: RateLimitGuard;
  readonly #grants: Grants;
  readonly #oauth: OAuth;
  readonly #expiry: ExpiryWatch;
  #loading: Promise<void> | undefined;
  readonly #identity: ClientIdentity;
  readonly #account: Account;
  readonly #state: StateKeeper;
  readonly #http = new HttpClient();
  readonly #accessPoints: RememberedAccessPoints;
  readonly #lifeCycle: LifeCycle;
  readonly #clock: ClockWatch;
  readonly #log: (level: LogLevel, message: string) => void;
  readonly #closing = new AbortController();
  readonly #deviceId: DeviceId;
  #closed: Promise<void> | undefined;
  #connectedSince: number | undefined;

  /** @throws SpotifyError INVALID_ARGUMENT for any option that cannot be right. Connects nothing yet. */
  constructor(options: SessionOptions = {}) {
    super();
    this.#log = options.log ?? ((): void => undefined);
    const clientId = options.clientId ? parseClientId(options.clientId) : platformClientId();
    this.#identity = new ClientIdentity(clientId, options.followClientId ?? true);
    this.#state = new StateKeeper(options.state ?? new MemoryStateStore(), (error) =>
      this.#log(
        "warn",
        `The session's state cannot be kept: ${(error as NodeJS.ErrnoException).code ?? "unknown error"}`,
      ),
    );
    this.#deviceId = new DeviceId(options.deviceId, this.#state);
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
    this.#guard = new RateLimitGuard((rateLimits) => void this.#state.update({ rateLimits }));
    this.#grants = new Grants((grants) => this.#state.update({ grants }));
    const endpoint = new TokenEndpoint(this.#http, this.#guard, endpoints.accounts);
    this.#oauth = new OAuth(this.#grants, endpoint, (grant) => this.#onGrantEnded(grant));
    this.#expiry = new ExpiryWatch(
      () => this.#grants.all(),
      (expiring) => this.#onExpiring(expiring),
    );
    this.signIns = new SignIns({
      http: this.#http,
      guard: this.#guard,
      endpoint,
      endpoints,
      account: this.#account,
      grants: this.#grants,
      logInOnce: (credentials, signal) => this.#logInOnce(connector, credentials, signal),
      loaded: () => this.#load(),
      changed: (account) => this.#onSignInsChanged(account),
      forget: () => this.#forget(),
    });
    const freshSession = new FreshSession(this.#lifeCycle);
    this.tokens = new TokenProvider({
      current: this.#identity,
      keymaster: new Keymaster({
        mercury: this.mercury,
        deviceId: () => this.deviceId,
        current: this.#identity,
        renew: (signal) => freshSession.open(signal),
      }),
      oauth: this.#oauth,
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
    return this.#account.username ?? this.#grants.all()[0]?.username;
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
    return this.#deviceId.value;
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
    await this.#load();
    this.#throwIfClosed();
    if (!this.#account.signedIn) return;
    this.#start();
    if (this.state !== "ready") await untilReady(this.#lifeCycle, timeout);
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
    this.#expiry.stop();
    this.mercury.fail(closed);
    await this.#lifeCycle.close();
    this.tokens.close();
    // A refresh that Spotify has answered must be on disk, or the grant is lost.
    await this.#oauth.close();
    await this.#http.close();
    await this.#state.flush();
    this.removeAllListeners();
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

  async #logIn(connector: Connector, signal: AbortSignal): Promise<LoggedIn> {
    const credentials = this.#account.credentials;
    if (!credentials) throw notSignedIn();
    try {
      const loggedIn = await connector.connect(credentials, signal);
      this.#refuseAnotherAccount(loggedIn);
      return loggedIn;
    } catch (error) {
      // A remembered credential that has had its day must not lock out the configured one.
      const refused = error instanceof LoginFailure && error.disposition === "stop";
      if (refused && error.code === "BAD_CREDENTIALS" && this.#account.refused()) {
        return this.#logIn(connector, signal);
      }
      throw error;
    }
  }

  /** A configured credential of one account beside an own app of another: whose session would it be? */
  #refuseAnotherAccount({ connection, username }: LoggedIn): void {
    const other = this.#grants.all().find((grant) => grant.username !== username);
    if (!other) return;
    connection.close();
    const message =
      `The credential is ${username}'s, and the session is signed in as ${other.username} with an app. ` +
      `Sign out of one of them, or make another session.`;
    throw new LoginFailure("INVALID_ARGUMENT", message, "stop", undefined);
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
    await this.#load();
    // A token of an own app lives and dies with the app's grant; any other with the account that is logged in.
    return this.#state.state.tokens.filter((token) => {
      const { source, clientId } = (token ?? {}) as { source?: unknown; clientId?: unknown };
      return source === "oauth"
        ? this.#grants.get(String(clientId)) !== undefined
        : this.#account.isRemembered;
    });
  }

  /** What was remembered. */
  #load(): Promise<void> {
    this.#loading ??= this.#state.load().then(({ grants, rateLimits }) => {
      this.#grants.restore(grants);
      this.#guard.restore(rateLimits);
      this.#account.loaded();
      this.#expiry.look();
    });
    return this.#loading;
  }

  async #logInOnce(
    connector: Connector,
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<{ username: string; credentials: Credentials }> {
    const loggedIn = await connector.connect(credentials, AbortSignal.any([signal, this.#closing.signal]));
    loggedIn.connection.close();
    return loggedIn;
  }

  #onSignInsChanged(account: boolean): void {
    this.tokens.forgetRefusals();
    this.tokens.forgetTokensUnless((token) =>
      token.source === "oauth" ? this.#grants.isGood(token.clientId) : this.#account.signedIn,
    );
    // An own app has nothing to do with the connection, unless another account's is why there is none.
    if (!account && this.state !== "closed") return;
    if (this.#account.signedIn) this.mercury.resume();
    else this.mercury.fail(notSignedIn());
    void this.#lifeCycle.restart(this.#account.signedIn);
  }

  #onGrantEnded(grant: Grant): void {
    this.#log(
      "warn",
      `The sign-in with the app ${grant.clientId} is over. Sign in again in the session's dialog.`,
    );
    this.signIns.emit("change");
  }

  #onExpiring(expiring: SignInExpiring): void {
    const { clientId, daysLeft } = expiring;
    this.#log(
      "warn",
      `The sign-in with ${displayClientId(clientId)} is over in ${daysLeft} days. Sign in again before that.`,
    );
    this.emit("signInExpiring", expiring);
  }

  async #forget(): Promise<void> {
    await this.#account.signOut();
    for (const { clientId } of this.#grants.all()) await this.#grants.remove(clientId);
    this.tokens.forgetTokens();
    await this.#state.update({
      tokens: [],
      grants: [],
      rateLimits: [],
      accessPoints: undefined,
    });
    await this.#deviceId.forget();
  }

  #obstacle(): SpotifyError | undefined {
    if (!this.#account.signedIn) return notSignedIn(this.#grants.all().length > 0);
    if (this.state === "closed" || this.error?.code === "UNTRUSTED_SERVER") return this.error;
    // Somebody asks before anybody has connected.
    this.#start();
    return undefined;
  }
}

/** @param withApps whether somebody has signed in with an own app, which then does not serve what was asked for */
function notSignedIn(withApps = false): SpotifyError {
  return new SpotifyError(
    "NOT_SIGNED_IN",
    withApps
      ? "No sign-in gives these scopes for this client ID. In the session's dialog, sign in with your app again, for these " +
          "scopes too, or pair with a code."
      : "Nobody is signed in: open the session's dialog and sign in. Pairing with a code takes a minute.",
  );
}
