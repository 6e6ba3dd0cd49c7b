import type { PlaybackDevice, PlaybackState } from "../player/playback-state";

/** An account's playback at one moment, as commands need it. */
export interface Scene {
  state: PlaybackState;
  /** The devices that Spotify lists, the active one among them. Without hidden ones and without this one. */
  targets: readonly Target[];
  /** Changes whenever an item begins, even if it is the same one again; undefined if the source does not say. */
  playbackId: string | undefined;
  /** When Spotify made it, by Spotify's clock, ms since the epoch; undefined if the source does not say. */
  serverTime: number | undefined;
  /** Of the command that caused this scene, if Spotify says it. */
  ackId: string | undefined;
}

/** A device that commands can be sent to. */
export interface Target extends PlaybackDevice {
  /** Other names under which people and groups know it. */
  aliases: readonly string[];
  /** Whether Spotify's Web API refuses to control it, as it does for Sonos. */
  isRestricted: boolean;
}

/** Where scenes come from: from what Spotify pushes, or from the Web API. */
export interface SceneSource {
  /**
   * What holds now. The newest push, if pushes come; else it is asked for.
   * @throws SpotifyError if it cannot be read; or the abort reason of `signal`
   */
  now(signal: AbortSignal): Promise<Scene>;
  /**
   * Asks Spotify for what holds now, even if pushes come.
   * @throws SpotifyError if it cannot be read; or the abort reason of `signal`
   */
  ask(signal: AbortSignal): Promise<Scene>;
  /**
   * Calls `listener` with each newer scene. If nothing is pushed, it is asked for at short intervals meanwhile.
   * @returns stops
   */
  watch(listener: (scene: Scene) => void): () => void;
}
