import {
  formatAddress,
  parseAddresses,
  resolveAccessPoints,
  type AccessPointAddress,
} from "../access-point/resolver";
import { FALLBACK_ACCESS_POINTS, SPOTIFY_ENDPOINTS } from "../endpoints";
import type { HttpClient } from "../http/client";
import type { StateKeeper } from "../state/keeper";
import type { AccessPointList } from "./connector";

/** After this the resolver is asked again, behind a session that is already up, in ms. */
const GOOD_FOR = 24 * 60 * 60_000;

/**
 * The access points to try: those the resolver named the last time, which saves the first token a round trip or
 * three; else those it names now; else, where Spotify's own resolver does not answer, the address that
 * librespot falls back to.
 */
export class RememberedAccessPoints implements AccessPointList {
  readonly #http: HttpClient;
  readonly #resolver: string;
  readonly #state: StateKeeper;

  constructor(http: HttpClient, resolver: string, state: StateKeeper) {
    this.#http = http;
    this.#resolver = resolver;
    this.#state = state;
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
      if (this.#resolver === SPOTIFY_ENDPOINTS.apResolve) return parseAddresses(FALLBACK_ACCESS_POINTS);
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
    const addresses = await resolveAccessPoints(this.#http, this.#resolver, signal);
    void this.#state.update({
      accessPoints: { resolver: this.#resolver, addresses: addresses.map(formatAddress), at: Date.now() },
    });
    return addresses;
  }
}
