import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { SpotifyError, toSpotifyError } from "../core/errors";
import { PacketDecoder, PacketEncoder } from "./framing";
import type { HandshakeResult } from "./handshake";
import type { Packet } from "./packet-types";
import { PlainRefusal } from "./plain-refusal";

/** If more than this waits to be sent, the server has stopped reading. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

export interface ConnectionEvents {
  packet: [Packet];
  /** Once, whichever side ended the connection. */
  close: [SpotifyError];
}

/**
 * An encrypted connection to an access point that sends and receives packets. It knows nothing of logins or Mercury.
 */
export class AccessPointConnection extends EventEmitter<ConnectionEvents> {
  readonly #socket: Socket;
  readonly #encoder: PacketEncoder;
  readonly #decoder: PacketDecoder;
  /** Until the first packet arrives. */
  #plainRefusal: PlainRefusal | undefined = new PlainRefusal();
  #closed: SpotifyError | undefined;
  /** When bytes last arrived, ms of the monotonic clock. */
  lastHeard = performance.now();
  /** Whether the server has pinged, which it does at once on a connection that works. Set by `KeepAlive`. */
  wasPinged = false;

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
    // Bytes after the handshake's answer, in the same chunk. Handled on the next turn, when there are listeners.
    if (keys.leftover.length > 0) setImmediate(() => this.#onData(keys.leftover));
    setImmediate(() => socket.resume());
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /**
   * Sends one packet.
   * @throws SpotifyError UNREACHABLE if the server has stopped reading; the reason of `close` if the connection is closed
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

  /** Ends the connection at once. @param reason for the `close` event */
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
