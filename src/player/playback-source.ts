import type { SpotifyError } from "../core/errors";

/** Where an account's playback is read from. */
export interface PlaybackSource {
  /** What keeps it from reading; undefined if it works. */
  readonly problem: SpotifyError | undefined;
  /**
   * Reads it once. The player has been given the reading when this resolves.
   * @throws SpotifyError, or the abort reason of `signal`
   */
  refresh(signal: AbortSignal): Promise<void>;
}
