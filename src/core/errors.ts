/**
 * What can go wrong, as a program tells it apart. The codes are a contract: flows branch on them.
 */
export type SpotifyErrorCode =
  | "INVALID_SCOPE"
  | "REQUEST_REFUSED"
  | "INVALID_CLIENT"
  | "NOT_SIGNED_IN"
  | "SIGN_IN_EXPIRED"
  | "BAD_CREDENTIALS"
  | "PREMIUM_REQUIRED"
  | "TRAVEL_RESTRICTION"
  | "RATE_LIMITED"
  | "UNREACHABLE"
  | "TIMEOUT"
  | "UNTRUSTED_SERVER"
  | "PROTOCOL_ERROR"
  | "INVALID_ARGUMENT"
  | "CLOSED"
  | "NO_ACTIVE_DEVICE"
  | "DEVICE_NOT_FOUND"
  | "RESTRICTED"
  | "NOT_CONFIRMED";

/** What an error says besides its code and its message, if it applies. */
export interface SpotifyErrorDetails {
  /** The client ID (32 hex digits) that the failed request named. */
  clientId?: string;
  /** The scopes the failed request asked for. */
  scopes?: readonly string[];
  /** Seconds after which asking again makes sense. */
  retryAfter?: number;
  /** Spotify's own word for why it declines. */
  reason?: string;
  /** The HTTP status of the answer. */
  statusCode?: number;
  cause?: unknown;
}

/**
 * The one error class of this package.
 *
 * `message` is a sentence that a user can act on. Neither it nor any property ever holds a token, a credential
 * or a key.
 */
export class SpotifyError extends Error {
  override readonly name = "SpotifyError";
  readonly code: SpotifyErrorCode;
  readonly clientId?: string;
  readonly scopes?: readonly string[];
  readonly retryAfter?: number;
  readonly reason?: string;
  readonly statusCode?: number;

  constructor(code: SpotifyErrorCode, message: string, details: SpotifyErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    if (details.clientId !== undefined) this.clientId = details.clientId;
    if (details.scopes !== undefined) this.scopes = details.scopes;
    if (details.retryAfter !== undefined) this.retryAfter = details.retryAfter;
    if (details.reason !== undefined) this.reason = details.reason;
    if (details.statusCode !== undefined) this.statusCode = details.statusCode;
  }
}

/** `error` itself if it is a SpotifyError, else one of code `code` that keeps it as its cause. */
export function toSpotifyError(error: unknown, code: SpotifyErrorCode, message: string): SpotifyError {
  return error instanceof SpotifyError ? error : new SpotifyError(code, message, { cause: error });
}
