import { SpotifyError, type SpotifyErrorCode } from "../core/errors";
import type { Call } from "../web-api/calls";
import { webApiRefusal } from "../web-api/refusal";
import { spotifysWords } from "../web-api/spotifys-words";
import type { WebApiResponse } from "../web-api/web-api";

/** Statuses that say that the request itself is wrong. */
const WRONG_REQUEST: ReadonlySet<number> = new Set([400, 404, 405, 411, 413, 414, 415]);

/**
 * The error for an answer whose status is not 200 to 299, with Spotify's own message.
 *
 * @param token the access token of the request, which is never quoted, not even if the server repeats it
 */
export function apiError(
  host: string,
  clientId: string,
  token: string,
  call: Call | undefined,
  answer: WebApiResponse,
): SpotifyError {
  const { status } = answer;
  const { message, reason } = spotifysWords(answer.body, token);
  const quoted = message === "" ? `HTTP ${status}` : `“${message}” (HTTP ${status})`;
  const error = (code: SpotifyErrorCode, text: string): SpotifyError =>
    new SpotifyError(code, text, {
      clientId,
      statusCode: status,
      ...(reason !== "" && { reason }),
    });
  if (status < 400) {
    return error(
      "PROTOCOL_ERROR",
      `${host} sends this request elsewhere (HTTP ${status}), which is not followed.`,
    );
  }
  if (call?.gone && (status === 403 || status === 404 || status === 410)) {
    const { since, instead } = call.gone;
    const advice = instead === undefined ? "Nothing takes its place." : `Use ${instead}.`;
    return error(
      "REQUEST_REFUSED",
      `Spotify has removed this call for most apps, on ${since}: it answers ${quoted}. ${advice}`,
    );
  }
  if (reason === "NO_ACTIVE_DEVICE") {
    return error(
      "NO_ACTIVE_DEVICE",
      "No device is active. Name a device, or start to play in a Spotify app.",
    );
  }
  if (status === 404 && /device not found/i.test(message)) {
    return error("DEVICE_NOT_FOUND", "Spotify does not know this device at the moment.");
  }
  if (WRONG_REQUEST.has(status)) return error("INVALID_ARGUMENT", `Spotify cannot do this: ${quoted}.`);
  if (status === 403 && /restriction violated|restricted device|cannot control/i.test(message)) {
    return error("RESTRICTED", `Spotify declines: ${quoted}.`);
  }
  const known = webApiRefusal(host, clientId, {
    status,
    headers: answer.headers,
    body: Buffer.from(`${message} ${reason}`),
  });
  const isKnown = known.code !== "REQUEST_REFUSED" && known.code !== "PROTOCOL_ERROR";
  if (isKnown || status === 401 || /not registered|developer dashboard/i.test(message)) return known;
  return error("REQUEST_REFUSED", `Spotify refuses this: ${quoted}.`);
}
