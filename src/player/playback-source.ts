/** Where an account's playback is read from when someone asks. */
export interface PlaybackSource {
  /**
   * Reads it once. The player has been given the reading when this resolves.
   * @throws SpotifyError, or the abort reason of `signal`
   */
  refresh(signal: AbortSignal): Promise<void>;
}
