import { raceAbort } from "../async/race-abort";
import { Serial } from "../async/serial";
import { SPOTIFY_ENDPOINTS, METADATA_SERVER, type Endpoints } from "../core/endpoints";
import type { HttpClient } from "../net/client";
import type { RateLimitGuard } from "../net/rate-limit-guard";
import type { Spclient } from "../spclient/spclient";
import { extendedMetadata, type CatalogueId } from "./extended-metadata";
import { FailurePause } from "./failure-pause";
import { metadata4 } from "./metadata4";
import { NameCache } from "./name-cache";
import type { NameSource, Names } from "./names";
import { oembed } from "./oembed";
import { playlistName } from "./playlist-name";
import { parseSpotifyUri, type SpotifyId } from "./spotify-id";

/** What one request of extended-metadata may ask for. Source: BridgeThing crates/spotify sends so many. */
const MOST_IN_BATCH = 250;
/** Requests that wait or are under way. What does not fit into them is not looked up. */
const MOST_BATCHES = 16;

export interface NameLookupOptions {
  spclient: Pick<Spclient, "request">;
  http: HttpClient;
  guard: RateLimitGuard;
  endpoints: Endpoints;
}

/** URIs that are asked for in one request. */
interface Batch {
  /** Whether it holds a playlist: one alone, because each needs a request of its own. */
  ofPlaylist: boolean;
  ids: Map<string, SpotifyId>;
  /** Those of `ids` for which other services are asked if the first one does not tell the name. */
  important: Set<string>;
  hasStarted: boolean;
  ended: Promise<void>;
}

/**
 * Looks up names at Spotify's own services: one request at a time, many URIs in one request, nothing twice.
 *
 * The first URI of a call, if it is a track or an episode, is what plays: if extended-metadata does not tell its name,
 * metadata/4 is asked, and then oEmbed. Nothing else is looked up there. A service that failed is not asked for a while;
 * the others are.
 */
export class NameLookup implements NameSource {
  readonly #options: NameLookupOptions;
  readonly #cache = new NameCache();
  readonly #batches: Batch[] = [];
  readonly #requests = new Serial();
  readonly #extendedMetadata = new FailurePause();
  readonly #metadata4 = new FailurePause();
  readonly #oembed = new FailurePause();
  readonly #playlists = new FailurePause();
  /** Only one of Spotify's servers answers metadata/4. */
  readonly #metadataServer: string | undefined;
  /** A session that was given another resolver must not ask Spotify's own hosts. */
  readonly #mayAskOembed: boolean;

  constructor(options: NameLookupOptions) {
    const { endpoints } = options;
    const isSpotify = endpoints.apResolve === SPOTIFY_ENDPOINTS.apResolve;
    this.#options = options;
    this.#metadataServer = isSpotify && endpoints.spclient === undefined ? METADATA_SERVER : undefined;
    this.#mayAskOembed = isSpotify || endpoints.open !== SPOTIFY_ENDPOINTS.open;
  }

  known(uri: string): Names | undefined {
    return this.#cache.get(uri);
  }

  wants(uri: string): boolean {
    const id = parseSpotifyUri(uri);
    return id !== undefined && !this.#cache.has(uri) && this.#mayAsk(id);
  }

  /**
   * A request goes on after its callers have left, because its answer is remembered.
   * @param uris what plays first
   * @throws the abort reason of `signal`
   */
  async lookUp(uris: readonly string[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const batches = new Set<Batch>();
    for (const [index, uri] of uris.entries()) {
      const id = parseSpotifyUri(uri);
      if (!id || this.#cache.has(uri) || !this.#mayAsk(id)) continue;
      const batch = this.#batchFor(id);
      if (!batch) continue;
      batches.add(batch);
      if (index === 0 && isItem(id)) batch.important.add(uri);
    }
    await raceAbort(signal, Promise.all([...batches].map(({ ended }) => ended)));
  }

  /** Whether a service that may have this name can be asked now. */
  #mayAsk(id: SpotifyId): boolean {
    if (id.kind === "playlist") return this.#playlists.isOver;
    if (this.#extendedMetadata.isOver) return true;
    return isItem(id) && (this.#metadata4.isOver || (this.#mayAskOembed && this.#oembed.isOver));
  }

  /** The batch in which this URI is or will be asked for; undefined if too many wait. */
  #batchFor(id: SpotifyId): Batch | undefined {
    const joined = this.#batches.find(({ ids }) => ids.has(id.uri));
    if (joined) return joined;
    const ofPlaylist = id.kind === "playlist";
    const open = this.#batches.find(
      (batch) => !ofPlaylist && !batch.ofPlaylist && !batch.hasStarted && batch.ids.size < MOST_IN_BATCH,
    );
    const batch = open ?? this.#newBatch(ofPlaylist);
    batch?.ids.set(id.uri, id);
    return batch;
  }

  #newBatch(ofPlaylist: boolean): Batch | undefined {
    if (this.#batches.length >= MOST_BATCHES) return undefined;
    const batch: Batch = {
      ofPlaylist,
      ids: new Map(),
      important: new Set(),
      hasStarted: false,
      ended: this.#requests.run(async () => {
        batch.hasStarted = true;
        try {
          await (ofPlaylist ? this.#askForPlaylist(batch) : this.#askForCatalogue(batch));
        } finally {
          this.#batches.splice(this.#batches.indexOf(batch), 1);
        }
      }),
    };
    this.#batches.push(batch);
    return batch;
  }

  async #askForPlaylist({ ids }: Batch): Promise<void> {
    const id = ids.values().next().value!;
    const found = await this.#playlists.ask(() => playlistName(this.#options.spclient, id, neverAborted()));
    if (found) this.#cache.found(id.uri, found.names, found.ttl);
    else if (found === null) this.#cache.missed(id.uri);
  }

  async #askForCatalogue({ ids, important }: Batch): Promise<void> {
    const asked = [...ids.values()] as CatalogueId[];
    const found = await this.#extendedMetadata.ask(() =>
      extendedMetadata(this.#options.spclient, asked, neverAborted()),
    );
    for (const id of asked) {
      const entry = found?.get(id.uri);
      if (entry) this.#cache.found(id.uri, entry.names, entry.ttl);
      else if (important.has(id.uri)) await this.#askElsewhere(id, found !== undefined);
      else if (found) this.#cache.missed(id.uri);
    }
  }

  /** @param wasMissed whether extended-metadata answered that it does not have this item */
  async #askElsewhere(id: CatalogueId, wasMissed: boolean): Promise<void> {
    const { spclient, http, guard, endpoints } = this.#options;
    const found = await this.#metadata4.ask(() =>
      metadata4(spclient, this.#metadataServer, id, neverAborted()),
    );
    if (found) return this.#cache.found(id.uri, found.names, found.ttl);
    const part = this.#mayAskOembed
      ? await this.#oembed.ask(() => oembed({ http, guard, open: endpoints.open }, id, neverAborted()))
      : undefined;
    if (part) this.#cache.foundInPart(id.uri, part);
    else if (wasMissed || found === null || part === null) this.#cache.missed(id.uri);
  }
}

function isItem({ kind }: SpotifyId): boolean {
  return kind === "track" || kind === "episode";
}

/** A signal for one request, which ends by its own time limit. Node would keep a trace of each request in a shared signal. */
function neverAborted(): AbortSignal {
  return new AbortController().signal;
}
