/**
 * Lists that come in pages.
 * Source: developer.spotify.com, Web API reference: `href`, `limit`, `next`, `offset`, `previous`, `total`, `items`.
 */
import type { HttpAnswer } from "../http";
import { wholeNumber, type Call } from "./call";
import { refusal } from "./refusal";

/** Whatever its address is here, the Web API names itself so. */
const BASE = "https://api.spotify.com";

export interface PageOptions {
  longest?: number;
  usual?: number;
}

/** @returns the page that the query asks for; a refusal if it cannot be */
export function pageOf<T>(
  { query, path }: Pick<Call, "query" | "path">,
  all: readonly T[],
  shown: (one: T) => object,
  { longest = 50, usual = 20 }: PageOptions = {},
): object | Refused {
  const limit = wholeNumber(query.get("limit") ?? String(usual));
  const offset = wholeNumber(query.get("offset") ?? "0");
  if (limit === undefined || limit < 1 || limit > longest) return new Refused("Invalid limit");
  if (offset === undefined) return new Refused("Invalid offset");
  const address = (at: number): string => {
    const changed = new URLSearchParams(query);
    changed.set("offset", String(at));
    changed.set("limit", String(limit));
    return `${BASE}${path}?${changed.toString()}`;
  };
  return {
    href: address(offset),
    limit,
    next: offset + limit < all.length ? address(offset + limit) : null,
    offset,
    previous: offset > 0 ? address(Math.max(0, offset - limit)) : null,
    total: all.length,
    items: all.slice(offset, offset + limit).map(shown),
  };
}

export class Refused {
  readonly answer: HttpAnswer;

  constructor(message: string) {
    this.answer = refusal(400, message);
  }
}

export function answered(page: object): HttpAnswer {
  return page instanceof Refused ? page.answer : { status: 200, body: page };
}
