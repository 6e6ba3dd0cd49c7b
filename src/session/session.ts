import { EventEmitter } from "node:events";
import type { Credentials } from "../access-point/credentials";
import { accessPointKey } from "../access-point/server-key";
import type { ControllingDevice } from "../connect-state/controlling-device";
import { resolveEndpoints } from "../core/endpoints";
import { SpotifyError } from "../core/errors";
import { HttpClient } from "../net/client";
import { RateLimitGuard } from "../net/rate-limit-guard";
import { Mercury } from "../mercury/mercury";
import type { Grant } from "../account/grant";
import { Grants } from "../account/grants";
import { TokenEndpoint } from "../oauth/token-endpoint";
import { takesToken, usernameOf } from "../web-api/profile";
import { StateKeeper } from "../store/keeper";
import type { StateProblem } from "../store/problem";
import { DocumentStore } from "../store/document-store";
import { MemoryStateStore } from "../store/store";
import { ClockWatch } from "../async/clock-watch";
import { AppCheck } from "../tokens/app-check";
import {
  displayClientId,
  parseClientId,
  platformClientId,
  type ClientIdReason,
  type CurrentClientId,
} from "../core/client-id";
import { Keymaster } from "../tokens/keymaster";
import { isSpotifysOwn } from "../core/knowledge";
import { OAuth } from "../tokens/oauth";
import { TokenProvider } from "../tokens/provider";
import { refusedByWebApi } from "../tokens/web-api-access";
import { Account } from "../account/account";
import { AccountLogin } from "../account/account-login";
import { ClientIdentity, type ClientIdChange, type ClientIdReport } from "./client-identity";
import { ConnectMode } from "./connect-mode";
import { Connector, type LoggedIn } from "../access-point/connector";
import { DeviceId } from "./device-id";
import { ExpiryWatch, type SignInExpiring } from "../account/expiry-watch";
import { FreshSession } from "./fresh-session";
import { InternalServices } from "./internal-services";
import { forgetAll, rememberedTokens } from "./remembered";
import { openSlices, type Slices } from "./slices";
import { LifeCycle, type SessionState, type StateChange } from "./life-cycle";
import { checkPort, toCredentials, type LogLevel, type SessionOptions } from "./options";
import { ServerList } from "../access-point/server-list";
import { notSignedIn } from "../account/not-signed-in";
import { SignIns } from "../account/sign-ins";
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
  /** Spotify's word on who controls playback is followed from now on, or is not. */
  following: ["off" | "connecting" | "connected"];
  /** Something is wrong with the place where the session remembers things, or no longer is. */
  stateProblem: [StateProblem | undefined];
  /** The device has become visible on the LAN, or is no longer. */
  visibility: ["off" | "visible" | "failed"];
}

const DEFAULT_TIMEOUT = 30_000;
const DEFAULT_DEVICE_NAME = "Node-RED";

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
  readonly #slices: Slices;
  readonly #identity: ClientIdentity;
  readonly #account: Account;
  readonly #state: StateKeeper;
  readonly #http = new HttpClient();
  readonly #servers: ServerList;
  readonly #internal: InternalServices;
  readonly #connectMode: ConnectMode;
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
    const store = new DocumentStore(options.state ?? new MemoryStateStore());
    this.#state = new StateKeeper(
      store,
      (problem) => this.#onStateProblem(problem),
      () => this.#onLoaded(),
    );
    const slices = (this.#slices = openSlices(this.#state));
    this.#deviceId = new DeviceId(options.deviceId, slices.deviceId);
    this.#account = new Account(toCredentials(options.credentials), slices.account, slices.signedOutOf);
    const endpoints = resolveEndpoints(options.endpoints);
    this.#servers = new ServerList(this.#http, endpoints, slices.accessPoints);
    const api = new URL(endpoints.api).host;
    this.#guard = new RateLimitGuard(
      (rateLimits) => void slices.rateLimits.set(rateLimits),
      (appId, host) => (host === api && isSpotifysOwn(appId) ? refusedByWebApi(appId) : undefined),
    );
    this.#grants = new Grants(slices.grants);
    const serverKey = accessPointKey(options.accessPointKey);
    const connector = new Connector(this.#servers, serverKey, () => this.deviceId);
    const login = new AccountLogin(connector, this.#account, this.#grants, notSignedIn);
    this.#lifeCycle = new LifeCycle((signal) => login.logIn(signal));
    this.#lifeCycle.on("connection", (loggedIn) => this.#onConnection(loggedIn));
    this.#lifeCycle.on("state", (change) => this.#onState(change));
    this.#lifeCycle.on("trouble", (error) => {
      this.#log("debug", `Connecting failed (${error.code}): ${error.message}`);
      // Requests have nothing to wait for. The session itself tries on.
      if (this.#lifeCycle.obstacle) this.mercury.fail(error);
      this.emit("trouble", error);
    });
    const endpoint = new TokenEndpoint(this.#http, this.#guard, endpoints.accounts);
    const apps = new AppCheck({
      use: (accessToken, appId, signal) =>
        usernameOf({ http: this.#http, guard: this.#guard, api: endpoints.api }, appId, accessToken, signal),
      checked: (appId, at, username) => this.signIns.appChecked(appId, at, username),
    });
    this.#oauth = new OAuth(this.#grants, endpoint, apps, (grant) => this.#onGrantEnded(grant));
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
      logInOnce: (credentials, signal) => login.once(credentials, signal),
      closing: this.#closing.signal,
      loaded: () => this.#state.load(),
      changed: (account) => this.#onSignInsChanged(account),
      forget: () => this.#forget(),
      kept: () => this.#state.saved(),
    });
    this.#internal = new InternalServices({
      http: this.#http,
      guard: this.#guard,
      endpoints,
      account: this.#account,
      keptToken: slices.clientToken,
      deviceId: () => this.deviceId,
      loaded: () => this.#state.load(),
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
      login5: this.#internal.login5,
      oauth: this.#oauth,
      timeout: options.requestTimeout ?? DEFAULT_TIMEOUT,
      restore: () => this.#state.load().then(() => rememberedTokens(slices, this.#account)),
      keep: (kept) => void slices.tokens.set(kept),
      keepKeymaster: (keymaster) => void slices.keymaster.set(keymaster),
      keepWebApi: (webApi) => void slices.webApi.set(webApi),
      askWebApi: (accessToken, signal) => takesToken(this.#http, endpoints.api, accessToken, signal),
      obstacle: () => this.#obstacle(),
      // Somebody asks before anybody has connected.
      wake: () => this.#start(),
      trouble: () => (this.state === "ready" ? undefined : this.#lifeCycle.error),
    });
    const { tokens } = this;
    const internalClientId = platformClientId();
    this.#connectMode = new ConnectMode({
      identity: this.#identity,
      mercury: this.mercury,
      http: this.#http,
      guard: this.#guard,
      servers: this.#servers,
      deviceId: () => this.deviceId,
      deviceName: options.connect ? options.deviceName || DEFAULT_DEVICE_NAME : undefined,
      port: {
        port: checkPort(options.connectPort),
        lastPort: () => slices.connectPort.value,
        onListening: (port) => void slices.connectPort.set(port),
      },
      observe: options.observe ?? true,
      username: () => this.username,
      onTap: ({ credentials, deviceName }, signal) => this.#onTap(credentials, deviceName, signal),
      onReset: () => this.signIns.untap(),
      internalClientId,
      internalToken: async () => {
        const token = await tokens.getTokenWithClientId([], internalClientId, { source: "login5" });
        return token.accessToken;
      },
      tokenRefused: (token) => tokens.refused(token),
      clientTokenRefused: (token) => this.#internal.clientToken.refused(token),
      clientToken: (signal) => this.#internal.clientToken.get(signal),
      log: this.#log,
    });
    this.#connectMode.on("clientId", (change) => this.emit("clientId", change));
    this.#connectMode.on("clientIdReport", (report) => this.emit("clientIdReport", report));
    this.#connectMode.dealer.on("state", (state) => this.emit("following", state));
    this.#connectMode.on("visibility", () => this.emit("visibility", this.visibility));
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

  /** Whether the device is on the LAN for Spotify's apps to see; `off` unless `connect` was asked for. */
  get visibility(): "off" | "visible" | "failed" {
    return this.#connectMode.visibility;
  }

  /** Why the device is not visible, where it should be. It is tried again. */
  get visibilityError(): SpotifyError | undefined {
    return this.#connectMode.visibilityError;
  }

  /** The port on which Spotify's apps tap the device, while it is visible. */
  get discoveryPort(): number | undefined {
    return this.#connectMode.discoveryPort;
  }

  /** What is wrong with the place where the session remembers things; undefined if nothing is. */
  get stateProblem(): StateProblem | undefined {
    return this.#state.problem;
  }

  /** Whether Spotify's word on who controls playback is followed, and what went wrong last. */
  get following(): { state: "off" | "connecting" | "connected"; error: SpotifyError | undefined } {
    const { state, error } = this.#connectMode.dealer;
    return { state, error };
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
    return this.#account.username ?? this.#grants.usernames()[0];
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
    await this.#state.load();
    this.#throwIfClosed();
    this.#connectMode.show();
    if (!this.#account.signedIn) return;
    this.#start();
    if (this.state !== "ready") await untilReady(this.#lifeCycle, timeout);
  }

  /**
   * Sets the client ID, as librespot's `set_client_id` does when Spotify names the app that took control. A pinned
   * session takes over only what is `configured`, and reports the rest.
   * @param device whose app it is, where it is known
   * @throws SpotifyError INVALID_ARGUMENT if it is not a client ID
   */
  setClientId(clientId: string, reason: ClientIdReason = "configured", device?: ControllingDevice): void {
    this.#connectMode.setClientId(parseClientId(clientId), reason, device);
  }

  /** Ends the session: its connection, its requests, its timers. What it remembers is safe when this resolves. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const closed = new SpotifyError("CLOSED", "The account's connection is closed.");
    this.#closing.abort(closed);
    this.#clock.stop();
    this.#expiry.stop();
    this.mercury.fail(closed);
    await this.#connectMode.close(closed);
    await this.#lifeCycle.close();
    this.tokens.close();
    this.#internal.close();
    // What Spotify has granted must be on disk, or it is lost.
    await Promise.all([this.#oauth.close(), this.signIns.close()]);
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

  #onConnection({ connection, username, credentials }: LoggedIn): void {
    const { isAnother } = this.#account.welcomed(username, credentials);
    if (isAnother) this.tokens.forgetAccount();
    this.#connectedSince = Date.now();
    this.mercury.attach(connection);
    // What should have been renewed while there was no connection is renewed now, not at its next try.
    this.tokens.recheck();
    void this.#servers.refresh(this.#closing.signal);
    this.#connectMode.follow(username);
  }

  #onState(change: StateChange): void {
    if (change.state !== "ready") {
      this.#connectedSince = undefined;
      this.mercury.detach();
    }
    // An error that only the user can mend: what waits has nothing to wait for.
    if (change.state === "closed" && change.error) {
      this.mercury.fail(change.error);
      void this.#connectMode.unfollow(change.error);
    }
    this.#log("debug", `The session is ${change.state}${change.error ? ` (${change.error.code})` : ""}.`);
    this.emit("state", change);
  }

  #onLoaded(): void {
    this.#guard.restore(this.#slices.rateLimits.value);
    this.#account.loaded();
    this.#expiry.look();
  }

  #onStateProblem(problem: StateProblem | undefined): void {
    if (problem) this.#log("warn", problem.message);
    else this.#log("info", "The account's state can be written again.");
    this.emit("stateProblem", problem);
  }

  #onClockJump(jump: number): void {
    // Only a jump ahead can be sleep, in which a connection dies unnoticed.
    if (jump > 0) {
      const reason = new SpotifyError("UNREACHABLE", "The machine slept, or its clock was set.");
      this.#lifeCycle.reconnect(reason);
      this.#connectMode.reconnect(reason);
    }
    this.tokens.recheck();
  }

  #onSignInsChanged(account: boolean): void {
    this.tokens.forgetRefusals();
    this.tokens.forgetTokensUnless((token) =>
      token.source === "oauth" ? this.#grants.isGood(token.clientId) : this.#account.signedIn,
    );
    // The next to sign in may be another account.
    if (!this.#account.signedIn && this.#grants.all().length === 0) this.tokens.forgetAccount();
    // An own app has nothing to do with the connection, unless another account's is why there is none.
    if (!account && this.state !== "closed") return;
    if (this.#account.signedIn) {
      this.mercury.resume();
    } else {
      this.mercury.fail(notSignedIn());
      void this.#connectMode.unfollow(notSignedIn());
    }
    void this.#lifeCycle.restart(this.#account.signedIn);
  }

  async #onTap(credentials: Credentials, deviceName: string | undefined, signal: AbortSignal): Promise<void> {
    await this.signIns.tap(credentials, this.state === "ready", signal);
    this.#log("info", `Tapped in a Spotify app${deviceName ? ` on ${deviceName}` : ""}.`);
  }

  #onGrantEnded(grant: Grant): void {
    this.#log(
      "warn",
      `The sign-in with the app ${grant.clientId} is over. Sign in again in the account's dialog.`,
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
    this.tokens.forgetAccount();
    await forgetAll(this.#slices, this.#account);
  }

  #obstacle(): SpotifyError | undefined {
    if (!this.#account.signedIn) return notSignedIn(this.#grants.all().length > 0);
    return this.#lifeCycle.obstacle;
  }
}
