/** Where an account's playback is read from. */
export interface PlaybackSource {
  /**
   * Reads it once. What was read has been taken when this resolves.
   * @throws SpotifyError, or the abort reason of `signal`
   */
  refresh(signal: AbortSignal): Promise<void>;
}
