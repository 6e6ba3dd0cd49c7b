import { displayClientId } from "../core/client-id";
import { SpotifyError } from "../core/errors";
import type { HttpResponse } from "../net/client";

/** How much of an answer is read for the reason, in bytes. */
const MAX_REASON = 4_096;

/**
 * The error for an answer of the Web API that is not the document that was asked for. Quotes nothing of the answer, except
 * Spotify's own message if its servers have failed.
 *
 * Sources of the sentences: "Insufficient client scope", Spotify's Web API reference; "Premium required",
 * spotifyplus#237; "premium subscription required for the owner of the app", spotipy#1233.
 *
 * @param message Spotify's own, in a form that can be quoted
 */
export function webApiRefusal(
  host: string,
  clientId: string,
  answer: HttpResponse,
  message = "",
): SpotifyError {
  const { status } = answer;
  const refused = (code: "REQUEST_REFUSED" | "INVALID_SCOPE" | "PREMIUM_REQUIRED", sentence: string) =>
    new SpotifyError(code, sentence, { clientId, statusCode: status });
  if (status >= 500) {
    const quoted = message === "" ? "" : `: “${message}”`;
    const text = `${host} has a problem${quoted} (HTTP ${status}).`;
    return new SpotifyError("UNREACHABLE", text, { clientId, statusCode: status });
  }
  if (status === 401) {
    return refused(
      "REQUEST_REFUSED",
      `${host} refuses the tokens of ${displayClientId(clientId)} (HTTP 401).`,
    );
  }
  if (status !== 403) {
    return new SpotifyError("PROTOCOL_ERROR", `${host} answered HTTP ${status}.`, {
      clientId,
      statusCode: status,
    });
  }
  const reason = reasonOf(answer);
  if (/insufficient client scope/i.test(reason)) {
    return refused(
      "INVALID_SCOPE",
      `Permission missing: the sign-in with ${displayClientId(clientId)} does not cover this. In the account's dialog, ` +
        "sign in again with it, for this too.",
    );
  }
  if (/premium required|premium_required/i.test(reason)) {
    return refused("PREMIUM_REQUIRED", "The account needs Spotify Premium for this.");
  }
  if (/premium/i.test(reason)) {
    return refused(
      "PREMIUM_REQUIRED",
      "The owner of this app needs Spotify Premium. After a change it can take a few hours.",
    );
  }
  return refused(
    "REQUEST_REFUSED",
    "Spotify does not let this account use the app: add it to the app's users on developer.spotify.com.",
  );
}

/** Whether the Web API has refused a valid token, as it sometimes does: the same request may succeed a moment later. */
export function mayBeSpurious(answer: HttpResponse): boolean {
  if (answer.status === 401) return /access token missing/i.test(reasonOf(answer));
  return answer.status === 403 && /premium required/i.test(reasonOf(answer));
}

function reasonOf({ body }: HttpResponse): string {
  return body.subarray(0, MAX_REASON).toString("utf8");
}
