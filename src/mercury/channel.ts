import type { AccessPointConnection } from "../access-point/connection";
import { PacketType, type Packet } from "../access-point/packet-types";
import { SpotifyError } from "../core/errors";
import { DamagedMessage, encodeRequest, MercuryAssembler, type MercuryMessage } from "./codec";
import { PendingRequests, type PendingRequest, type RequestOptions } from "./pending-requests";

/**
 * A connection is taken for dead if nothing at all was received for this long (ms) after a request: a router that
 * forgot it, a machine that slept. The requests are sent again on the next connection.
 */
const SILENCE_LIMIT = 8_000;

const MERCURY_PACKETS: ReadonlySet<number> = new Set([
  PacketType.MercuryRequest,
  PacketType.MercurySubscribe,
  PacketType.MercuryUnsubscribe,
  PacketType.MercuryEvent,
]);

/** What a channel tells the Mercury that uses it. */
export interface MercuryListener {
  /** A connection was attached. Requests that were pending are already sent on it. */
  attached(): void;
  /** Spotify pushed a message. It must not throw. */
  event(message: MercuryMessage): void;
}

/**
 * Sends Mercury requests over the session's access point connection, and receives the answers.
 *
 * It outlives connections: a request without a connection waits for the next one, and a request whose connection broke
 * is sent again. Only requests that may be sent twice go through here (GET and subscriptions).
 *
 * Source: librespot core/src/mercury/mod.rs.
 */
export class MercuryChannel {
  /** Set by the Mercury that uses this channel. */
  listener: MercuryListener | undefined;
  readonly #pending = new PendingRequests();
  #connection: AccessPointConnection | undefined;
  #assembler = new MercuryAssembler();
  #attachedAt = 0;
  #silenceTimer: NodeJS.Timeout | undefined;
  /** Why every request fails now. */
  #failure: SpotifyError | undefined;

  /** How many requests wait for an answer. */
  get inFlight(): number {
    return this.#pending.size;
  }

  get isAttached(): boolean {
    return this.#connection !== undefined;
  }

  /** Takes a connection that is logged in, and sends every pending request on it. */
  attach(connection: AccessPointConnection): void {
    this.detach();
    this.#failure = undefined;
    this.#connection = connection;
    this.#attachedAt = performance.now();
    this.#assembler = new MercuryAssembler();
    connection.on("packet", this.#onPacket);
    for (const request of this.#pending.all()) this.#send(request);
    this.listener?.attached();
  }

  /** Lets go of the connection. Pending requests go on waiting. */
  detach(): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = undefined;
    this.#connection?.off("packet", this.#onPacket);
    this.#connection = undefined;
  }

  /** Fails every pending request, and every request until the next `attach` or `resume`, with `error`. */
  fail(error: SpotifyError): void {
    this.detach();
    this.#failure = error;
    this.#pending.failAll(error);
  }

  /** Takes back `fail`: requests wait for a connection again. */
  resume(): void {
    this.#failure = undefined;
  }

  /** @throws SpotifyError as `Mercury.get` */
  async request(
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
      // The dead connection reports itself. The request waits for the next one.
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

  readonly #onPacket = ({ command, payload }: Packet): void => {
    if (!MERCURY_PACKETS.has(command)) return;
    try {
      const message = this.#assembler.push(payload);
      if (!message) return;
      if (command === PacketType.MercuryEvent) this.listener?.event(message);
      else this.#pending.resolve(message);
    } catch (error) {
      // A damaged message fails its own request alone: the packet's MAC was right, so the connection is sound.
      if (!(error instanceof DamagedMessage)) throw error;
      if (error.sequence !== undefined) this.#pending.reject(error.sequence, error);
    }
  };
}
