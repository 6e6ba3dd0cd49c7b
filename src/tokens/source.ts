import type { MintedToken, TokenSourceName } from "./token";

/** Something that mints tokens. */
export interface TokenSource {
  readonly name: TokenSourceName;
  /**
   * Mints a token that has these scopes, for this client ID.
   * @throws SpotifyError, or the abort reason of `signal`
   */
  mint(scopes: readonly string[], clientId: string, signal: AbortSignal): Promise<MintedToken>;
}
