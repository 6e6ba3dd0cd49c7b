import { SpotifyError } from "../core/errors";
import { displayClientId, type CurrentClientId } from "../core/client-id";
import { didYouMean } from "../core/nearest-scope";
import { CLIENT_IDS, publicClientIdFor, reportedlyRefused } from "../core/knowledge";

/** An INVALID_SCOPE that keeps which scopes were not granted, so that it can be told again. */
export class InvalidScopeError extends SpotifyError {
  readonly missing: readonly string[];

  constructor(message: string, clientId: string, scopes: readonly string[], missing: readonly string[]) {
    super("INVALID_SCOPE", message, { clientId, scopes: [...scopes] });
    this.missing = [...missing];
  }
}

/**
 * The error for scopes that a client ID may not have: which client ID, how the session came by it, and which one
 * is reported to be allowed them.
 * @param missing the scopes that were not granted, where Spotify said which; else all that were asked for
 */
export function invalidScope(
  clientId: string,
  scopes: readonly string[],
  missing: readonly string[],
  current: CurrentClientId,
): InvalidScopeError {
  const refused = reportedlyRefused(clientId, missing);
  const named = (refused.length > 0 ? refused : missing).join(", ");
  const message =
    `Spotify does not give the client ID ${displayClientId(clientId)} the scope ${named}.${didYouMean(missing)} ` +
    `${origin(clientId, current)} ${remedy(clientId, missing)}`;
  return new InvalidScopeError(message, clientId, scopes, missing);
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
