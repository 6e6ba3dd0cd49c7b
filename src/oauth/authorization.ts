import { randomBytes, timingSafeEqual } from "node:crypto";
import { SpotifyError } from "../core/errors";
import { raceAbort } from "../async/race-abort";
import { makePkce, type Pkce } from "./pkce";
import { checkRedirectUri } from "./redirect-uri";
import { OAuthRefusal, type OAuthTokens, type TokenEndpoint } from "./token-endpoint";

/** ms the user has to agree. */
export const AUTHORIZATION_LIFE = 10 * 60_000;
const MAX_CALLBACK_LENGTH = 8 * 1024;

export interface AuthorizationOptions {
  /** Base URL of accounts.spotify.com. */
  accounts: string;
  /** 32 hex digits */
  clientId: string;
  redirectUri: string;
  scopes: readonly string[];
}

/**
 * One sign-in with the user's own app: authorization code with PKCE (S256), without a client secret. State and verifier
 * work once, and expire.
 *
 * Source: RFC 6749, section 4.1; RFC 7636; Spotify's page on PKCE.
 */
export class Authorization {
  /** The address for the browser. It holds no secret: the challenge, not the verifier. */
  readonly url: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** When the sign-in expires, ms since the epoch. */
  readonly expiresAt = Date.now() + AUTHORIZATION_LIFE;
  readonly state = randomBytes(24).toString("base64url");
  readonly #redirectUri: string;
  readonly #pkce: Pkce = makePkce();
  #used = false;
  #received: OAuthTokens | undefined;

  /** @throws SpotifyError INVALID_ARGUMENT for a redirect address that Spotify would refuse */
  constructor({ accounts, clientId, redirectUri, scopes }: AuthorizationOptions) {
    this.clientId = clientId;
    this.scopes = scopes;
    this.#redirectUri = checkRedirectUri(redirectUri);
    const query = new URLSearchParams({
      response_type: "code",
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: scopes.join(" "),
      state: this.state,
      code_challenge_method: "S256",
      code_challenge: this.#pkce.challenge,
    });
    this.url = `${accounts}/authorize?${query.toString()}`;
  }

  /**
   * The tokens that Spotify gave for the code. A code works once, so they are kept until `forget`: if the session closes
   * meanwhile, another one can finish the sign-in.
   */
  get received(): OAuthTokens | undefined {
    return this.#received;
  }

  forget(): void {
    this.#received = undefined;
  }

  /** Whether an address to which the browser came back belongs to this sign-in. */
  matches(callback: string): boolean {
    return sameText(queryOf(callback)?.get("state") ?? "", this.state);
  }

  /**
   * Finishes the sign-in with the address to which the browser came back. The browser calls it, or the user pastes it.
   *
   * @throws SpotifyError INVALID_ARGUMENT if the address does not belong to this sign-in, or the sign-in was used or has
   *   expired; OAuthRefusal if the user or Spotify refuses; what the token endpoint throws
   */
  async finish(callback: string, endpoint: TokenEndpoint, signal?: AbortSignal): Promise<OAuthTokens> {
    const query = queryOf(callback);
    if (!query || !this.matches(callback)) {
      throw new SpotifyError(
        "INVALID_ARGUMENT",
        "This address does not belong to the sign-in that was begun here.",
      );
    }
    if (this.#used || Date.now() >= this.expiresAt) {
      throw new SpotifyError(
        "INVALID_ARGUMENT",
        "This sign-in was used already, or has run out. Begin again.",
      );
    }
    this.#used = true;
    const error = query.get("error");
    if (error !== null) throw new OAuthRefusal(error, this.clientId);
    const code = query.get("code");
    if (!code)
      throw new SpotifyError("INVALID_ARGUMENT", "This address holds no code. Copy the whole of it.");
    const fields = {
      grant_type: "authorization_code",
      code,
      redirect_uri: this.#redirectUri,
      code_verifier: this.#pkce.verifier,
    };
    const asking = endpoint.ask(this.clientId, fields).then((tokens) => (this.#received = tokens));
    return signal ? raceAbort(signal, asking) : asking;
  }
}

function queryOf(callback: string): URLSearchParams | undefined {
  if (callback.length > MAX_CALLBACK_LENGTH) return undefined;
  try {
    return new URL(callback.trim()).searchParams;
  } catch {
    return undefined;
  }
}

function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
