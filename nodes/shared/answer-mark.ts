/**
 * The core http request node marks the headers of its answer with their hash. Before its next request it takes them away
 * if they are unchanged, because headers of an answer, such as content-length, break a request.
 *
 * Source of the hash: the package hash-sum 2, which @node-red/nodes 4.1 and 5.0 use in 21-httprequest.js. If Node-RED
 * takes another hash one day, it sends the headers on as it does without a mark.
 */
export const ANSWER_MARK = "x-node-red-request-node";

export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>;

/** The headers of an answer with the mark behind them. */
export function marked(headers: AnswerHeaders): Record<string, unknown> {
  return { ...headers, [ANSWER_MARK]: hashOf(headers) };
}

function hashOf(headers: AnswerHeaders): string {
  return foldValue(0, "", headers).toString(16).padStart(8, "0");
}

type Value = string | readonly string[] | AnswerHeaders;

function foldValue(hash: number, key: string, value: Value): number {
  const begun = [key, Object.prototype.toString.call(value), typeof value].reduce(fold, hash);
  if (typeof value === "string") return fold(begun, value);
  const inner = Object.entries<Value>(value as AnswerHeaders).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const folded = inner.reduce((sum, [name, one]) => foldValue(sum, name, one), begun);
  return fold(folded, Array.isArray(value) ? value.join(",") : "[object Object]");
}

function fold(hash: number, text: string): number {
  let sum = hash;
  for (let i = 0; i < text.length; i++) sum = (Math.imul(sum, 31) + text.charCodeAt(i)) | 0;
  return sum < 0 ? sum * -2 : sum;
}
