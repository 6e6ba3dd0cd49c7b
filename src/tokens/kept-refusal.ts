import { SpotifyError, type SpotifyErrorCode } from "../core/errors";
import { InvalidScopeError } from "./token-errors";

/** A refusal as it is stored for the other sessions of the account. Holds no secret, as its error does not. */
export interface KeptRefusal {
  /** What it is of. */
  name: string;
  code: SpotifyErrorCode;
  message: string;
  clientId?: string;
  scopes?: readonly string[];
  /** The scopes that were not granted. */
  missing?: readonly string[];
  /** ms since the epoch. */
  since: number;
  until: number;
  /** ms */
  duration: number;
}

/** What a refusal may be remembered for. */
const CODES: ReadonlySet<unknown> = new Set<SpotifyErrorCode>([
  ...(["BAD_CREDENTIALS", "INVALID_CLIENT", "INVALID_SCOPE"] as const),
  ...(["PROTOCOL_ERROR", "RATE_LIMITED", "REQUEST_REFUSED"] as const),
]);
/** No source is left alone for longer than a week, ms. */
const LONGEST = 7 * 86_400_000;
const MAX_MESSAGE = 1024;

export function toKept(
  name: string,
  error: SpotifyError,
  times: Pick<KeptRefusal, "since" | "until" | "duration">,
): KeptRefusal {
  const { code, message, clientId, scopes } = error;
  const missing = error instanceof InvalidScopeError ? { missing: error.missing } : {};
  return {
    name,
    code,
    message,
    ...(clientId && { clientId }),
    ...(scopes && { scopes }),
    ...missing,
    ...times,
  };
}

export function errorOf({ code, message, clientId, scopes, missing }: KeptRefusal): SpotifyError {
  const details = { ...(clientId && { clientId }), ...(scopes && { scopes }) };
  return missing
    ? new InvalidScopeError(message, missing, details)
    : new SpotifyError(code, message, details);
}

export function nameOf(document: unknown): unknown {
  return ((document ?? {}) as Partial<KeptRefusal>).name;
}

/** The refusal that was stored; undefined if it is malformed or over, or comes from a clock that ran ahead. */
export function parseKeptRefusal(document: unknown, now: number): KeptRefusal | undefined {
  const kept = (document ?? {}) as KeptRefusal;
  const { name, code, message, clientId, scopes, missing, since, until, duration } = kept;
  if (typeof name !== "string" || typeof message !== "string" || message.length > MAX_MESSAGE)
    return undefined;
  if (!CODES.has(code) || (clientId !== undefined && typeof clientId !== "string")) return undefined;
  if (!isTexts(scopes ?? []) || !isTexts(missing ?? [])) return undefined;
  if (![since, until, duration].every((time) => typeof time === "number")) return undefined;
  if (!(since <= now + 60_000) || !(until > now) || !(until <= now + LONGEST) || !(duration > 0))
    return undefined;
  return kept;
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
