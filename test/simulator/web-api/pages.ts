/**
 * Lists that the Web API returns page by page.
 * Source: developer.spotify.com, Web API reference: paging and cursor paging objects. `Invalid limit`: spotipy#1231.
 */
import type { HttpAnswer } from "../http";
import { wholeNumber, type Call } from "./call";
import { refusal } from "./refusal";

const API = "https://api.spotify.com";
const OF_PAGES: ReadonlySet<string> = new Set(["limit", "offset", "after", "before"]);

export interface Limits {
  /** The largest `limit`. */
  most: number;
  /** The `limit` if the query names none. */
  usual: number;
}

export interface Range {
  limit: number;
  offset: number;
}

/** For nearly every list. */
export const USUAL_LIMITS: Limits = { most: 50, usual: 20 };

/** @returns the requested page, or the refusal of the request */
export function rangeOf(query: URLSearchParams, limits = USUAL_LIMITS): Range | HttpAnswer {
  const limit = limitOf(query, limits);
  if (limit === undefined) return refusal(400, "Invalid limit");
  const offset = wholeNumber(query.get("offset") ?? "0");
  return offset === undefined ? refusal(400, "Invalid offset") : { limit, offset };
}

/** From 1 to the maximum; undefined if the query has another value. */
export function limitOf(query: URLSearchParams, { most, usual } = USUAL_LIMITS): number | undefined {
  const limit = wholeNumber(query.get("limit") ?? String(usual));
  return limit !== undefined && limit >= 1 && limit <= most ? limit : undefined;
}

/**
 * A page by number.
 *
 * @param path whose pages these are, such as `/v1/me/playlists`
 * @param kept the parameters that the addresses of other pages have as well
 */
export function offsetPage<Entry>(
  path: string,
  kept: Readonly<Record<string, string>>,
  all: readonly Entry[],
  { limit, offset }: Range,
  describe: (entry: Entry) => object,
): object {
  const address = (start: number): string =>
    addressOf(path, { ...kept, offset: String(start), limit: String(limit) });
  return {
    href: address(offset),
    items: all.slice(offset, offset + limit).map(describe),
    limit,
    next: offset + limit < all.length ? address(offset + limit) : null,
    offset,
    previous: offset > 0 ? address(Math.max(0, offset - limit)) : null,
    total: all.length,
  };
}

/** The page of a list that a whole path refers to, with the usual limits. */
export function answerPage<Entry>(
  { path, query }: Call,
  all: readonly Entry[],
  describe: (entry: Entry) => object,
  limits = USUAL_LIMITS,
): HttpAnswer {
  const range = rangeOf(query, limits);
  if ("status" in range) return range;
  return { status: 200, body: offsetPage(path, keptOf(query), all, range, describe) };
}

export function addressOf(path: string, query: Readonly<Record<string, string>>): string {
  return `${API}${path}?${new URLSearchParams(query).toString()}`;
}

/** The parameters that do not concern pages. */
export function keptOf(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...query].filter(([name]) => !OF_PAGES.has(name)));
}
