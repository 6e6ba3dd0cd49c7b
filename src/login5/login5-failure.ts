import { SpotifyError, type SpotifyErrorCode } from "../core/errors";
import { LoginError } from "../proto/gen/login5_pb";
import { displayClientId, platformClientId } from "../core/client-id";

/** A LoginError of Login5 as an error for the user. */
export class Login5Failure extends SpotifyError {
  /** Whether the same login may succeed in a moment. */
  readonly mayPass: boolean;

  constructor(error: LoginError, clientId: string) {
    // Most credentials are made with the platform's client ID. If another one is refused, the credential is not the problem.
    const isOthers = error === LoginError.INVALID_CREDENTIALS && clientId !== platformClientId();
    const known = isOthers ? LoginError.BAD_REQUEST : error;
    const name = LoginError[known] as keyof typeof LoginError;
    const meaning = (MEANINGS[name] as Meaning | undefined) ?? UNKNOWN;
    const number = meaning === UNKNOWN ? ` (code ${error})` : "";
    const message = meaning.message.replace("{clientId}", displayClientId(clientId)) + number;
    super(meaning.code, message, { clientId, retryAfter: meaning.retryAfter });
    this.mayPass = meaning.mayPass === true;
  }
}

interface Meaning {
  code: SpotifyErrorCode;
  /** `{clientId}` stands for the client ID of the request. */
  message: string;
  mayPass?: true;
  /** s */
  retryAfter?: number;
}

/** Spotify does not say how long, s. Keymaster's 429 gets the same wait. */
const RETRY_AFTER = 60;

const SIGN_IN_AGAIN =
  "Sign in again in the account's dialog, by pairing or by choosing this device in the Spotify app.";

const UNKNOWN: Meaning = {
  code: "PROTOCOL_ERROR",
  message: "Spotify's login refused for an unknown reason",
};

/**
 * Sources: for the codes, librespot protocol/proto/spotify/login5/v3/login5.proto, LoginError; for those that may pass,
 * librespot core/src/login5.rs.
 */
const MEANINGS: Readonly<Record<keyof typeof LoginError, Meaning>> = {
  UNKNOWN_ERROR: UNKNOWN,
  // Since August 2026 also for a credential made from another app's token: librespot#1737, go-librespot#364.
  INVALID_CREDENTIALS: {
    code: "BAD_CREDENTIALS",
    message: `Spotify's login does not accept this sign-in for the client ID {clientId}. ${SIGN_IN_AGAIN}`,
  },
  // librespot#1344.
  BAD_REQUEST: {
    code: "INVALID_CLIENT",
    message:
      "Spotify's login does not accept this sign-in for the client ID {clientId}: it was made with another client ID. " +
      "Enter the client ID it was made with, or sign in again by pairing, which makes a sign-in for keymaster.",
  },
  UNSUPPORTED_LOGIN_PROTOCOL: {
    code: "PROTOCOL_ERROR",
    message:
      "Spotify's login no longer supports the protocol of this package. Look for a newer version of it.",
  },
  TIMEOUT: {
    code: "TIMEOUT",
    message: "Spotify's login did not finish in time. Try again later.",
    mayPass: true,
  },
  UNKNOWN_IDENTIFIER: {
    code: "BAD_CREDENTIALS",
    message: `Spotify's login does not know this account. ${SIGN_IN_AGAIN}`,
  },
  TOO_MANY_ATTEMPTS: {
    code: "RATE_LIMITED",
    message: "Spotify's login was tried too often for this account. Try again later.",
    mayPass: true,
    retryAfter: RETRY_AFTER,
  },
  INVALID_PHONENUMBER: {
    code: "PROTOCOL_ERROR",
    message:
      "Spotify's login refused a telephone number, but none was sent. Look for a newer version of this package.",
  },
  // As RATE_LIMITED, so that nothing is asked during the wait.
  TRY_AGAIN_LATER: {
    code: "RATE_LIMITED",
    message: "Spotify's login wants to be asked again later.",
    retryAfter: RETRY_AFTER,
  },
};

/** Login5 wants a code that it sends to the user. There is no place to enter it. */
export function codeWanted(clientId: string): SpotifyError {
  const message =
    "Spotify wants to send this account a code first, which cannot be entered here. Log in on spotify.com and answer " +
    "what it asks, then sign in again by pairing; or use your own Spotify app, whose tokens need no such login.";
  return new SpotifyError("BAD_CREDENTIALS", message, { clientId });
}
