import { PacketType } from "../access-point/packet-types";
import { SpotifyError } from "../core/errors";
import type { MercuryChannel } from "./channel";
import type { RequestOptions } from "./pending-requests";
import { Subscriptions, type EventListener } from "./subscriptions";

/** An answer to a request. Every status is an answer: the caller knows what it means. */
export interface MercuryResponse {
  uri: string;
  /** As HTTP's. */
  statusCode: number;
  payload: Buffer[];
}

/** Requests and subscriptions over a session's access point connection, across reconnects. */
export class Mercury {
  readonly #channel: MercuryChannel;
  readonly #subscriptions = new Subscriptions();

  constructor(channel: MercuryChannel) {
    this.#channel = channel;
    channel.listener = {
      attached: () => this.#subscribeAgain(),
      event: (message) => this.#subscriptions.deliver(message),
    };
  }

  /** How many requests wait for an answer. */
  get inFlight(): number {
    return this.#channel.inFlight;
  }

  /**
   * Requests a resource.
   * @throws SpotifyError TIMEOUT; PROTOCOL_ERROR if the answer is damaged; RATE_LIMITED if too many requests wait; why
   *   the session has no connection, if only the user can change that; CLOSED; or the abort reason of `options.signal`
   */
  async get(uri: string, options: RequestOptions = {}): Promise<MercuryResponse> {
    return this.#channel.request(PacketType.MercuryRequest, "GET", uri, options);
  }

  /**
   * Calls `listener` with everything that Spotify pushes under `uri`, across reconnects. It ends when the returned
   * function is called, or when Spotify refuses the subscription on a later connection: then `onLost` is called.
   * @throws SpotifyError as `get`; REQUEST_REFUSED if Spotify answers with another status than 2xx
   */
  async subscribe(
    uri: string,
    listener: EventListener,
    options: RequestOptions & { onLost?: (error: SpotifyError) => void } = {},
  ): Promise<() => void> {
    const subscription = this.#subscriptions.add(uri, listener, options.onLost);
    const unsubscribe = (): void => {
      if (!this.#subscriptions.remove(subscription) || !this.#channel.isAttached) return;
      this.#channel.request(PacketType.MercuryUnsubscribe, "UNSUB", uri, {}).catch(() => undefined);
    };
    try {
      await this.#subscribe(uri, options);
      return unsubscribe;
    } catch (error) {
      this.#subscriptions.remove(subscription);
      throw error;
    }
  }

  #subscribeAgain(): void {
    for (const uri of this.#subscriptions.uris()) {
      this.#subscribe(uri, {}).catch((error: unknown) => {
        if (error instanceof SpotifyError && error.code !== "CLOSED") this.#subscriptions.drop(uri, error);
      });
    }
  }

  async #subscribe(uri: string, options: RequestOptions): Promise<void> {
    const response = await this.#channel.request(PacketType.MercurySubscribe, "SUB", uri, options);
    if (response.statusCode < 200 || response.statusCode > 299) {
      throw new SpotifyError(
        "REQUEST_REFUSED",
        `Spotify refused a subscription (status ${response.statusCode}).`,
      );
    }
    this.#subscriptions.confirm(uri, response.payload);
  }
}
