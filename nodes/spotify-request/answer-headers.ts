import type { ApiAnswer } from "../../src";
import { marked } from "../shared/answer-mark";

/** What another request must not send on, even if a flow has changed these headers; and what is private. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "keep-alive",
  "set-cookie",
  "transfer-encoding",
  "upgrade",
]);

/** The headers of an answer for a message. A core http request node behind this one does not send them on. */
export function answerHeaders(headers: ApiAnswer["headers"]): Record<string, unknown> {
  const kept: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !LEFT_OUT.has(name)) kept[name] = value;
  }
  return marked(kept);
}
