import { SingleFlight } from "../../async/single-flight";
import type { HttpClient } from "../../net/client";
import { OWN_BRAND } from "../get-info";
import { browse, type Place } from "./browse";
import type { StoredCredential } from "./seal";
import { ReceiverApi, type ReceiverInfo } from "./receiver-api";

/** How long what was found is used again, ms. */
const KEPT_FOR = 5_000;

export interface LanReceiversOptions {
  http: Pick<HttpClient, "request">;
  /** The stored credential of the account; undefined if it has none. */
  credentials: () => StoredCredential | undefined;
  deviceId: () => string;
  deviceName: string;
  /** Looks for devices; default: by mDNS. */
  browse?: (limit: number, signal: AbortSignal) => Promise<readonly Place[]>;
}

/** A speaker on the local network. */
export interface LanReceiver {
  id: string;
  name: string;
  aliases: readonly string[];
  type: string | null;
}

/** The speakers on the local network: found by mDNS, and signed in to with the stored credential. */
export class LanReceivers {
  readonly #options: LanReceiversOptions;
  readonly #api: ReceiverApi;
  readonly #searches = new SingleFlight<number, readonly ReceiverInfo[]>();
  #last: { at: number; limit: number; found: readonly ReceiverInfo[] } | undefined;

  constructor(options: LanReceiversOptions) {
    this.#options = options;
    this.#api = new ReceiverApi(options.http);
  }

  /** Those that answer within `limit` ms. @throws the abort reason of `signal` */
  async browse(limit: number, signal: AbortSignal): Promise<readonly LanReceiver[]> {
    const last = this.#last;
    const isFresh = last !== undefined && last.limit >= limit && performance.now() - last.at < KEPT_FOR;
    const found = isFresh
      ? last.found
      : await this.#searches.join(limit, signal, (either) => this.#search(limit, either));
    return found.map(({ deviceId, name, aliases, type }) => ({ id: deviceId, name, aliases, type }));
  }

  /**
   * Signs the account in to one that `browse` has found.
   * @returns why it would not, as a sentence; undefined if it accepted
   * @throws the abort reason of `signal`
   */
  async tap({ id, name }: LanReceiver, signal: AbortSignal): Promise<string | undefined> {
    const credentials = this.#options.credentials();
    if (!credentials) return "The account has no stored credential: sign in by pairing.";
    const info = this.#last?.found.find(({ deviceId }) => deviceId === id);
    if (!info) return `${name} has left the local network.`;
    const { deviceId, deviceName } = this.#options;
    return this.#api.addUser(info, credentials, { deviceId: deviceId(), deviceName }, signal);
  }

  async #search(limit: number, signal: AbortSignal): Promise<readonly ReceiverInfo[]> {
    const places = await (this.#options.browse ?? browse)(limit, signal);
    const infos = await Promise.all(places.map((place) => this.#api.info(place, signal)));
    const own = this.#options.deviceId();
    const found = infos
      .filter((info) => info !== undefined)
      // Those of other sessions are no speakers either.
      .filter(({ deviceId, brand }) => deviceId !== own && brand !== OWN_BRAND);
    this.#last = { at: performance.now(), limit, found };
    return found;
  }
}
