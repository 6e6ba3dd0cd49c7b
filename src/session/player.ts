import { EventEmitter } from "node:events";
import type { SpotifyError } from "../core/errors";
import type { NowPlaying } from "../player/now-playing";
import type { CommandOptions, Outcome, SearchType } from "../playback/command";
import type { Commands } from "../playback/commands";
import type { ListedDevice } from "../playback/listed-device";
import type { Action } from "../playback/actions";
import { readCommand } from "../playback/read-command";
import type { Snapshot } from "../playback/snapshot";
import type { PlaybackState, PlayerChange, RepeatMode } from "../player/playback-state";
import type { OwnPlaylists } from "../playlists/own-playlists";
import type { Playlist } from "../playlists/playlist";
import type { AccountPlayback } from "./account-playback";

/** What to play. With none of `uri`, `uris`, `context` and `search`, what was paused goes on. */
export interface PlayRequest {
  /** URI or open.spotify.com address of anything that can be played. */
  uri?: string;
  /** Of tracks and episodes. */
  uris?: readonly string[];
  /** Of a playlist, an album, an artist or a show. */
  context?: string;
  /** Words; the best match is played. */
  search?: string;
  /** What kind of match `search` looks for. */
  type?: SearchType;
  /** The item to begin with: its number from 0, or its URI. */
  offset?: number | string;
  /** ms, or `1:30` */
  position?: number | string;
  shuffle?: boolean;
  repeat?: RepeatMode;
  /** Percent. */
  volume?: number | string;
  /** ID or name. */
  device?: string;
}

/**
 * What an account plays, on any of its devices, and its remote control.
 *
 *     session.player.on("change", ({ state, changed }) => …);
 *     await session.player.play({ search: "jazz", device: "Kitchen", volume: 20 });
 *
 * Commands are carried out one after another, in the order in which they came. Each resolves with the playback that
 * followed when it has happened, or, with `confirm: false`, at the server's answer. Each throws SpotifyError:
 * INVALID_ARGUMENT, NO_ACTIVE_DEVICE, DEVICE_NOT_FOUND, RESTRICTED, NOT_CONFIRMED, NOT_SIGNED_IN, CLOSED, or what the request
 * fails with.
 *
 * Emits `change` when something is different from what was told last, once for a push. Emits `trouble` with each error
 * that kept playback from being read: the session goes on trying.
 */
export class Player extends EventEmitter<{ change: [PlayerChange]; trouble: [SpotifyError] }> {
  readonly #nowPlaying: NowPlaying;
  readonly #playback: AccountPlayback;
  readonly #commands: Pick<Commands, "run">;
  readonly #playlists: Pick<OwnPlaylists, "list">;

  constructor(
    nowPlaying: NowPlaying,
    playback: AccountPlayback,
    commands: Pick<Commands, "run">,
    playlists: Pick<OwnPlaylists, "list">,
  ) {
    super();
    this.#nowPlaying = nowPlaying;
    this.#playback = playback;
    this.#commands = commands;
    this.#playlists = playlists;
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

  /** @param request a text is a URI, an address, or words to search for */
  play(request: PlayRequest | string = {}, options?: CommandOptions): Promise<PlaybackState> {
    return this.#run("play", request, options);
  }

  pause(options?: CommandOptions): Promise<PlaybackState> {
    return this.#run("pause", undefined, options);
  }

  resume(options?: CommandOptions): Promise<PlaybackState> {
    return this.#run("play", undefined, options);
  }

  /** Pauses if something plays, else goes on. */
  toggle(options?: CommandOptions): Promise<PlaybackState> {
    return this.#run("toggle", undefined, options);
  }

  next(options?: CommandOptions): Promise<PlaybackState> {
    return this.#run("next", undefined, options);
  }

  previous(options?: CommandOptions): Promise<PlaybackState> {
    return this.#run("previous", undefined, options);
  }

  /** @param to ms; `1:30`; or `+10s` and `-10s` */
  seek(to: number | string, options?: CommandOptions): Promise<PlaybackState> {
    return this.#run("seek", to, options);
  }

  /** @param to percent; `+5` and `-5`; or with the seconds in which the volume fades to it */
  setVolume(
    to: number | string | { volume: number | string; over: number },
    options?: CommandOptions,
  ): Promise<PlaybackState> {
    return this.#run("volume", to, options);
  }

  setShuffle(to: boolean | "toggle", options?: CommandOptions): Promise<PlaybackState> {
    return this.#run("shuffle", to, options);
  }

  setRepeat(to: RepeatMode | "toggle", options?: CommandOptions): Promise<PlaybackState> {
    return this.#run("repeat", to, options);
  }

  /** Moves what plays to another device. @param device ID or name */
  transfer(device: string, options?: CommandOptions): Promise<PlaybackState> {
    return this.#run("transfer", device, options);
  }

  /** Puts tracks or episodes behind what is queued already. */
  queue(uris: string | readonly string[], options?: CommandOptions): Promise<PlaybackState> {
    return this.#run("queue", uris, options);
  }

  /** Adds to the account's library. @param uris default: what plays */
  like(uris?: string | readonly string[], options?: CommandOptions): Promise<PlaybackState> {
    return this.#run("like", uris, options);
  }

  /** Removes from the account's library. @param uris default: what plays */
  unlike(uris?: string | readonly string[], options?: CommandOptions): Promise<PlaybackState> {
    return this.#run("unlike", uris, options);
  }

  /** What plays where and how, to be restored later. */
  async snapshot(options?: CommandOptions): Promise<Snapshot> {
    return (await this.command("snapshot", undefined, options)).snapshot!;
  }

  restore(snapshot: Snapshot, options?: CommandOptions): Promise<PlaybackState> {
    return this.#run("restore", snapshot, options);
  }

  /** The devices that Spotify lists, and those that are asleep on the local network. */
  async devices(options?: CommandOptions): Promise<readonly ListedDevice[]> {
    return (await this.command("devices", undefined, options)).devices!;
  }

  /**
   * The playlists in the account's library, its own and those it follows, at most 500, in the order of Spotify's apps. Works
   * with any sign-in; an app of the user's own needs the permission `playlist-read-private`.
   * @throws SpotifyError NOT_SIGNED_IN, INVALID_SCOPE, REQUEST_REFUSED, CLOSED, or what the request fails with
   */
  playlists({ signal }: Pick<CommandOptions, "signal"> = {}): Promise<Playlist[]> {
    return this.#playlists.list(signal);
  }

  /**
   * Carries out an action by its name, as a message names it.
   * @param value what the method of this action takes
   */
  async command(action: Action, value?: unknown, options: CommandOptions = {}): Promise<Outcome> {
    // A message that moves what plays to a device that is named beside it may hold anything.
    const isMoved = action === "transfer" && options.device !== undefined;
    const { command, device = options.device } = readCommand(action, isMoved ? undefined : value);
    return this.#commands.run(command, { ...options, ...(device !== undefined && { device }) });
  }

  async #run(action: Action, value: unknown, options?: CommandOptions): Promise<PlaybackState> {
    return (await this.command(action, value, options)).state;
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
