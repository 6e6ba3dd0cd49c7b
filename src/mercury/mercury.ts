import type { AccessPointConnection } from "../access-point/connection";
import { PacketType, type Packet } from "../access-point/packet-types";
import { SpotifyError } from "../core/errors";
import { DamagedMessage, encodeRequest, MercuryAssembler, type MercuryMessage } from "./codec";
import { PendingRequests, type PendingRequest, type RequestOptions } from "./pending-requests";
import { Subscriptions, type EventListener } from "./subscriptions";

/**
 * A connection on which nothing at all was heard for this long (ms) after a request is taken for dead: a router
 * that forgot it, a machine that slept. What waits is asked again on the next one.
 */
const SILENCE_LIMIT = 8_000;

/** An answer to a request. Every status is an answer: what it means, the asker knows. */
export interface MercuryResponse {
  uri: string;
  /** As HTTP's. */
  statusCode: number;
  payload: Buffer[];
}

/**
 * Requests and subscriptions over a session's access point connection.
 *
 * It outlives connections: what is asked while there is none waits for the next, and what was asked on one that
 * broke is asked again. Only what may be asked twice can be asked here (GET, and subscriptions).
 *
 * Source: librespot core/src/mercury/mod.rs.
 */
export class Mercury {
  readonly #pending = new PendingRequests();
  readonly #subscriptions = new Subscriptions();
  #connection: AccessPointConnection | undefined;
  #assembler = new MercuryAssembler();
  #attachedAt = 0;
  #silenceTimer: NodeJS.Timeout | undefined;
  /** Why every request fails at the moment. */
  #failure: SpotifyError | undefined;

  /** How many requests wait for an answer. */
  get inFlight(): number {
    return this.#pending.size;
  }

  /**
   * Asks for a resource.
   * @throws SpotifyError TIMEOUT, PROTOCOL_ERROR if the answer is damaged, RATE_LIMITED if too many wait, what
   *   `fail` was given; or the abort reason of `options.signal`
   */
  async get(uri: string, options: RequestOptions = {}): Promise<MercuryResponse> {
    return this.#request(PacketType.MercuryRequest, "GET", uri, options);
  }

  /**
   * Listens to what Spotify pushes under `uri`, over reconnects, until the returned function is called, or until
   * Spotify refuses it on a later connection: then `onLost` is told.
   * @throws SpotifyError as `get`; REQUEST_REFUSED if Spotify answers with another status than 2xx
   */
  async subscribe(
    uri: string,
    listener: EventListener,
    options: RequestOptions & { onLost?: (error: SpotifyError) => void } = {},
  ): Promise<() => void> {
    const subscription = this.#subscriptions.add(uri, listener, options.onLost);
    const unsubscribe = (): void => {
      if (!this.#subscriptions.remove(subscription) || !this.#connection) return;
      this.#request(PacketType.MercuryUnsubscribe, "UNSUB", uri, {}).catch(() => undefined);
    };
    try {
      await this.#subscribe(uri, options);
      return unsubscribe;
    } catch (error) {
      this.#subscriptions.remove(subscription);
      throw error;
    }
  }

  /** Takes a connection on which somebody has logged in, and asks on it all that waits. */
  attach(connection: AccessPointConnection): void {
    this.detach();
    this.#failure = undefined;
    this.#connection = connection;
    this.#attachedAt = performance.now();
    this.#assembler = new MercuryAssembler();
    connection.on("packet", this.#onPacket);
    const renewed = this.#subscriptions.uris();
    for (const request of this.#pending.all()) this.#send(request);
    for (const uri of renewed) {
      this.#subscribe(uri, {}).catch((error: unknown) => {
        if (error instanceof SpotifyError && error.code !== "CLOSED") this.#subscriptions.drop(uri, error);
      });
    }
  }

  /** Lets go of the connection. What waits goes on waiting. */
  detach(): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = undefined;
    this.#connection?.off("packet", this.#onPacket);
    this.#connection = undefined;
  }

  /** Fails all that waits, and all that is asked until the next `attach`, with `error`. */
  fail(error: SpotifyError): void {
    this.detach();
    this.#failure = error;
    this.#pending.failAll(error);
  }

  /** What waits may wait again: takes back `fail`. */
  resume(): void {
    this.#failure = undefined;
  }

  async #subscribe(uri: string, options: RequestOptions): Promise<void> {
    const response = await this.#request(PacketType.MercurySubscribe, "SUB", uri, options);
    if (response.statusCode < 200 || response.statusCode > 299) {
      throw new SpotifyError(
        "REQUEST_REFUSED",
        `Spotify refused a subscription (status ${response.statusCode}).`,
      );
    }
    this.#subscriptions.confirm(uri, response.payload);
  }

  async #request(
    command: PacketType,
    method: string,
    uri: string,
    options: RequestOptions,
  ): Promise<MercuryMessage> {
    if (this.#failure) throw this.#failure;
    options.signal?.throwIfAborted();
    const request = this.#pending.add(command, (sequence) => encodeRequest(sequence, method, uri), options);
    this.#send(request);
    return request.answer;
  }

  #send(request: PendingRequest): void {
    if (!this.#connection) return;
    try {
      this.#connection.send(request.command, request.packet);
      request.sent++;
      this.#watchForSilence(SILENCE_LIMIT);
    } catch {
      // The connection is dead and says so itself; the request waits for the next.
    }
  }

  #watchForSilence(delay: number): void {
    this.#silenceTimer ??= setTimeout(() => {
      this.#silenceTimer = undefined;
      const oldest = this.#pending.oldest();
      if (!this.#connection || oldest === undefined) return;
      const silentSince = Math.max(oldest, this.#attachedAt, this.#connection.lastHeard);
      const left = silentSince + SILENCE_LIMIT - performance.now();
      if (left > 0) this.#watchForSilence(left);
      else this.#connection.close(new SpotifyError("UNREACHABLE", "The connection to Spotify went silent."));
    }, delay);
  }

  readonly #onPacket = (packet: Packet): void => {
    switch (packet.command) {
      case PacketType.MercuryRequest:
      case PacketType.MercurySubscribe:
      case PacketType.MercuryUnsubscribe:
      case PacketType.MercuryEvent:
        break;
      default:
        return;
    }
    try {
      const message = this.#assembler.push(packet.payload);
      if (!message) return;
      if (packet.command === PacketType.MercuryEvent) this.#subscriptions.deliver(message);
      else this.#pending.resolve(message);
    } catch (error) {
      // One damaged message harms its asker alone; the packet's MAC was right, so the connection is sound.
      if (!(error instanceof DamagedMessage)) throw error;
      if (error.sequence !== undefined) this.#pending.reject(error.sequence, error);
    }
  };
}
