import { EventEmitter } from "node:events";
import { settledWithin } from "../async/deadline";
import { raceAbort } from "../async/race-abort";
import type { ClusterView } from "../connect-state/cluster";
import { SpotifyError } from "../core/errors";
import { readPlayback, type Receipt } from "./cluster-reading";
import { differences } from "./differences";
import { lacksNames, withNames } from "./fill-names";
import { HoldBack, type Shown } from "./hold-back";
import { MissingNames } from "./missing-names";
import type { NameSource } from "./names";
import type { PlaybackSource } from "./playback-source";
import type { PlaybackState, PlayerChange } from "./playback-state";
import { stateNow } from "./position";
import type { Reading } from "./reading";
import { ServerClock } from "./server-clock";

/** A message waits this long for the names of what plays, ms. */
const NAMES_WAIT = 500;

export interface NowPlayingOptions {
  names: NameSource;
  source: PlaybackSource;
  /** The username of the account. */
  account: () => string | undefined;
}

/**
 * Keeps what an account plays, and tells what has changed: the inside of a session's `Player`.
 *
 * Emits `change` once for each push that brings something new. Emits `listening` when `change` gets its first listener
 * (true) and when it loses its last one (false). While it has none, a push costs next to nothing: it is kept, and read
 * when `state` is asked for.
 */
export class NowPlaying extends EventEmitter<{ change: [PlayerChange]; listening: [boolean] }> {
  readonly #options: NowPlayingOptions;
  readonly #clock = new ServerClock();
  readonly #holdBack = new HoldBack();
  readonly #missing: MissingNames;
  /** Under way, for all who ask meanwhile. */
  #refreshing: Promise<PlaybackState> | undefined;
  /** Reads what was heard last; undefined once that is done. */
  #unread: (() => Reading) | undefined;
  /** The newest reading, with the names that are known. */
  #newest: Reading | undefined;
  /** What `change` told last, as a reading and as it was told. */
  #told: { reading: Reading; state: PlaybackState } | undefined;
  /** Runs until more of the newest reading can be told. */
  #holdTimer: NodeJS.Timeout | undefined;
  /** Runs while the message waits for names. */
  #namesTimer: NodeJS.Timeout | undefined;
  /** Aborted when the account is left. */
  #life = new AbortController();

  constructor(options: NowPlayingOptions) {
    super();
    this.#options = options;
    this.#missing = new MissingNames(options.names, () => this.#onNames());
    const events = this as unknown as EventEmitter;
    events.on("newListener", (name) => {
      if (name === "change" && !this.#hasListeners) this.#begin();
    });
    events.on("removeListener", (name) => {
      if (name === "change" && !this.#hasListeners) this.#end();
    });
  }

  /** What the account plays now, with the position computed; undefined until it is known. */
  get state(): PlaybackState | undefined {
    const shown = this.#shown();
    return shown && stateNow(shown.reading);
  }

  /**
   * Reads from Spotify once what the account plays. Waits for a connection that is being opened.
   * @throws SpotifyError NOT_SIGNED_IN; UNREACHABLE or TIMEOUT after 10 s; CLOSED; or what the request fails with
   */
  refresh(): Promise<PlaybackState> {
    if (this.#refreshing) return this.#refreshing;
    const refreshing = this.#refresh(this.#life.signal).finally(() => {
      if (this.#refreshing === refreshing) this.#refreshing = undefined;
    });
    this.#refreshing = refreshing;
    return refreshing;
  }

  /** Takes a cluster. */
  readCluster(view: ClusterView): void {
    this.#clock.learn(Number(view.cluster.serverTimestampMs));
    const receipt = this.receipt();
    this.#take(() => readPlayback(view, receipt));
  }

  /** That a cluster has come now. */
  receipt(): Receipt {
    return {
      account: this.#options.account() ?? null,
      receivedAt: performance.now(),
      at: Date.now(),
      serverTime: this.#clock.now(),
    };
  }

  /** A state with the names that are known. */
  named(state: PlaybackState): PlaybackState {
    return withNames(state, this.#newest?.state, this.#options.names);
  }

  /** Takes a reading. */
  read(reading: Reading): void {
    this.#take(() => reading);
  }

  /** Forgets everything: another account is signed in, or none. */
  reset(reason = new SpotifyError("CLOSED", "Another account is signed in, or none.")): void {
    this.#life.abort(reason);
    this.#life = new AbortController();
    this.#refreshing = undefined;
    this.#unread = undefined;
    this.#newest = undefined;
    this.#missing.reset(reason);
    this.#forgetTold();
  }

  async #refresh(signal: AbortSignal): Promise<PlaybackState> {
    await raceAbort(signal, this.#options.source.refresh(signal));
    signal.throwIfAborted();
    this.#lookUpNames();
    const names = this.#missing.underWay(this.#newest?.state.uri ?? null);
    if (names) await settledWithin(NAMES_WAIT, names);
    signal.throwIfAborted();
    const { state } = this;
    if (!state) throw new SpotifyError("UNREACHABLE", "Spotify did not say what the account plays.");
    return state;
  }

  get #hasListeners(): boolean {
    return this.listenerCount("change") > 0;
  }

  /** The first listener comes. What is known already is not told as a change. */
  #begin(): void {
    this.#lookUpNames();
    if (this.#newest) this.#told = { reading: this.#newest, state: stateNow(this.#newest) };
    this.emit("listening", true);
  }

  /** The last listener has left. */
  #end(): void {
    this.#forgetTold();
    this.emit("listening", false);
  }

  #forgetTold(): void {
    this.#told = undefined;
    this.#holdBack.reset();
    clearTimeout(this.#holdTimer);
    this.#stopWaitingForNames();
  }

  #take(read: () => Reading): void {
    this.#unread = read;
    if (!this.#hasListeners) return;
    this.#lookUpNames();
    this.#tell();
  }

  /** The newest reading. */
  #read(): Reading | undefined {
    const reading = this.#unread?.();
    this.#unread = undefined;
    if (reading) this.#newest = { ...reading, state: this.named(reading.state) };
    return this.#newest;
  }

  /** The newest reading without what is held back. */
  #shown(): Shown | undefined {
    const newest = this.#read();
    if (!newest || !this.#told) return newest && { reading: newest, until: undefined };
    return this.#holdBack.apply(newest, this.#told.reading, performance.now());
  }

  /** Tells what is different, unless the message waits for names. */
  #tell(waitsForNames = true): void {
    const shown = this.#shown();
    clearTimeout(this.#holdTimer);
    if (!shown) return;
    const { reading, until } = shown;
    if (until !== undefined) this.#holdTimer = later(until - performance.now(), () => this.#tell());
    if (waitsForNames && this.#areNamesComing(reading.state)) {
      this.#namesTimer ??= later(NAMES_WAIT, () => this.#tell(false));
      return;
    }
    this.#stopWaitingForNames();
    const told = this.#told;
    const changed = told ? differences(told.reading, reading) : [];
    if (told && changed.length === 0) {
      // Only the speed of the position is new, for example because a device has filled its buffer.
      if (told.reading.speed !== reading.speed) this.#told = { reading, state: told.state };
      return;
    }
    const state = stateNow(reading);
    this.#told = { reading, state };
    this.emit("change", { state, previous: told?.state, changed });
  }

  /** Whether the names of an item that was not told yet are being looked up. */
  #areNamesComing(state: PlaybackState): boolean {
    const { uri } = state;
    return uri !== this.#told?.state.uri && lacksNames(state) && this.#missing.underWay(uri) !== undefined;
  }

  #stopWaitingForNames(): void {
    clearTimeout(this.#namesTimer);
    this.#namesTimer = undefined;
  }

  /** Looks up the names that the newest reading lacks. */
  #lookUpNames(): void {
    const state = this.#read()?.state;
    if (state) this.#missing.lookUp(state);
  }

  #onNames(): void {
    const newest = this.#newest;
    if (newest) this.#newest = { ...newest, state: withNames(newest.state, undefined, this.#options.names) };
    if (this.#hasListeners) this.#tell();
  }
}

/** A timer that does not keep the process alive. */
function later(delay: number, action: () => void): NodeJS.Timeout {
  return setTimeout(action, Math.max(0, Math.ceil(delay))).unref();
}
