import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { SpotifyError, toSpotifyError } from "../core/errors";
import { PacketDecoder, PacketEncoder } from "./framing";
import type { HandshakeResult } from "./handshake";
import type { Packet } from "./packet-types";
import { PlainRefusal } from "./plain-refusal";

/** What may wait to be sent; beyond it the other side has stopped reading. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

export interface ConnectionEvents {
  packet: [Packet];
  /** Once, whoever ended it. */
  close: [SpotifyError];
}

/**
 * An enciphered connection to an access point: packets in, packets out. It knows nothing of logins or Mercury.
 */
export class AccessPointConnection extends EventEmitter<ConnectionEvents> {
  readonly #socket: Socket;
  readonly #encoder: PacketEncoder;
  readonly #decoder: PacketDecoder;
  /** Until the first packet. */
  #plainRefusal: PlainRefusal | undefined = new PlainRefusal();
  #closed: SpotifyError | undefined;
  /** When bytes last arrived, ms of the monotonic clock. */
  lastHeard = performance.now();

  constructor(socket: Socket, keys: HandshakeResult) {
    super();
    this.#socket = socket;
    this.#encoder = new PacketEncoder(keys.sendKey);
    this.#decoder = new PacketDecoder(keys.receiveKey);
    socket.on("data", this.#onData);
    socket.on("error", (cause) =>
      this.#end(new SpotifyError("UNREACHABLE", "The connection to Spotify broke.", { cause })),
    );
    socket.on("close", () => this.#end(new SpotifyError("UNREACHABLE", "Spotify closed the connection.")));
    // Behind the handshake's answer, in the same chunk. Given on the next turn, when somebody listens.
    if (keys.leftover.length > 0) setImmediate(() => this.#onData(keys.leftover));
    setImmediate(() => socket.resume());
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /**
   * Sends one packet.
   * @throws SpotifyError UNREACHABLE if the connection is closed or its other side has stopped reading
   */
  send(command: number, payload: Uint8Array): void {
    if (this.#closed) throw this.#closed;
    if (this.#socket.writableLength > MAX_BUFFERED_BYTES) {
      const error = new SpotifyError("UNREACHABLE", "The access point has stopped reading.");
      this.#end(error);
      throw error;
    }
    this.#socket.write(this.#encoder.encode(command, payload));
  }

  /** Ends the connection at once. @param reason what `close` is emitted with */
  close(reason = new SpotifyError("CLOSED", "The connection was closed.")): void {
    this.#end(reason);
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#closed) return;
    this.lastHeard = performance.now();
    const refusal = this.#plainRefusal?.push(chunk);
    if (refusal) return this.#end(refusal);
    try {
      for (const packet of this.#decoder.push(chunk)) {
        this.#plainRefusal = undefined;
        this.emit("packet", packet);
        if (this.#closed) return;
      }
    } catch (error) {
      this.#end(
        toSpotifyError(error, "PROTOCOL_ERROR", "A packet from the access point could not be handled."),
      );
    }
  };

  #end(reason: SpotifyError): void {
    if (this.#closed) return;
    this.#closed = reason;
    this.#socket.destroy();
    this.emit("close", reason);
  }
}
