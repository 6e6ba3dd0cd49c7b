import type { ApiAnswer } from "../../src";

/** What a core http request node behind this one must not send on, and what is private. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "keep-alive",
  "set-cookie",
  "transfer-encoding",
  "upgrade",
]);

/** The headers of an answer for a message. */
export function answerHeaders(headers: ApiAnswer["headers"]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !LEFT_OUT.has(name)));
}
