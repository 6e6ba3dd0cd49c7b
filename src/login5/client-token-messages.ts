import { create, toBinary } from "@bufbuild/protobuf";
import { CLIENT_TOKEN_VERSION } from "../core/client-versions";
import { SpotifyError } from "../core/errors";
import {
  ChallengeType,
  ClientTokenRequestSchema,
  ClientTokenRequestType,
  type ChallengesResponse,
  type GrantedTokenResponse,
} from "../proto/gen/clienttoken_pb";
import { isHeaderSafe } from "./exchange";
import type { HashcashChallenge } from "./hashcash";
import { MAX_CLIENT_TOKEN_LIFETIME, type ClientTokenState } from "./held-client-token";
import { platformData } from "./platform-data";
import { solveAll } from "./solve-all";

/** s */
const MINIMUM_LIFETIME = 120;
const NO_CONTEXT = new Uint8Array();

/** A request for a client token. Source: librespot core/src/spclient.rs, client_token. */
export function clientDataRequest(clientId: string, deviceId: string): Uint8Array {
  const connectivitySdkData = { platformSpecificData: platformData(), deviceId };
  const request = create(ClientTokenRequestSchema, {
    requestType: ClientTokenRequestType.REQUEST_CLIENT_DATA_REQUEST,
    request: {
      case: "clientData",
      value: {
        clientVersion: CLIENT_TOKEN_VERSION.value,
        clientId,
        data: { case: "connectivitySdkData", value: connectivitySdkData },
      },
    },
  });
  return toBinary(ClientTokenRequestSchema, request);
}

/**
 * The request that answers Spotify's challenges.
 * @throws SpotifyError TIMEOUT if they could not be solved in time; PROTOCOL_ERROR for an unknown kind of challenge; or
 *   the abort reason of `signal`
 */
export async function challengeAnswersRequest(
  { state, challenges }: ChallengesResponse,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const hashcashes = challenges.map(({ type, parameters }): HashcashChallenge => {
    if (type !== ChallengeType.CHALLENGE_HASH_CASH || parameters.case !== "evaluateHashcashParameters") {
      throw new SpotifyError(
        "PROTOCOL_ERROR",
        "Spotify asks this client for an unknown kind of proof. Look for a newer version of this package.",
      );
    }
    const { prefix, length } = parameters.value;
    return { prefix: fromHex(prefix), length, loginContext: NO_CONTEXT };
  });
  const solutions = await solveAll(hashcashes, signal);
  const request = create(ClientTokenRequestSchema, {
    requestType: ClientTokenRequestType.REQUEST_CHALLENGE_ANSWERS_REQUEST,
    request: {
      case: "challengeAnswers",
      value: {
        state,
        answers: solutions.map(({ suffix }) => ({
          challengeType: ChallengeType.CHALLENGE_HASH_CASH,
          answer: { case: "hashCash" as const, value: { suffix: toHex(suffix) } },
        })),
      },
    },
  });
  return toBinary(ClientTokenRequestSchema, request);
}

/**
 * The granted token, in the form in which it is kept.
 * @throws SpotifyError PROTOCOL_ERROR if the answer is not a token, or expires too soon to be used
 */
export function readGrantedToken(
  { token, expiresAfterSeconds, refreshAfterSeconds }: GrantedTokenResponse,
  clientId: string,
  deviceId: string,
  askedAt: number,
): ClientTokenState {
  if (!isHeaderSafe(token)) {
    throw new SpotifyError("PROTOCOL_ERROR", "Spotify answered with something that is not a client token.", {
      clientId,
    });
  }
  if (!(expiresAfterSeconds > MINIMUM_LIFETIME)) {
    const message = `Spotify gave a client token that lives for ${expiresAfterSeconds} s only.`;
    throw new SpotifyError("PROTOCOL_ERROR", message, { clientId });
  }
  const lifetime = Math.min(expiresAfterSeconds * 1000, MAX_CLIENT_TOKEN_LIFETIME);
  // If the answer gives no time, or one after the end, it is refreshed at its end.
  const refresh = refreshAfterSeconds > 0 ? Math.min(refreshAfterSeconds * 1000, lifetime) : lifetime;
  return { token, clientId, deviceId, askedAt, refreshAt: askedAt + refresh, expiresAt: askedAt + lifetime };
}

/** Client tokens use upper-case hex. Source: librespot core/src/spclient.rs, HEXUPPER_PERMISSIVE. */
function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex").toUpperCase();
}

function fromHex(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) {
    throw new SpotifyError("PROTOCOL_ERROR", "Spotify asks for a proof of work that cannot be read.");
  }
  return Buffer.from(text, "hex");
}
