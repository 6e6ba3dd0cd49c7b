import { displayClientId, type CurrentClientId } from "../core/client-id";
import { SpotifyError, type SpotifyErrorDetails } from "../core/errors";
import { CLIENT_IDS, publicClientIdFor, reportedlyRefused } from "../core/knowledge";
import { didYouMean } from "../core/nearest-scope";
import type { Refusal } from "./decide";

/** What a failed request asked for. */
interface Asked {
  clientId: string;
  scopes?: readonly string[];
}

/** An INVALID_SCOPE that keeps which scopes were not granted, so that its sentence can be made again. */
export class InvalidScopeError extends SpotifyError {
  readonly missing: readonly string[];

  constructor(message: string, missing: readonly string[], details: SpotifyErrorDetails) {
    super("INVALID_SCOPE", message, details);
    this.missing = [...missing];
  }
}

/** A source answered with neither a usable token nor a known refusal. */
export class UnexpectedAnswer extends SpotifyError {
  constructor(message: string, details: SpotifyErrorDetails) {
    super("PROTOCOL_ERROR", message, details);
  }
}

/**
 * Spotify does not give a client ID these scopes: names the client ID, how the session came by it, and which other
 * client ID is reported to be allowed them.
 * @param missing the scopes that were not granted, if Spotify said which; else all that were asked for
 */
export function invalidScope(
  clientId: string,
  scopes: readonly string[],
  missing: readonly string[],
  current: CurrentClientId,
): InvalidScopeError {
  return new InvalidScopeError(notGiven(clientId, missing, current), missing, {
    clientId,
    scopes: [...scopes],
  });
}

/** The error of a remembered refusal, for another request. @param current the session's client ID now */
export function repeated(
  { error, until }: Refusal,
  { clientId, scopes }: Asked,
  now: number,
  current?: CurrentClientId,
): SpotifyError {
  const message =
    current && error instanceof InvalidScopeError
      ? notGiven(clientId, error.missing, current)
      : error.message;
  const details = { clientId, ...(scopes && { scopes: [...scopes] }), retryAfter: secondsUntil(until, now) };
  return new SpotifyError(error.code, message, details);
}

/** Keymaster refuses the account since and until these times, in ms since the epoch. */
export function refusedAccount(
  { clientId, scopes }: Asked,
  { since, until }: { since: number; until: number },
  now = Date.now(),
): SpotifyError {
  return new SpotifyError(
    "REQUEST_REFUSED",
    `Spotify refuses this account tokens from keymaster (since ${new Date(since).toISOString()}), as it has for more and ` +
      "more accounts since August 2025. Other scopes or another public client ID will not help: sign in with your own " +
      "Spotify app in the account's dialog.",
    { clientId, ...(scopes && { scopes: [...scopes] }), retryAfter: secondsUntil(until, now) },
  );
}

export function noGrant(clientId: string, scopes?: readonly string[]): SpotifyError {
  const message = `There is no sign-in with the app ${displayClientId(clientId)}. Sign in with it in the account's dialog.`;
  return new SpotifyError("NOT_SIGNED_IN", message, { clientId, ...(scopes && { scopes: [...scopes] }) });
}

/** The sign-in is that of another user directory, of which this is a copy. */
export function heldBack(clientId: string, scopes?: readonly string[]): SpotifyError {
  const message =
    `This user directory is a copy: the sign-in with ${displayClientId(clientId)} is not used here, so that the original ` +
    "keeps it. In the account's dialog, sign in again, or use the sign-ins here if the original is gone.";
  return new SpotifyError("NOT_SIGNED_IN", message, { clientId, ...(scopes && { scopes: [...scopes] }) });
}

/** A sign-in does not cover the `missing` ones of `scopes`. */
export function permissionMissing(
  clientId: string,
  scopes: readonly string[],
  missing: readonly string[],
): SpotifyError {
  const message =
    `Permission missing: the sign-in with ${displayClientId(clientId)} does not cover ${missing.join(", ")}. ` +
    "In the account's dialog, sign in again with it, for these scopes too.";
  return new SpotifyError("INVALID_SCOPE", message, { clientId, scopes: [...scopes] });
}

export function needsScopes(): SpotifyError {
  const message = "Choose at least one scope: a keymaster token is made for scopes.";
  return new SpotifyError("INVALID_ARGUMENT", message);
}

export function login5HasNoScopes(clientId: string, scopes: readonly string[]): SpotifyError {
  const message =
    "Login5 gives tokens for Spotify's own services, without scopes, and the public Web API refuses them. " +
    "Leave the scopes out, or choose the source auto.";
  return new SpotifyError("INVALID_ARGUMENT", message, { clientId, scopes: [...scopes] });
}

/** The disk or the store that holds what is remembered has not answered. @param timeout ms */
export function notRead(timeout: number, { clientId, scopes }: Asked): SpotifyError {
  const message =
    `What the account remembers was not read within ${timeout / 1000} s: the disk or the store that holds it does not ` +
    "answer. It is read when it answers again.";
  return new SpotifyError("TIMEOUT", message, { clientId, ...(scopes && { scopes: [...scopes] }) });
}

export function closed(): SpotifyError {
  return new SpotifyError("CLOSED", "The account's connection is closed.");
}

/** At least 1, so that a flow does not ask again in the same moment. */
function secondsUntil(until: number, now: number): number {
  return Math.max(1, Math.ceil((until - now) / 1000));
}

function notGiven(clientId: string, missing: readonly string[], current: CurrentClientId): string {
  const refused = reportedlyRefused(clientId, missing);
  const named = (refused.length > 0 ? refused : missing).join(", ");
  return (
    `Spotify does not give the client ID ${displayClientId(clientId)} the scope ${named}.${didYouMean(missing)} ` +
    `${origin(clientId, current)} ${remedy(clientId, missing)}`
  );
}

function origin(clientId: string, current: CurrentClientId): string {
  if (clientId !== current.clientId) return "This request named that client ID.";
  if (current.reason === "configured") return "It is the account's client ID, from its configuration.";
  const when = new Date(current.since).toISOString();
  const who = current.device?.name ? `the Spotify app on “${current.device.name}”` : "a Spotify app";
  const what = current.reason === "cluster" ? "playback" : "the device";
  return `Spotify made it the account's client ID at ${when}, when ${who} took control of ${what}.`;
}

function remedy(clientId: string, scopes: readonly string[]): string {
  const other = publicClientIdFor(scopes);
  if (other === undefined || CLIENT_IDS[other] === clientId) {
    return "No other public client ID is reported to be allowed it: leave the scope out, or use an app of your own.";
  }
  return `Name the client ID ${other} (${CLIENT_IDS[other]}) instead, which is reported to be allowed it, or choose "best".`;
}
