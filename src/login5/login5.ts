import { SpotifyError } from "../core/errors";
import type { HttpClient, HttpResponse } from "../net/client";
import type { RateLimitGuard } from "../net/rate-limit-guard";
import { LoginResponseSchema, type LoginOk } from "../proto/gen/login5_pb";
import { Backoff } from "../async/backoff";
import { giveUpOnFailure, retry } from "../async/retry";
import type { MintedToken, TokenSource } from "../core/token";
import type { ClientToken } from "./client-token";
import { clientTokenTrouble } from "./client-token-trouble";
import { Exchange, isPassing } from "./exchange";
import { loginRequest, prove, readToken, type Proof, type StoredCredential } from "./login5-messages";
import { Login5Failure } from "./login5-failure";
import { SingleFlight } from "../async/single-flight";

const PATH = "/v3/login";
/** How often a login is tried in all. Source: librespot core/src/login5.rs, MAX_LOGIN_TRIES. */
const MAX_TRIES = 3;
/** How often challenges are answered in all. */
const MAX_ROUNDS = 3;
/** ms before the next try if Spotify is busy. Source: librespot core/src/login5.rs, LOGIN_TIMEOUT. */
const WAIT = 3_000;
const MAX_CREDENTIAL_BYTES = 4096;

/** What Login5 needs of its session. */
export interface Login5Options {
  http: HttpClient;
  guard: RateLimitGuard;
  /** Base URL of the login service. */
  endpoint: string;
  clientToken: ClientToken;
  deviceId(): string;
  /** The stored credential of the account; undefined if there is none. */
  credentials(): StoredCredential | undefined;
  /**
   * Receives the credential of an answer if it differs from the one that was `used`. Must check that no sign-in has replaced
   * `used` meanwhile. The token is handed out when this has resolved.
   */
  keepCredential(credential: StoredCredential, used: StoredCredential): void | Promise<void>;
}

/**
 * Login5: tokens for Spotify's own services, for example its dealer and spclient. They have no scopes, and the public Web
 * API refuses them.
 *
 * Callers who ask for the same client ID at the same time share one login. Tokens are not remembered here.
 *
 * Source: librespot core/src/login5.rs.
 */
export class Login5 implements TokenSource {
  readonly name = "login5";
  readonly #options: Login5Options;
  readonly #exchange: Exchange;
  readonly #logins = new SingleFlight<string, MintedToken>();

  constructor(options: Login5Options) {
    this.#options = options;
    this.#exchange = new Exchange(options.http, options.guard, options.endpoint + PATH);
  }

  /**
   * @param scopes must be empty: Login5 has no scopes
   * @param clientId with which the stored credential was made
   * @throws SpotifyError INVALID_ARGUMENT for scopes; NOT_SIGNED_IN; BAD_CREDENTIALS; INVALID_CLIENT for another client ID
   *   than the credential's; REQUEST_REFUSED if Spotify refuses a client token that it has just given; RATE_LIMITED;
   *   TIMEOUT; UNREACHABLE; PROTOCOL_ERROR; CLOSED; or the abort reason of `signal`
   */
  async mint(scopes: readonly string[], clientId: string, signal: AbortSignal): Promise<MintedToken> {
    if (scopes.length > 0) {
      throw new SpotifyError(
        "INVALID_ARGUMENT",
        "A token of login5 has no scopes, and the Web API refuses it. Leave the scopes out, or choose another source.",
        { clientId, scopes: [...scopes] },
      );
    }
    const credential = this.#signedIn(clientId);
    const { username, data } = credential;
    // A new sign-in does not share the login of the one before.
    const name = `${clientId} ${username} ${Buffer.from(data).toString("base64")}`;
    const minted = await this.#logins.join(name, signal, (either) =>
      this.#logIn(clientId, credential, either),
    );
    return { ...minted };
  }

  close(): void {
    this.#logins.close();
  }

  #logIn(clientId: string, credential: StoredCredential, signal: AbortSignal): Promise<MintedToken> {
    let rounds = 0;
    let hasRenewed = false;
    const logIn = async (): Promise<MintedToken> => {
      // A proof is valid for one login.
      for (let proof: Proof | undefined; ;) {
        const clientToken = await giveUpOnFailure(this.#options.clientToken.get(signal));
        const askedAt = Date.now();
        const response = await this.#post(clientId, credential, proof, clientToken, signal);
        const trouble = clientTokenTrouble(response, clientId, hasRenewed);
        if (trouble) {
          this.#options.clientToken.refused(clientToken);
          if (trouble !== "renew") throw trouble;
          hasRenewed = true;
          continue;
        }
        const answer = this.#exchange.read(LoginResponseSchema, response, clientId);
        switch (answer.response.case) {
          case "ok":
            return await this.#accept(answer.response.value, clientId, credential, askedAt);
          case "error":
            throw new Login5Failure(answer.response.value, clientId);
          case "challenges":
            if (++rounds > MAX_ROUNDS) throw endless(clientId);
            proof = await prove(answer.loginContext, answer.response.value, clientId, signal);
            break;
          default:
            throw new SpotifyError("PROTOCOL_ERROR", "Spotify's login gave an empty answer.", { clientId });
        }
      }
    };
    const backoff = new Backoff(500, 4_000);
    return retry(logIn, {
      tries: MAX_TRIES,
      backoff: { next: (error) => (error instanceof Login5Failure ? WAIT : backoff.next()) },
      signal,
      mayHelp: (error) => (error instanceof Login5Failure ? error.mayPass : isPassing(error)),
    });
  }

  #post(
    clientId: string,
    credential: StoredCredential,
    proof: Proof | undefined,
    clientToken: string,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const request = loginRequest(clientId, this.#options.deviceId(), credential, proof);
    return this.#exchange.post(request, clientId, signal, { "client-token": clientToken });
  }

  async #accept(
    ok: LoginOk,
    clientId: string,
    used: StoredCredential,
    askedAt: number,
  ): Promise<MintedToken> {
    const minted = readToken(ok, clientId, askedAt);
    // The user has signed out or changed the account meanwhile: the token does not belong to this account.
    if (this.#signedIn(clientId).username !== used.username) throw notSignedIn(clientId);
    const { username, storedCredential: data } = ok;
    const isKept = username === used.username && data.length > 0 && data.length <= MAX_CREDENTIAL_BYTES;
    if (isKept && !Buffer.from(data).equals(used.data)) {
      await this.#options.keepCredential({ username, data }, used);
    }
    return minted;
  }

  #signedIn(clientId: string): StoredCredential {
    const credential = this.#options.credentials();
    if (!credential) throw notSignedIn(clientId);
    return credential;
  }
}

function notSignedIn(clientId: string): SpotifyError {
  return new SpotifyError(
    "NOT_SIGNED_IN",
    "Login5 knows no sign-in of this account. Sign in by pairing, or by choosing this device in the Spotify app.",
    { clientId },
  );
}

function endless(clientId: string): SpotifyError {
  const message = "Spotify's login asks for one proof of work after another. Try again later.";
  return new SpotifyError("PROTOCOL_ERROR", message, { clientId });
}
