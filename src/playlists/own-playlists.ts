import { endingWith } from "../async/ending-with";
import { SpotifyError } from "../core/errors";
import type { Spclient } from "../spclient/spclient";
import type { AppCredential, WebApi } from "../web-api/web-api";
import { MOST_PLAYLISTS, type Playlist } from "./playlist";
import { rootlistPage } from "./rootlist";
import { webApiPage } from "./web-api-playlists";

/** Of one list. 500 playlists are ten pages of the Web API. */
const MOST_PAGES = 10;

export interface OwnPlaylistsOptions {
  spclient: Pick<Spclient, "request">;
  webApi: Pick<WebApi, "document">;
  /** The tokens of an app whose sign-in covers `READ_PLAYLISTS`. */
  app: AppCredential;
  /** Reads what is remembered of the account. */
  ready: () => Promise<void>;
  /** Spotify's name of the account. */
  username: (signal: AbortSignal) => Promise<string>;
  /** Why Spotify's own services cannot be asked; undefined if they may. */
  whyNotInternal: () => SpotifyError | undefined;
  closing: AbortSignal;
}

/** The playlists of an account: from Spotify's own services if they can be asked, else from the Web API. */
export class OwnPlaylists {
  readonly #options: OwnPlaylistsOptions;

  constructor(options: OwnPlaylistsOptions) {
    this.#options = options;
  }

  /**
   * @returns at most 500, in the account's own order
   * @throws SpotifyError NOT_SIGNED_IN; INVALID_SCOPE if only an app is signed in, without the permission; REQUEST_REFUSED;
   *   CLOSED, also if another account is signed in meanwhile; what a request fails with; or the abort reason of `given`
   */
  async list(given?: AbortSignal): Promise<Playlist[]> {
    const ending = endingWith(this.#options.closing, given);
    try {
      return await this.#list(ending.signal);
    } finally {
      ending.clear();
    }
  }

  async #list(signal: AbortSignal): Promise<Playlist[]> {
    const { ready, whyNotInternal } = this.#options;
    signal.throwIfAborted();
    await ready();
    signal.throwIfAborted();
    const obstacle = whyNotInternal();
    if (obstacle && !this.#hasApp()) throw obstacle;
    if (obstacle) return this.#overWebApi(signal);
    try {
      return await this.#internal(signal);
    } catch (error) {
      const isRefused = error instanceof SpotifyError && error.code === "REQUEST_REFUSED";
      if (!isRefused || !this.#hasApp()) throw error;
      return this.#overWebApi(signal);
    }
  }

  async #internal(signal: AbortSignal): Promise<Playlist[]> {
    const { spclient, username } = this.#options;
    const name = await username(signal);
    let rows = 0;
    const found = await collected(async () => {
      const page = await rootlistPage(spclient, name, rows, signal);
      rows += page.rows;
      return { playlists: page.playlists, isTruncated: page.isTruncated && page.rows > 0 };
    });
    if ((await username(signal)) === name) return found;
    throw new SpotifyError("CLOSED", "Another account was signed in meanwhile.");
  }

  #overWebApi(signal: AbortSignal): Promise<Playlist[]> {
    const { webApi, app } = this.#options;
    return collected((page) => webApiPage(webApi, app, page, signal));
  }

  #hasApp(): boolean {
    try {
      return this.#options.app.clientId !== "";
    } catch {
      return false;
    }
  }
}

/** All pages as one list: a playlist that moved while they were read is there once. */
async function collected(
  pageOf: (page: number) => Promise<{ playlists: readonly Playlist[]; isTruncated: boolean }>,
): Promise<Playlist[]> {
  const found = new Map<string, Playlist>();
  for (let number = 0; number < MOST_PAGES && found.size < MOST_PLAYLISTS; number++) {
    const { playlists, isTruncated } = await pageOf(number);
    for (const playlist of playlists) if (!found.has(playlist.uri)) found.set(playlist.uri, playlist);
    if (!isTruncated) break;
  }
  return [...found.values()].slice(0, MOST_PLAYLISTS);
}
