import { create, toBinary } from "@bufbuild/protobuf";
import { SpotifyError } from "../core/errors";
import {
  ChallengeSolutionsSchema,
  LoginRequestSchema,
  type Challenges,
  type ChallengeSolutions,
  type LoginOk,
} from "../proto/gen/login5_pb";
import type { MintedToken } from "../core/token";
import { isHeaderSafe } from "./exchange";
import type { HashcashChallenge } from "./hashcash";
import { codeWanted } from "./login5-failure";
import { solveAll } from "./solve-all";

/** The credential that Login5 accepts: the reusable one from a welcome of the access point. */
export interface StoredCredential {
  /** Canonical, from Spotify's welcome. */
  username: string;
  data: Uint8Array;
}

/** The answer to the challenges of a login. */
export interface Proof {
  loginContext: Uint8Array;
  challengeSolutions: ChallengeSolutions;
}

/** s */
const MINIMUM_LIFETIME = 60;
/** A token lives for an hour. An answer that says more than a day is cut to a day, s. */
const MAX_LIFETIME = 86_400;
const NANOSECONDS = 1_000_000_000n;

export function loginRequest(
  clientId: string,
  deviceId: string,
  { username, data }: StoredCredential,
  proof: Proof | undefined,
): Uint8Array {
  const request = create(LoginRequestSchema, {
    clientInfo: { clientId, deviceId },
    loginMethod: { case: "storedCredential", value: { username, data } },
    ...proof,
  });
  return toBinary(LoginRequestSchema, request);
}

/**
 * Solves the challenges of a login. The login context is sent back with the solutions.
 *
 * Source: librespot core/src/login5.rs, handle_challenges.
 *
 * @throws SpotifyError BAD_CREDENTIALS if Spotify wants a code; TIMEOUT; PROTOCOL_ERROR; or the abort reason of `signal`
 */
export async function prove(
  loginContext: Uint8Array,
  { challenges }: Challenges,
  clientId: string,
  signal: AbortSignal,
): Promise<Proof> {
  const hashcashes: HashcashChallenge[] = [];
  for (const { challenge } of challenges) {
    if (challenge.case === "code") throw codeWanted(clientId);
    // Unknown kinds are left out, as in librespot: the other solutions may be enough.
    if (challenge.case === "hashcash") hashcashes.push({ ...challenge.value, loginContext });
  }
  const solved = await solveAll(hashcashes, signal);
  const solutions = solved.map(({ suffix, nanoseconds }) => {
    const duration = { seconds: nanoseconds / NANOSECONDS, nanos: Number(nanoseconds % NANOSECONDS) };
    return { solution: { case: "hashcash" as const, value: { suffix, duration } } };
  });
  return { loginContext, challengeSolutions: create(ChallengeSolutionsSchema, { solutions }) };
}

/** @throws SpotifyError PROTOCOL_ERROR if the answer is not a token, or expires too soon to be used */
export function readToken(ok: LoginOk, clientId: string, askedAt: number): MintedToken {
  const { accessToken, accessTokenExpiresIn: lifetime } = ok;
  if (!isHeaderSafe(accessToken)) {
    const message = "Spotify's login answered with something that is not a token.";
    throw new SpotifyError("PROTOCOL_ERROR", message, { clientId });
  }
  if (!(lifetime > MINIMUM_LIFETIME)) {
    const message = `Spotify's login gave a token that lives for ${lifetime} s only.`;
    throw new SpotifyError("PROTOCOL_ERROR", message, { clientId });
  }
  return {
    accessToken,
    lifetime: Math.min(lifetime, MAX_LIFETIME),
    askedAt,
    scopes: null,
    source: "login5",
  };
}
