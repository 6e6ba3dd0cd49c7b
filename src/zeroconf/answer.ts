/**
 * The answers of the ZeroConf API, from the table at the end of Spotify's page on it, each with its HTTP status code.
 *
 * Sources: developer.spotify.com, commercial hardware, ZeroConf API, "HTTP status codes" (February 2026); 203 from the
 * Embedded SDK's `SpError` (kSpErrorZeroConfInvalidPublicKey), which real devices answer; ERROR-MAC from librespot
 * discovery/src/server.rs.
 */
export const OUTCOMES = {
  ok: { status: 101, http: 200, statusString: "OK" },
  badRequest: { status: 102, http: 400, statusString: "ERROR-BAD-REQUEST" },
  badMac: { status: 102, http: 400, statusString: "ERROR-MAC" },
  unknown: { status: 103, http: 500, statusString: "ERROR-UNKNOWN" },
  loginFailed: { status: 202, http: 200, statusString: "ERROR-LOGIN-FAILED" },
  invalidPublicKey: { status: 203, http: 200, statusString: "ERROR-INVALID-PUBLICKEY" },
  missingAction: { status: 301, http: 400, statusString: "ERROR-MISSING-ACTION" },
  invalidAction: { status: 302, http: 400, statusString: "ERROR-INVALID-ACTION" },
  invalidArguments: { status: 303, http: 400, statusString: "ERROR-INVALID-ARGUMENTS" },
  spotifyError: { status: 402, http: 200, statusString: "ERROR-SPOTIFY-ERROR" },
} as const;

export type OutcomeName = keyof typeof OUTCOMES;

/** A field that Spotify's page requires in every answer. */
const RESPONSE_SOURCE = "Node-RED";

/** One answer, ready to be sent as JSON. */
export interface Answer {
  http: number;
  body: Readonly<Record<string, unknown>>;
  /** The methods of the action, if another one was used. */
  allow?: string;
}

/**
 * @param spotifyError the number in the Embedded SDK's `SpError`; 0 if the error is not Spotify's
 * @param more fields of the action
 */
export function answer(
  name: OutcomeName,
  { spotifyError = 0, ...more }: Readonly<Record<string, unknown>> = {},
): Answer {
  const { status, http, statusString } = OUTCOMES[name];
  return { http, body: { status, statusString, spotifyError, responseSource: RESPONSE_SOURCE, ...more } };
}

/** A request that cannot be served, and its answer. The message goes to the log and holds no secret. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly outcome: OutcomeName;
  readonly spotifyError: number;

  constructor(outcome: OutcomeName, message: string, spotifyError = 0) {
    super(message);
    this.outcome = outcome;
    this.spotifyError = spotifyError;
  }
}
