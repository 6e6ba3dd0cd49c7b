import { EventEmitter } from "node:events";
import type { SpotifyError } from "../core/errors";
import type { NowPlaying } from "../player/now-playing";
import type { PlaybackState, PlayerChange } from "../player/playback-state";
import type { AccountPlayback } from "./account-playback";

/**
 * What an account plays, on any of its devices.
 *
 *     session.player.on("change", ({ state, changed }) => …);
 *
 * Emits `change` when something is different from what was told last, once for a push. Emits `trouble` with each error
 * that kept playback from being read: the session goes on trying.
 */
export class Player extends EventEmitter<{ change: [PlayerChange]; trouble: [SpotifyError] }> {
  readonly #nowPlaying: NowPlaying;
  readonly #playback: AccountPlayback;

  constructor(nowPlaying: NowPlaying, playback: AccountPlayback) {
    super();
    this.#nowPlaying = nowPlaying;
    this.#playback = playback;
    // Every node of an account listens.
    this.setMaxListeners(0);
    this.#tellWhileListenedTo();
  }

  /**
   * What the account plays now; undefined until it is known. The position is computed. All who ask share the lists in it:
   * do not change them.
   */
  get state(): PlaybackState | undefined {
    return this.#nowPlaying.state;
  }

  /** What keeps the session from knowing what the account plays now; undefined if nothing does. */
  get problem(): SpotifyError | undefined {
    return this.#playback.problem;
  }

  /**
   * Reads from Spotify once what the account plays. Waits for a connection that is being opened.
   * @throws SpotifyError NOT_SIGNED_IN; UNREACHABLE or TIMEOUT after 10 s; CLOSED; or what the request fails with
   */
  refresh(): Promise<PlaybackState> {
    return this.#nowPlaying.refresh();
  }

  /** While no one listens, nothing is looked up or asked for. */
  #tellWhileListenedTo(): void {
    const tell = (change: PlayerChange): boolean => this.emit("change", change);
    const isListenedTo = (): boolean => this.listenerCount("change") > 0;
    const events = this as unknown as EventEmitter;
    events.on("newListener", (event) => {
      if (event === "change" && !isListenedTo()) this.#nowPlaying.on("change", tell);
    });
    events.on("removeListener", (event) => {
      if (event === "change" && !isListenedTo()) this.#nowPlaying.off("change", tell);
    });
  }
}
