import {
  formatAddress,
  parseAddresses,
  resolveServers,
  type AccessPointAddress,
  type ResolvedServers,
} from "./resolver";
import { FALLBACK_SERVERS, SPOTIFY_ENDPOINTS, type Endpoints } from "../core/endpoints";
import { SpotifyError } from "../core/errors";
import type { HttpClient } from "../net/client";
import type { StateKeeper } from "../store/keeper";
import type { AccessPointList } from "./connector";

/** After this the resolver is asked again, behind a session that is already up, in ms. */
const GOOD_FOR = 24 * 60 * 60_000;

/** A server of Spotify's own services that the resolver names. */
export type ServerKind = "dealer" | "spclient";

/**
 * Where Spotify's servers are. The access points to try: those the resolver named the last time, which saves the first token a round trip or
 * three; else those it names now; else, where Spotify's own resolver does not answer, the address that
 * librespot falls back to. A dealer and an spclient: what was configured, else as above.
 */
export class ServerList implements AccessPointList {
  readonly #http: HttpClient;
  readonly #endpoints: Endpoints;
  readonly #resolver: string;
  readonly #state: StateKeeper;
  /** What the resolver said last, in this process. */
  #named: ResolvedServers | undefined;
  /** How often another server of a kind was asked for. */
  readonly #moves: Record<ServerKind, number> = { dealer: 0, spclient: 0 };

  constructor(http: HttpClient, endpoints: Endpoints, state: StateKeeper) {
    this.#http = http;
    this.#endpoints = endpoints;
    this.#resolver = endpoints.apResolve;
    this.#state = state;
  }

  /**
   * The base URL of a server of this kind.
   * @param another: the last one did not answer
   * @throws SpotifyError UNREACHABLE, TIMEOUT or PROTOCOL_ERROR where none is known
   */
  async server(kind: ServerKind, another: boolean, signal: AbortSignal): Promise<string> {
    const configured = this.#endpoints[kind];
    if (configured !== undefined) return configured;
    if (another) this.#moves[kind]++;
    if (another || !this.#named) {
      await this.#resolve(signal).catch((error: unknown) => {
        signal.throwIfAborted();
        if (!this.#named && this.#resolver !== SPOTIFY_ENDPOINTS.apResolve) throw error;
      });
    }
    const named = kind === "dealer" ? this.#named?.dealers : this.#named?.spclients;
    const fallback = kind === "dealer" ? FALLBACK_SERVERS.dealers : FALLBACK_SERVERS.spclients;
    const isSpotify = this.#resolver === SPOTIFY_ENDPOINTS.apResolve;
    const addresses = named?.length ? named : isSpotify ? parseAddresses(fallback) : [];
    if (addresses.length === 0) {
      throw new SpotifyError("PROTOCOL_ERROR", `Spotify's resolver named no ${kind}.`);
    }
    const address = addresses[this.#moves[kind] % addresses.length]!;
    return `${kind === "dealer" ? "wss" : "https"}://${formatAddress(address)}`;
  }

  async addresses(fresh: boolean, signal: AbortSignal): Promise<readonly AccessPointAddress[]> {
    const remembered = this.#remembered();
    if (!fresh && remembered.length > 0) return remembered;
    try {
      return await this.#resolve(signal);
    } catch (error) {
      signal.throwIfAborted();
      if (remembered.length > 0) return remembered;
      // Only for Spotify itself: whoever names another resolver must not end up there.
      if (this.#resolver === SPOTIFY_ENDPOINTS.apResolve)
        return parseAddresses(FALLBACK_SERVERS.accessPoints);
      throw error;
    }
  }

  /** Asks the resolver again if its last answer is old. Never rejects. */
  async refresh(signal: AbortSignal): Promise<void> {
    const at = this.#state.state.accessPoints?.at ?? 0;
    const age = Date.now() - at;
    if (age >= 0 && age < GOOD_FOR && this.#remembered().length > 0) return;
    await this.#resolve(signal).catch(() => undefined);
  }

  #remembered(): AccessPointAddress[] {
    const accessPoints = this.#state.state.accessPoints;
    return accessPoints?.resolver === this.#resolver ? parseAddresses(accessPoints.addresses) : [];
  }

  async #resolve(signal: AbortSignal): Promise<AccessPointAddress[]> {
    const servers = await resolveServers(this.#http, this.#resolver, signal);
    this.#named = servers;
    void this.#state.update({
      accessPoints: {
        resolver: this.#resolver,
        addresses: servers.accessPoints.map(formatAddress),
        at: Date.now(),
      },
    });
    return servers.accessPoints;
  }
}
