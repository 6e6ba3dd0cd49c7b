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
import type { Slice } from "../store/slice";
import type { AccessPointList } from "./connector";

/** After this the resolver is asked again, behind a session that is already up, in ms. */
const GOOD_FOR = 24 * 60 * 60_000;

/** The access points of the last answer of `resolver`, as they are stored. */
export interface RememberedServers {
  resolver: string;
  /** `host:port`, best first */
  addresses: readonly string[];
  /** ms since the epoch */
  at: number;
}

/** A server of Spotify's own services that the resolver names. */
export type ServerKind = "dealer" | "spclient";

/**
 * Where Spotify's servers are. Access points: those that the resolver named the last time, which saves the first token up to three round trips; else
 * those it names now; else, if Spotify's own resolver does not answer, the address that librespot falls back to.
 * Dealer and spclient: what was configured, else what the resolver names, else as librespot.
 */
export class ServerList implements AccessPointList {
  readonly #http: HttpClient;
  readonly #endpoints: Endpoints;
  readonly #resolver: string;
  readonly #kept: Slice<RememberedServers | undefined>;
  /** What the resolver said last, in this process. */
  #named: ResolvedServers | undefined;
  /** How often another server of a kind was asked for. */
  readonly #moves: Record<ServerKind, number> = { dealer: 0, spclient: 0 };

  constructor(http: HttpClient, endpoints: Endpoints, kept: Slice<RememberedServers | undefined>) {
    this.#http = http;
    this.#endpoints = endpoints;
    this.#resolver = endpoints.apResolve;
    this.#kept = kept;
  }

  /**
   * The base URL of a server of this kind.
   * @param another whether the last one did not answer
   * @throws SpotifyError UNREACHABLE, TIMEOUT or PROTOCOL_ERROR if none is known
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
      // Only for Spotify itself: a session that was given another resolver must not connect to Spotify.
      if (this.#resolver === SPOTIFY_ENDPOINTS.apResolve)
        return parseAddresses(FALLBACK_SERVERS.accessPoints);
      throw error;
    }
  }

  /** Asks the resolver again if its last answer is old. Never rejects. */
  async refresh(signal: AbortSignal): Promise<void> {
    const at = this.#kept.value?.at ?? 0;
    const age = Date.now() - at;
    if (age >= 0 && age < GOOD_FOR && this.#remembered().length > 0) return;
    await this.#resolve(signal).catch(() => undefined);
  }

  #remembered(): AccessPointAddress[] {
    const kept = this.#kept.value;
    return kept?.resolver === this.#resolver ? parseAddresses(kept.addresses) : [];
  }

  async #resolve(signal: AbortSignal): Promise<AccessPointAddress[]> {
    const servers = await resolveServers(this.#http, this.#resolver, signal);
    this.#named = servers;
    const addresses = servers.accessPoints.map(formatAddress);
    void this.#kept.set({ resolver: this.#resolver, addresses, at: Date.now() });
    return servers.accessPoints;
  }
}

/** The access points that were stored, or undefined if none can be read. */
export function parseServers(value: unknown): RememberedServers | undefined {
  const { resolver, addresses, at } = (value ?? {}) as RememberedServers;
  if (typeof resolver !== "string" || typeof at !== "number" || !Array.isArray(addresses)) return undefined;
  return parseAddresses(addresses).length > 0 ? { resolver, addresses, at } : undefined;
}
