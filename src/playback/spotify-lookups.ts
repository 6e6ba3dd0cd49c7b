import { randomBytes } from "node:crypto";
import { create, toBinary } from "@bufbuild/protobuf";
import { SpotifyError } from "../core/errors";
import { parseBoundedJson } from "../dealer/message";
import type { NameSource } from "../player/names";
import { WriteRequestSchema } from "../proto/gen/collection_pb";
import type { Spclient } from "../spclient/spclient";
import { webApiRefusal } from "../web-api/refusal";
import type { AppCredential, WebApi } from "../web-api/web-api";
import { bestMatch, type Match } from "./best-match";
import type { Playable, SearchType } from "./command";
import { toUri } from "./links";
import type { Lookups } from "./lookups";

const COLLECTION = "application/vnd.collection-v2.spotify.proto";
/** What the resolver gives for a search; more is left out. */
const MAX_TRACKS = 20;
/** The Web API gives no more since February 2026. Source: developer.spotify.com, february-2026-migration-guide. */
const MAX_RESULTS = 10;
/** How many URIs one request takes. Source: developer.spotify.com, "Save Items to Library" (LargeModGames/spotatui#518). */
const MAX_URIS = 40;
const SEARCH_TYPES: readonly SearchType[] = ["track", "album", "artist", "playlist"];

export interface SpotifyLookupsOptions {
  spclient: Pick<Spclient, "request">;
  webApi: Pick<WebApi, "request" | "document">;
  /** The tokens of an app whose sign-in covers the scopes of the library. */
  library: AppCredential;
  /** The tokens of any app. */
  anyApp: AppCredential;
  names: NameSource;
  host: string;
  username: () => string | undefined;
  /** Why Spotify's own services cannot be asked; undefined if they may. */
  whyNotInternal: () => SpotifyError | undefined;
}

/** Search and library: at Spotify's own services if they can be asked, else at the Web API. */
export class SpotifyLookups implements Lookups {
  readonly #options: SpotifyLookupsOptions;

  constructor(options: SpotifyLookupsOptions) {
    this.#options = options;
  }

  /** Spotify's own services find tracks only. */
  async search(words: string, type: SearchType | undefined, signal: AbortSignal): Promise<Playable> {
    const isForTracks = type === undefined || type === "track";
    if (isForTracks && !this.#options.whyNotInternal()) {
      return this.#elseWebApi(
        () => this.#resolved(words, signal),
        () => this.#found(words, type, signal),
      );
    }
    if (!isForTracks && !this.#hasApp()) {
      throw new SpotifyError(
        "NOT_SIGNED_IN",
        "Only tracks can be searched for without an app of your own. Sign in with one in the account's dialog, or leave the type out.",
      );
    }
    return this.#found(words, type, signal);
  }

  async like(uris: readonly string[], isLiked: boolean, signal: AbortSignal): Promise<void> {
    const sets = new Map<string, string[]>();
    for (const uri of uris) {
      const set = this.#options.whyNotInternal() ? undefined : SETS.get(uri.split(":")[1]!);
      sets.set(set ?? "", [...(sets.get(set ?? "") ?? []), uri]);
    }
    for (const [set, members] of sets) {
      const overWebApi = (): Promise<void> => this.#likeOverWebApi(members, isLiked, signal);
      if (set === "") await overWebApi();
      else await this.#elseWebApi(() => this.#write(set, members, isLiked, signal), overWebApi);
    }
  }

  /**
   * What Spotify plays for these words: a context that goes on after the best match.
   * Sources: librespot core/src/spclient.rs, `get_context`; it is a playback context rather than a list of results, so that the
   * best match need not come first.
   */
  async #resolved(words: string, signal: AbortSignal): Promise<Playable> {
    const { spclient, names } = this.#options;
    const context = `spotify:search:${encodeURIComponent(words).replaceAll("%20", "+")}`;
    const answer = await spclient.request({ method: "GET", path: `/context-resolve/v1/${context}` }, signal);
    if (answer.status === 404) throw nothingFound();
    if (answer.status !== 200) {
      throw new SpotifyError("REQUEST_REFUSED", `Spotify would not search (HTTP ${answer.status}).`);
    }
    const tracks = tracksOf(parseBoundedJson(answer.body, "Spotify"));
    if (tracks.length === 0) throw nothingFound();
    await names.lookUp(tracks, signal);
    const matches = tracks.map((uri): Match => {
      const known = names.known(uri);
      return { uri, title: known?.title ?? "", artists: known?.artists.map(({ name }) => name) ?? [] };
    });
    return { context, offset: bestMatch(words, matches).uri };
  }

  /** Source: developer.spotify.com, Web API reference, "Search for Item". */
  async #found(words: string, type: SearchType | undefined, signal: AbortSignal): Promise<Playable> {
    const { webApi, anyApp } = this.#options;
    const types = type === undefined ? SEARCH_TYPES : [type];
    const query = { q: words, type: types.join(","), limit: String(MAX_RESULTS) };
    const document = await webApi.document({ path: "/v1/search", query }, anyApp, signal);
    const matches = types.flatMap((one) => resultsOf(document, one));
    if (matches.length === 0) throw nothingFound();
    const { uri } = bestMatch(words, matches);
    return /^spotify:(track|episode):/.test(uri) ? { uris: [uri] } : { context: uri };
  }

  async #write(set: string, uris: readonly string[], isLiked: boolean, signal: AbortSignal): Promise<void> {
    const addedAt = Math.floor(Date.now() / 1000);
    const request = create(WriteRequestSchema, {
      username: this.#options.username() ?? "",
      set,
      items: uris.map((uri) => ({ uri, addedAt, isRemoved: !isLiked })),
      clientUpdateId: randomBytes(8).toString("hex"),
    });
    const { status } = await this.#options.spclient.request(
      {
        method: "POST",
        path: "/collection/v2/write",
        headers: { accept: COLLECTION, "content-type": COLLECTION },
        body: toBinary(WriteRequestSchema, request),
      },
      signal,
    );
    if (status >= 300) {
      throw new SpotifyError("REQUEST_REFUSED", `Spotify would not change the library (HTTP ${status}).`);
    }
  }

  /** Source: developer.spotify.com, february-2026-migration-guide, "Generic library endpoints". */
  async #likeOverWebApi(uris: readonly string[], isLiked: boolean, signal: AbortSignal): Promise<void> {
    const { webApi, library, host } = this.#options;
    const method = isLiked ? "PUT" : "DELETE";
    for (let first = 0; first < uris.length; first += MAX_URIS) {
      const query = { uris: uris.slice(first, first + MAX_URIS).join(",") };
      const request = { method, path: "/v1/me/library", query } as const;
      const { status, headers, body } = await webApi.request(request, library, signal);
      if (status < 300) continue;
      if (status === 400 || status === 404) {
        throw new SpotifyError(
          "INVALID_ARGUMENT",
          "Spotify does not know all of these, or cannot like them.",
        );
      }
      const answer = { status, headers, body: Buffer.from(JSON.stringify(body ?? "")) };
      throw webApiRefusal(host, library.clientId, answer);
    }
  }

  /** Asks the Web API if Spotify's own services refuse, and an app is signed in. */
  async #elseWebApi<T>(internal: () => Promise<T>, overWebApi: () => Promise<T>): Promise<T> {
    try {
      return await internal();
    } catch (error) {
      const isRefused = error instanceof SpotifyError && error.code === "REQUEST_REFUSED";
      if (!isRefused || !this.#hasApp()) throw error;
      return overWebApi();
    }
  }

  #hasApp(): boolean {
    try {
      return this.#options.anyApp.clientId !== "";
    } catch {
      return false;
    }
  }
}

/** Sources: public clients that write to them: wavee's tests (artist), and others that say that `collection` refuses artists. */
const SETS: ReadonlyMap<string, string> = new Map([
  ["track", "collection"],
  ["album", "collection"],
  ["artist", "artist"],
]);

function nothingFound(): SpotifyError {
  return new SpotifyError("INVALID_ARGUMENT", "Spotify found nothing for these words.");
}

function tracksOf(document: unknown): string[] {
  const { pages } = (document ?? {}) as { pages?: unknown };
  const uris = (Array.isArray(pages) ? (pages as unknown[]) : []).flatMap((page) => {
    const { tracks } = (page ?? {}) as { tracks?: unknown };
    return Array.isArray(tracks) ? (tracks as { uri?: unknown }[]).map((track) => track?.uri) : [];
  });
  return uris.filter(isTrack).slice(0, MAX_TRACKS);
}

function isTrack(uri: unknown): uri is string {
  return typeof uri === "string" && /^spotify:track:[0-9A-Za-z]{22}$/.test(uri);
}

function resultsOf(document: unknown, type: SearchType): Match[] {
  const list = ((document ?? {}) as Record<string, { items?: unknown } | undefined>)[`${type}s`]?.items;
  return (Array.isArray(list) ? (list as unknown[]) : []).slice(0, MAX_RESULTS).flatMap((entry) => {
    const { uri, name, artists } = (entry ?? {}) as { uri?: unknown; name?: unknown; artists?: unknown };
    if (typeof uri !== "string" || typeof name !== "string" || !isUri(uri)) return [];
    const names = (Array.isArray(artists) ? (artists as { name?: unknown }[]) : []).map(
      (artist) => artist?.name,
    );
    return [{ uri, title: name, artists: names.filter((one) => typeof one === "string") }];
  });
}

function isUri(text: string): boolean {
  try {
    return toUri(text) !== undefined;
  } catch {
    return false;
  }
}
