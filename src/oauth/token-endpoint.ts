import { SpotifyError } from "../core/errors";
import { parseJson, type HttpClient, type HttpResponse } from "../net/client";
import type { RateLimitGuard } from "../net/rate-limit-guard";

/** An answer of the token endpoint. */
export interface OAuthTokens {
  accessToken: string;
  /** Seconds, counted from the request. */
  lifetime: number;
  /** null if the answer does not name them: those asked for. RFC 6749, section 5.1. */
  scopes: string[] | null;
  /** undefined if the refresh token that was used stays valid. */
  refreshToken: string | undefined;
}

/** An OAuth error: RFC 6749, section 5.2; RFC 8628, section 3.5. */
export class OAuthRefusal extends SpotifyError {
  readonly error: string;

  constructor(error: string, clientId: string) {
    // The text comes from a server and may be the name of a property that every object has.
    const { code, message } = (Object.hasOwn(MEANINGS, error) ? MEANINGS[error] : undefined) ?? {
      code: "PROTOCOL_ERROR" as const,
      message: "Spotify refused for an unknown reason.",
    };
    super(code, message, { clientId });
    this.error = error;
  }
}

type Meaning = Pick<SpotifyError, "code" | "message">;

const MEANINGS: Readonly<Record<string, Meaning>> = {
  invalid_grant: {
    code: "SIGN_IN_EXPIRED",
    message: "This sign-in is over: Spotify no longer accepts it. Sign in again.",
  },
  invalid_client: {
    code: "INVALID_CLIENT",
    message: "Spotify does not know this client ID. Look it up on developer.spotify.com.",
  },
  unauthorized_client: {
    code: "INVALID_CLIENT",
    message: "Spotify does not allow this client ID this way of signing in.",
  },
  unsupported_grant_type: {
    code: "INVALID_CLIENT",
    message: "Spotify does not allow this way of signing in.",
  },
  invalid_scope: {
    code: "INVALID_SCOPE",
    message: "Spotify does not give this client ID one of the scopes.",
  },
  invalid_request: { code: "PROTOCOL_ERROR", message: "Spotify could not read the request for a token." },
  access_denied: { code: "NOT_SIGNED_IN", message: "The sign-in was cancelled on Spotify's page." },
  expired_token: { code: "TIMEOUT", message: "The code has run out. Ask for a new one." },
  authorization_pending: { code: "TIMEOUT", message: "The code has not been entered yet." },
  slow_down: { code: "TIMEOUT", message: "Spotify wants to be asked less often." },
};

const PATH = "/api/token";
const TIMEOUT = 20_000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** An access token lives for an hour. An answer that says more than a day is cut to a day, s. */
const MAX_LIFETIME = 86_400;

/** Spotify's token endpoint: trades codes for grants, and grants for access tokens. RFC 6749. */
export class TokenEndpoint {
  readonly #http: HttpClient;
  readonly #guard: RateLimitGuard;
  readonly #url: string;
  readonly #asking = new Set<Promise<unknown>>();

  /** @param accounts base URL of accounts.spotify.com */
  constructor(http: HttpClient, guard: RateLimitGuard, accounts: string) {
    this.#http = http;
    this.#guard = guard;
    this.#url = accounts + PATH;
  }

  /**
   * Sends one request, and never repeats it: a code works once, and a refresh token that was rotated is dead.
   *
   * @param fields of the grant type; `client_id` is added
   * @throws OAuthRefusal; SpotifyError RATE_LIMITED, UNREACHABLE, TIMEOUT, PROTOCOL_ERROR
   */
  async ask(
    clientId: string,
    fields: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<OAuthTokens> {
    this.check(clientId);
    const asking = this.#ask(clientId, fields, signal);
    this.#asking.add(asking);
    return asking.finally(() => this.#asking.delete(asking));
  }

  /** @throws SpotifyError RATE_LIMITED if Spotify has told this client ID to wait */
  check(clientId: string): void {
    this.#guard.check(clientId, new URL(this.#url).host);
  }

  /** Resolves when all requests under way have ended. Never rejects. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#asking);
  }

  async #ask(
    clientId: string,
    fields: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<OAuthTokens> {
    const { host } = new URL(this.#url);
    const response = await this.#http.request(this.#url, {
      method: "POST",
      form: { client_id: clientId, ...fields },
      timeout: TIMEOUT,
      maxBytes: MAX_ANSWER_BYTES,
      signal,
    });
    this.#guard.learn(clientId, host, response);
    return readTokens(response, clientId, host);
  }
}

function readTokens(response: HttpResponse, clientId: string, host: string): OAuthTokens {
  if (response.status >= 500) {
    throw new SpotifyError("UNREACHABLE", `${host} has a problem (HTTP ${response.status}).`, { clientId });
  }
  const document = parseJson(response.body) as Record<string, unknown> | null | undefined;
  if (response.status !== 200) {
    const error = typeof document === "object" ? document?.["error"] : undefined;
    if (typeof error === "string") throw new OAuthRefusal(error, clientId);
    throw new SpotifyError("PROTOCOL_ERROR", `${host} answered HTTP ${response.status}.`, { clientId });
  }
  const accessToken = document?.["access_token"];
  const lifetime = Number(document?.["expires_in"]);
  const scope = document?.["scope"];
  const refreshToken = document?.["refresh_token"];
  if (!isSecret(accessToken) || !(lifetime > 0)) {
    throw new SpotifyError("PROTOCOL_ERROR", `${host} answered with something that is not a token.`, {
      clientId,
    });
  }
  return {
    accessToken,
    lifetime: Math.min(lifetime, MAX_LIFETIME),
    scopes: typeof scope === "string" ? scope.split(" ").filter((item) => item !== "") : null,
    refreshToken: isSecret(refreshToken) ? refreshToken : undefined,
  };
}

/** Printable ASCII, which can stand in a header. */
function isSecret(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]{1,4096}$/.test(value);
}
