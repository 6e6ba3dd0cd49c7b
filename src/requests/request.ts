import type { HttpResponse } from "../net/client";
import type { Scopes } from "../tokens/scope-texts";
import type { CallMethod } from "../web-api/calls";

/** Any call of the Web API. */
export interface ApiRequest {
  /** Default `GET`. In any case. */
  method?: CallMethod | Lowercase<CallMethod>;
  /** `/me/playlists`, with or without `/v1`; or a whole address on https://api.spotify.com. */
  path: string;
  /** Added to what the path has. A list becomes a text with commas; null and undefined are left out. */
  query?: Readonly<Record<string, unknown>> | string | null;
  /** Sent as JSON; a text or a Buffer is sent as it is if it is JSON. undefined, null and an empty text: no body. */
  body?: unknown;
  /** Default: those that the path is known to need. */
  scopes?: Scopes;
  /** `best` (the default), `keymaster`, `android`, `ios`, 32 hex digits, or "" for the session's. */
  clientId?: string;
  /** Follows `next` to the end, at most 50 pages: the body is then one list of all items. */
  all?: boolean;
  signal?: AbortSignal;
  /** With `all`: is told after each page how many items are there, and of how many if Spotify says that. */
  onPage?: (items: number, total: number | undefined) => void;
}

/** What the Web API answered. */
export interface ApiAnswer {
  /** 200 to 299. */
  status: number;
  /** Of the last answer, if there were several. */
  headers: HttpResponse["headers"];
  /** The document; the text of a body that is not JSON; null if the body is empty. */
  body: unknown;
  /** With `all`: the path of the first page that was not read, because there were too many; else undefined. */
  next?: string;
}
