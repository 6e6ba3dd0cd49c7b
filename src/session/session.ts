import { EventEmitter } from "node:events";
import type { SignInExpiring } from "../account/expiry-watch";
import type { SignIns } from "../account/sign-ins";
import type { TapGate } from "../account/tap-gate";
import type { ControllingDevice } from "../connect-state/controlling-device";
import { withDeadline } from "../async/deadline";
import { raceAbort } from "../async/race-abort";
import { parseClientId, type ClientIdReason, type CurrentClientId } from "../core/client-id";
import { SpotifyError } from "../core/errors";
import type { Mercury } from "../mercury/mercury";
import type { ApiRequests } from "../requests/api-requests";
import type { StateProblem } from "../store/problem";
import type { TokenProvider } from "../tokens/provider";
import type { ClientIdChange, ClientIdReport } from "./client-identity";
import { compose, type Parts } from "./compose";
import type { SessionState, StateChange } from "./life-cycle";
import type { SessionOptions } from "./options";
import type { Player } from "./player";
import { react } from "./reactions";
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
  /** The session has begun or stopped to follow which app controls playback. */
  following: ["off" | "connecting" | "connected"];
  /** Something is wrong with the place where the session remembers things, or no longer is. */
  stateProblem: [StateProblem | undefined];
  /** The device has become visible on the LAN, or is no longer. */
  visibility: ["off" | "visible" | "failed"];
}

const CONNECT_TIMEOUT = 30_000;

/**
 * One Spotify account: its connection, its client ID, its tokens. It lends its parts, as librespot's Session does:
 * `session.tokens`, `session.player`, `session.mercury`. `compose.ts` builds it, and `reactions.ts` keeps it going.
 */
export class Session extends EventEmitter<SessionEvents> {
  readonly tokens: TokenProvider;
  readonly mercury: Mercury;
  /** What the account plays, on any of its devices. */
  readonly player: Player;
  /** Any call of the Web API. */
  readonly webApi: ApiRequests;
  /** Who is signed in, and how to sign in and out. */
  readonly signIns: SignIns;
  /** Whom a tap on the LAN may sign in. */
  readonly tapGate: TapGate;
  readonly #parts: Parts;
  /** `connect` was called. */
  #isWanted = false;
  #closed: Promise<void> | undefined;

  /** @throws SpotifyError INVALID_ARGUMENT for any option that cannot be right. Connects nothing yet. */
  constructor(options: SessionOptions = {}) {
    super();
    this.#parts = compose(options);
    this.tokens = this.#parts.tokens;
    this.mercury = this.#parts.mercury;
    this.player = this.#parts.player;
    this.webApi = this.#parts.requests;
    this.signIns = this.#parts.signIns;
    this.tapGate = this.#parts.tapGate;
    react(this.#parts, this);
    this.#parts.state.on("known", () => this.#start());
  }

  /** The current client ID, 32 hex digits. */
  get clientId(): string {
    return this.#parts.identity.clientId;
  }

  /** The current client ID, and why and when it was set. */
  get clientIdState(): CurrentClientId {
    return this.#parts.identity;
  }

  /** Whether the device is on the LAN for Spotify's apps to see; `off` unless `connect` was asked for. */
  get visibility(): "off" | "visible" | "failed" {
    return this.#parts.discovery?.state ?? "off";
  }

  /** Why the device is not visible, if it should be. The session goes on trying. */
  get visibilityError(): SpotifyError | undefined {
    return this.#parts.discovery?.error;
  }

  /** The port on which Spotify's apps tap the device, while it is visible. */
  get discoveryPort(): number | undefined {
    return this.#parts.discovery?.port;
  }

  /** What is wrong with the place where the session remembers things; undefined if nothing is. */
  get stateProblem(): StateProblem | undefined {
    return this.#parts.state.problem;
  }

  /** Whether the session follows which app controls playback, and what went wrong last. */
  get following(): { state: "off" | "connecting" | "connected"; error: SpotifyError | undefined } {
    const { state, error } = this.#parts.follower.dealer;
    return { state, error };
  }

  get state(): SessionState {
    return this.#parts.lifeCycle.state;
  }

  /** The last thing that went wrong; undefined while the session is ready. */
  get error(): SpotifyError | undefined {
    return this.#parts.lifeCycle.error;
  }

  /** The account's username, if it is known. */
  get username(): string | undefined {
    return this.#parts.username();
  }

  /** ms since the epoch; undefined while there is no connection. */
  get connectedSince(): number | undefined {
    return this.#parts.lifeCycle.connectedSince;
  }

  /**
   * What Spotify knows this device by. Made with the first use if it was neither given nor remembered; what is
   * remembered is known once the session connects.
   */
  get deviceId(): string {
    return this.#parts.deviceId.value;
  }

  /**
   * Connects and logs in, and keeps the session connected from then on.
   *
   * A session without credentials connects nothing, and resolves.
   *
   * @param timeout ms to wait; the session goes on trying after that
   * @throws SpotifyError: what only the user can mend (BAD_CREDENTIALS, PREMIUM_REQUIRED, TRAVEL_RESTRICTION,
   *   INVALID_CLIENT), at once; UNREACHABLE if what the account remembers cannot be read: the session connects when
   *   it can; UNTRUSTED_SERVER and any other refusal of the login, at once; else the last failure when the time is over; CLOSED
   */
  async connect({ timeout = CONNECT_TIMEOUT }: { timeout?: number } = {}): Promise<void> {
    const { closing } = this.#parts;
    closing.signal.throwIfAborted();
    const started = performance.now();
    const late = (): SpotifyError =>
      new SpotifyError("TIMEOUT", "What the account remembers was not read in time.");
    const opening = this.#open();
    await withDeadline(timeout, late, (signal) => raceAbort(signal, opening), closing.signal);
    const { account, state } = this.#parts;
    if (state.whyUnknown) throw state.whyUnknown;
    if (!account.signedIn || this.state === "ready") return;
    await untilReady(this.#parts.lifeCycle, Math.max(0, timeout - (performance.now() - started)));
  }

  async #open(): Promise<void> {
    const { state, closing } = this.#parts;
    await state.load();
    closing.signal.throwIfAborted();
    this.#isWanted = true;
    this.#start();
  }

  /** Nothing begins while it is not known who is signed in: a sign-out would come undone, and accounts would mix. */
  #start(): void {
    const { state, discovery, connection } = this.#parts;
    if (!this.#isWanted || !state.isKnown) return;
    void discovery?.start();
    connection.open();
  }

  /**
   * Sets the client ID, as librespot's `set_client_id` does when Spotify names the app that took control. A pinned
   * session takes over only what is `configured`, and reports the rest.
   * @param device whose app it is, if it is known
   * @throws SpotifyError INVALID_ARGUMENT if it is not a client ID
   */
  setClientId(clientId: string, reason: ClientIdReason = "configured", device?: ControllingDevice): void {
    this.#parts.control.controlTaken(parseClientId(clientId), reason, device);
  }

  /** Ends the session: its connection, its requests, its timers. What it remembers is safe when this resolves. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { closing, channel, nowPlaying, playback, follower, discovery, lifeCycle, pool } = this.#parts;
    const { login5, clientToken, oauth, changes, endpoint, http, state } = this.#parts;
    const closed = new SpotifyError("CLOSED", "The account's connection is closed.");
    closing.abort(closed);
    nowPlaying.reset(closed);
    playback.choose();
    channel.fail(closed);
    await Promise.all([follower.stop(closed), discovery?.close()]);
    await lifeCycle.close();
    pool.close();
    login5.close();
    clientToken.close();
    // What Spotify has granted must be on disk, or it is lost.
    await Promise.all([oauth.close(), changes.settled(endpoint.settled())]);
    await http.close();
    await state.close();
    for (const emitter of [this, this.tokens, this.player, this.signIns, this.tapGate])
      emitter.removeAllListeners();
  }
}
