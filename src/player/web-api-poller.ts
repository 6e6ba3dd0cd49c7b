import { EventEmitter } from "node:events";
import { Backoff } from "../async/backoff";
import { SingleFlight } from "../async/single-flight";
import { SpotifyError, toSpotifyError } from "../core/errors";
import type { AppCredential, WebApi } from "../web-api/web-api";
import type { PlaybackState } from "./playback-state";
import type { Reading } from "./reading";
import { readPlayer } from "./web-api-reading";

/** The scope that the player's document needs. */
export const READ_PLAYBACK = ["user-read-playback-state"] as const;

const PLAYER = { path: "/v1/me/player", query: { additional_types: "track,episode" } };

const WHILE_PLAYING = 10_000;
const WHILE_NOT_PLAYING = 30_000;
/**
 * How long to wait after the end of an item and after a command, ms. Before that, the Web API still tells the old state.
 * Source: home-assistant/core#129607.
 */
const SETTLES_AFTER = 1_000;
/** The most that is added to each wait, ms, so that a thousand homes do not ask in the same instant. */
const JITTER = 250;
/** The waits after failures, ms. */
const FAILED_FIRST = 20_000;
const FAILED_MOST = 300_000;

export interface WebApiPollerOptions {
  webApi: Pick<WebApi, "document">;
  /** The tokens of an app whose sign-in covers `READ_PLAYBACK`. */
  credential: AppCredential;
  /** The account's username, if it is known. */
  account: () => string | undefined;
}

/**
 * Reads an account's playback from the Web API, if Spotify pushes nothing. While it runs, it asks at the end of an item and
 * after a command; otherwise every 10 s while something plays, and every 30 s while nothing does. It sends one request at a
 * time. After a failure it waits for 20 s to 5 minutes, and after a rate limit for as long as Spotify says.
 *
 * Emits `reading` with what each request has read, and `trouble` with the error of each request that failed.
 */
export class WebApiPoller extends EventEmitter<{ reading: [Reading]; trouble: [SpotifyError] }> {
  readonly #options: WebApiPollerOptions;
  /** Keyed by the run, because a request of an earlier run may be about another account. */
  readonly #requests = new SingleFlight<AbortController | undefined, void>();
  readonly #failures = new Backoff(FAILED_FIRST, FAILED_MOST);
  #running: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When the next request is due, or the last one was, by the monotonic clock, ms; 0 if none is planned. */
  #next = 0;
  /** When the last command has taken effect, by the monotonic clock, ms. */
  #settled = 0;
  /** The item at whose end the Web API was asked. It is asked once for each end. */
  #askedAtEndOf: string | null | undefined;
  #last: PlaybackState | undefined;
  #problem: SpotifyError | undefined;

  constructor(options: WebApiPollerOptions) {
    super();
    this.#options = options;
  }

  /** What the last request failed with; undefined after one that succeeded, and after the end. */
  get problem(): SpotifyError | undefined {
    return this.#problem;
  }

  /** Begins, with a request at once. Does nothing while it runs. */
  start(): void {
    if (this.#running) return;
    this.#running = new AbortController();
    this.#failures.reset();
    this.#poll(this.#running.signal);
  }

  /** Ends. Aborts the request under way, unless a `refresh` waits for it. */
  stop(): void {
    this.#running?.abort(new SpotifyError("CLOSED", "Playback is no longer read from the Web API."));
    this.#running = undefined;
    this.#problem = undefined;
    this.#cancel();
  }

  /** A command was sent: asks when it has taken effect. Does nothing if it does not run, or waits after a failure. */
  pokeSoon(): void {
    if (!this.#running || this.#problem) return;
    this.#settled = performance.now() + SETTLES_AFTER;
    if (this.#settled < this.#next) this.#plan(SETTLES_AFTER);
  }

  /**
   * Asks once, whether it runs or not, or waits for the request under way. The listeners have the reading when this resolves.
   * @throws SpotifyError as `WebApi.document`; PROTOCOL_ERROR for a document that is not a player's
   */
  refresh(signal: AbortSignal): Promise<void> {
    return this.#requests.join(this.#running, signal, (either) => this.#ask(either));
  }

  #poll(signal: AbortSignal): void {
    // A failure is emitted as `trouble`.
    this.refresh(signal).catch(() => undefined);
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { webApi, credential, account } = this.#options;
    const begun = performance.now();
    let reading: Reading;
    try {
      const document = await webApi.document(PLAYER, credential, signal);
      signal.throwIfAborted();
      reading = readPlayer(document, this.#last, account() ?? null);
    } catch (error) {
      // All callers have left, but the poller may still run.
      if (signal.aborted) this.#plan(WHILE_PLAYING);
      else this.#failed(error);
      throw error;
    }
    this.#last = reading.state;
    this.#problem = undefined;
    this.#failures.reset();
    this.#planNext(reading.state, begun);
    this.emit("reading", reading);
  }

  #failed(thrown: unknown): void {
    const error = toSpotifyError(thrown, "PROTOCOL_ERROR", "Playback could not be read from the Web API.");
    this.#problem = error;
    this.#plan(Math.max(this.#failures.next(), (error.retryAfter ?? 0) * 1000));
    this.emit("trouble", error);
  }

  /** @param begun when the request began, by the monotonic clock, ms */
  #planNext({ playing, uri, duration, position }: PlaybackState, begun: number): void {
    // The Web API was asked before the command took effect.
    if (this.#settled > begun) return this.#plan(Math.max(0, this.#settled - performance.now()));
    const usual = playing ? WHILE_PLAYING : WHILE_NOT_PLAYING;
    const left = playing && duration !== null && position !== null ? duration - position : usual;
    if (left >= usual) this.#askedAtEndOf = undefined;
    const isEndNear = left > 0 && left < usual && this.#askedAtEndOf !== uri;
    if (isEndNear) this.#plan(left + SETTLES_AFTER, uri);
    else this.#plan(usual);
  }

  /** @param endOf the item that ends then */
  #plan(delay: number, endOf?: string | null): void {
    this.#cancel();
    const signal = this.#running?.signal;
    if (!signal) return;
    const wait = delay + Math.random() * JITTER;
    this.#next = performance.now() + wait;
    this.#timer = setTimeout(() => {
      if (endOf !== undefined) this.#askedAtEndOf = endOf;
      this.#poll(signal);
    }, wait);
    this.#timer.unref();
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#next = 0;
  }
}
