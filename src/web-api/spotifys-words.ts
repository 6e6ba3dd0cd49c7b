import { cleanName } from "../core/clean-name";

/** How much of Spotify's own words an error quotes, in bytes. */
const LONGEST_QUOTE = 200;

export interface SpotifysWords {
  /** Empty if there is none, or none that can be quoted. */
  message: string;
  /** A word such as `NO_ACTIVE_DEVICE`; empty if there is none. */
  reason: string;
}

/**
 * Spotify's own words in an answer: `{ error: { message, reason } }`, the form of OAuth errors, or a text.
 *
 * @param body the document, or a text
 * @param token the access token of the request, which is never quoted, not even if the server repeats it
 */
export function spotifysWords(body: unknown, token: string): SpotifysWords {
  const { error, error_description: description } = fieldsOf(body);
  const { message, reason } = fieldsOf(error);
  const said = [message, description, error, body].find((one) => typeof one === "string");
  return { message: quotable(said, token), reason: quotable(reason, token) };
}

function quotable(text: unknown, token: string): string {
  if (typeof text !== "string" || text.includes(token) || /Bearer\s|<html/i.test(text)) return "";
  return cleanName(text, LONGEST_QUOTE);
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
