import { wait } from "../async/wait";
import { SpotifyError } from "../core/errors";
import type { WebApiRequest, WebApiResponse } from "../web-api/web-api";
import { readPath } from "./read-path";
import type { ApiAnswer, ApiRequest } from "./request";

const MOST_PAGES = 50;
/** Of all answers together. */
const MOST_BYTES = 32 << 20;
/** How long a request waits in all because Spotify asks for pauses between its pages, ms. */
const LONGEST_PAUSE = 30_000;

interface Page {
  items: readonly unknown[];
  next: unknown;
  total: number | undefined;
}

export interface PagesOptions {
  /** Sends the request for one page. */
  ask(request: WebApiRequest): Promise<WebApiResponse>;
  /** Base URL of the Web API. */
  api: string;
  signal: AbortSignal;
  onPage: ApiRequest["onPage"];
}

/**
 * Reads all pages from the first on, by the addresses that Spotify names in `next`.
 *
 * A pause that Spotify asks for between two pages is kept, if all pauses together are not longer than 30 s.
 *
 * @returns all items as one list; with `next` if there are more than 50 pages, or more than 32 MB
 * @throws SpotifyError INVALID_ARGUMENT if the answer has no pages, or several lists; PROTOCOL_ERROR if `next` leads
 *   elsewhere or in a circle; what a request fails with
 */
export async function readPages(
  first: WebApiRequest,
  { ask, api, signal, onPage }: PagesOptions,
): Promise<ApiAnswer> {
  const items: unknown[] = [];
  const seen = new Set<string>();
  let pauseLeft = LONGEST_PAUSE;
  let bytes = 0;
  for (let request = first; ;) {
    const answer = await askPatiently(request);
    const page = pageOf(answer.body);
    for (const item of page.items) items.push(item);
    bytes += answer.bytes;
    onPage?.(items.length, page.total);
    const next = page.next === null || page.next === undefined ? undefined : nextRequest(page.next);
    const { status, headers } = answer;
    if (next === undefined) return { status, headers, body: items };
    if (seen.size >= MOST_PAGES || bytes > MOST_BYTES) {
      return { status, headers, body: items, next: addressOf(next) };
    }
    request = next;
  }

  async function askPatiently(request: WebApiRequest): Promise<WebApiResponse> {
    seen.add(addressOf(request));
    for (;;) {
      try {
        return await ask(request);
      } catch (error) {
        const isPause = error instanceof SpotifyError && error.code === "RATE_LIMITED" && seen.size > 1;
        const pause = isPause ? (error.retryAfter ?? Infinity) * 1000 : Infinity;
        if (pause > pauseLeft) throw error;
        pauseLeft -= pause;
        await wait(pause, signal);
      }
    }
  }

  function nextRequest(next: unknown): WebApiRequest {
    let request: WebApiRequest;
    try {
      const { path, query } = readPath(next, api);
      request = { path, query: Object.fromEntries(query) };
    } catch (cause) {
      const message = "The next page is not on the Web API, so that it is not asked for.";
      throw new SpotifyError("PROTOCOL_ERROR", message, { cause });
    }
    if (seen.has(addressOf(request))) {
      throw new SpotifyError("PROTOCOL_ERROR", "The next page is one that was read already.");
    }
    return request;
  }
}

/** The one list of an answer: the answer itself, or one of its properties, as in a search. */
function pageOf(body: unknown): Page {
  const lists = [body, ...Object.values(fieldsOf(body))].map(asPage).filter((page) => page !== undefined);
  const [page] = lists;
  if (page === undefined) throw wrong("This answer has no pages: ask for it without “all pages”.");
  if (lists.length > 1) throw wrong("This answer has several lists: ask for one type only.");
  return page;
}

function asPage(value: unknown): Page | undefined {
  const { items, next, total } = fieldsOf(value);
  if (!Array.isArray(items) || next === undefined) return undefined;
  return { items, next, total: typeof total === "number" ? total : undefined };
}

function addressOf({ path, query }: WebApiRequest): string {
  const text = new URLSearchParams(query).toString();
  return text === "" ? path : `${path}?${text}`;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function wrong(message: string): SpotifyError {
  return new SpotifyError("INVALID_ARGUMENT", message);
}
