import { SpotifyError } from "../core/errors";
import type { Mercury, MercuryResponse } from "../mercury/mercury";
import { Backoff } from "../async/backoff";
import { retry } from "../async/retry";
import type { CurrentClientId } from "../core/client-id";
import type { MintedToken, TokenSource } from "../core/token";
import { REFUSED_FOR } from "./refusal-memory";
import { invalidScope, UnexpectedAnswer } from "./token-errors";

/** How often a request is sent in all if the server has a fault (5xx). */
const MAX_TRIES = 3;
/** ms one answer may take. Those who asked have shorter time-outs of their own. */
const ANSWER_TIMEOUT = 120_000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** Seconds a token must live: less is not handed out. */
const MINIMUM_LIFETIME = 60;

/** What keymaster needs of its session. */
export interface KeymasterSession {
  readonly mercury: Mercury;
  deviceId(): string;
  readonly current: CurrentClientId;
  /** Opens a new access point session. @returns false if that was done a short while ago */
  renew(signal: AbortSignal): Promise<boolean>;
}

type Body = Record<string, unknown> | null | undefined;

type Answer = { minted: MintedToken } | { refused: "scope" | "request" };

/**
 * Keymaster: tokens with scopes, for any client ID that may have them, over the access point session.
 *
 * Source: librespot core/src/token.rs; the refusals: librespot#1331, librespot#1532.
 */
export class Keymaster implements TokenSource {
  readonly name = "keymaster";
  readonly #session: KeymasterSession;

  constructor(session: KeymasterSession) {
    this.#session = session;
  }

  /**
   * @param scopes at least one
   * @throws SpotifyError INVALID_SCOPE (Spotify's 400, code 3); REQUEST_REFUSED (403, code 4, twice: the second
   *   time on a fresh session, which sometimes helps); RATE_LIMITED; UNREACHABLE for 5xx; UnexpectedAnswer for any other
   */
  async mint(scopes: readonly string[], clientId: string, signal: AbortSignal): Promise<MintedToken> {
    let answer = await this.#ask(scopes, clientId, signal);
    if ("refused" in answer && answer.refused === "request" && (await this.#session.renew(signal))) {
      answer = await this.#ask(scopes, clientId, signal);
    }
    if ("minted" in answer) return answer.minted;
    if (answer.refused === "scope") throw invalidScope(clientId, scopes, scopes, this.#session.current);
    throw new SpotifyError(
      "REQUEST_REFUSED",
      "Spotify refuses this account tokens from keymaster, as it has for more and more accounts since August 2025. " +
        "Other scopes or another public client ID will not help; a token of your own Spotify app will.",
      { clientId, scopes: [...scopes], retryAfter: REFUSED_FOR / 1000 },
    );
  }

  async #ask(scopes: readonly string[], clientId: string, signal: AbortSignal): Promise<Answer> {
    const { mercury } = this.#session;
    const uri = `hm://keymaster/token/authenticated?scope=${scopes.join(",")}&client_id=${clientId}&device_id=${this.#session.deviceId()}`;
    const response = await retry(() => mercury.get(uri, { timeout: ANSWER_TIMEOUT, signal }), {
      tries: MAX_TRIES,
      backoff: new Backoff(500, 4_000),
      signal,
      mayHelp: () => false,
      mayImprove: ({ statusCode }) => statusCode >= 500,
    });
    if (response.statusCode < 500) return this.#read(response, scopes, clientId);
    const message = `Spotify's keymaster has a problem (status ${response.statusCode}). Try again later.`;
    throw new SpotifyError("UNREACHABLE", message, { clientId, scopes: [...scopes] });
  }

  #read(response: MercuryResponse, scopes: readonly string[], clientId: string): Answer {
    const body = parseBody(response.payload);
    const status = response.statusCode;
    const details = { clientId, scopes: [...scopes] };
    if (status === 200) return { minted: readToken(body, scopes, clientId, this.#session.current) };
    if (status === 400 && body?.["code"] === 3) return { refused: "scope" };
    if (status === 403 && body?.["code"] === 4) return { refused: "request" };
    if (status === 429) {
      const message = "Spotify is asked for tokens too often.";
      throw new SpotifyError("RATE_LIMITED", message, { ...details, retryAfter: 60 });
    }
    throw new UnexpectedAnswer(`Spotify's keymaster answered with status ${status}.`, details);
  }
}

/** Any JSON value; undefined if the answer is not JSON, or is too long. */
function parseBody(payload: readonly Buffer[]): Body {
  const body = Buffer.concat(payload);
  if (body.length > MAX_ANSWER_BYTES) return undefined;
  try {
    return JSON.parse(body.toString("utf8")) as Body;
  } catch {
    // No cause is kept: a JSON error quotes the text, which may hold a token.
    return undefined;
  }
}

/** Source of the form: librespot core/src/token.rs, TokenData. */
function readToken(
  body: Body,
  requested: readonly string[],
  clientId: string,
  current: CurrentClientId,
): MintedToken {
  const accessToken = body?.["accessToken"];
  const lifetime = body?.["expiresIn"];
  const scope = body?.["scope"];
  // Printable ASCII, so that it can stand in a header.
  if (
    typeof accessToken !== "string" ||
    !/^[\x21-\x7e]{1,4096}$/.test(accessToken) ||
    typeof lifetime !== "number"
  ) {
    const message = "Spotify's keymaster answered with something that is not a token.";
    throw new UnexpectedAnswer(message, { clientId, scopes: requested });
  }
  if (!(lifetime > MINIMUM_LIFETIME)) {
    const message = `Spotify's keymaster gave a token that lives for ${lifetime} s only.`;
    throw new UnexpectedAnswer(message, { clientId, scopes: requested });
  }
  const scopes = Array.isArray(scope)
    ? scope.filter((item): item is string => typeof item === "string")
    : null;
  const missing = scopes ? requested.filter((item) => !scopes.includes(item)) : [];
  if (missing.length > 0) throw invalidScope(clientId, requested, missing, current);
  return { accessToken, lifetime: Math.min(lifetime, MAX_LIFETIME), scopes, source: "keymaster" };
}

/** Seconds. A token lives for an hour; an answer that says more than a day is cut to a day. */
const MAX_LIFETIME = 86_400;
