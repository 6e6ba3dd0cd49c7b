import { SpotifyError, type SpotifyErrorCode } from "../core/errors";
import { ErrorCode, type APLoginFailed } from "../proto/gen/keyexchange_pb";

/**
 * What a session does after a refused login. `stop`: only the user can help. `confirm`: as `stop`, but only after a second
 * refusal, because Spotify sometimes sends this by mistake (librespot#1308). `another`: another access point may accept the
 * login. `retry`: the same one may accept it later.
 */
export type Disposition = "stop" | "confirm" | "another" | "retry";

/** An APLoginFailed of the access point as an error for the user. */
export class LoginFailure extends SpotifyError {
  readonly disposition: Disposition;

  constructor(
    code: SpotifyErrorCode,
    message: string,
    disposition: Disposition,
    retryAfter: number | undefined,
  ) {
    super(code, message, { retryAfter });
    this.disposition = disposition;
  }

  /** The same failure before the login is tried for the second time. */
  unconfirmed(): LoginFailure {
    const message = `${this.message} Spotify sometimes says this by mistake, so it is tried once more in a minute.`;
    return new LoginFailure(this.code, message, this.disposition, this.retryAfter);
  }

  /** The same failure from a server that has not proved to be Spotify's: no reason to stop. */
  unproven(): LoginFailure {
    const disposition = this.disposition === "another" ? "another" : "retry";
    const message = `${this.message} The answer was not signed by Spotify, so it is tried again.`;
    return new LoginFailure(this.code, message, disposition, this.retryAfter);
  }
}

interface Meaning {
  code: SpotifyErrorCode;
  disposition: Disposition;
  message: string;
}

/** By the names of librespot protocol/proto/keyexchange.proto, ErrorCode. */
const MEANINGS: Readonly<Record<keyof typeof ErrorCode, Meaning>> = {
  ProtocolError: {
    code: "PROTOCOL_ERROR",
    disposition: "retry",
    message: "Spotify could not read our login (ProtocolError).",
  },
  TryAnotherAP: {
    code: "UNREACHABLE",
    disposition: "another",
    message: "Spotify's access points are sending us from one to the next (TryAnotherAP); trying again.",
  },
  BadConnectionId: {
    code: "PROTOCOL_ERROR",
    disposition: "retry",
    message: "Spotify refused this connection (BadConnectionId); trying again.",
  },
  TravelRestriction: {
    code: "TRAVEL_RESTRICTION",
    disposition: "stop",
    message:
      "Spotify allows a Free account abroad for 14 days only. Change the account's country on spotify.com, " +
      "or go online at home, then deploy again.",
  },
  PremiumAccountRequired: {
    code: "PREMIUM_REQUIRED",
    disposition: "stop",
    message: "Spotify opens this kind of connection for Premium accounts only.",
  },
  BadCredentials: {
    code: "BAD_CREDENTIALS",
    disposition: "confirm",
    message: "Spotify refused the stored credential. Sign in again in the account's dialog.",
  },
  CouldNotValidateCredentials: {
    code: "BAD_CREDENTIALS",
    disposition: "confirm",
    message: "Spotify could not validate the stored credential. Sign in again in the account's dialog.",
  },
  AccountExists: {
    code: "BAD_CREDENTIALS",
    disposition: "stop",
    message:
      "Spotify took the login for a new account (AccountExists). Sign in again in the account's dialog.",
  },
  ExtraVerificationRequired: {
    code: "BAD_CREDENTIALS",
    disposition: "stop",
    message:
      "Spotify wants to verify this account first (ExtraVerificationRequired). Log in on spotify.com, " +
      "answer what it asks, then sign in again in the account's dialog.",
  },
  InvalidAppKey: {
    code: "INVALID_CLIENT",
    disposition: "stop",
    message: "Spotify no longer admits this kind of client (InvalidAppKey). Update this package.",
  },
  ApplicationBanned: {
    code: "INVALID_CLIENT",
    disposition: "stop",
    message: "Spotify no longer admits this kind of client (ApplicationBanned). Update this package.",
  },
};

/** The longest wait that a server may ask for, s: an hour. */
const MAX_RETRY_DELAY = 3600;

/** The meaning of an APLoginFailed. Never throws: an unknown code is a PROTOCOL_ERROR with `retry`. */
export function loginFailure(failed: APLoginFailed): LoginFailure {
  const meaning = MEANINGS[ErrorCode[failed.errorCode] as keyof typeof ErrorCode] as Meaning | undefined;
  const retryAfter = failed.retryDelay > 0 ? Math.min(failed.retryDelay, MAX_RETRY_DELAY) : undefined;
  if (!meaning) {
    const message = `Spotify refused the login for an unknown reason (code ${failed.errorCode}).`;
    return new LoginFailure("PROTOCOL_ERROR", message, "retry", retryAfter);
  }
  return new LoginFailure(meaning.code, meaning.message, meaning.disposition, retryAfter);
}
