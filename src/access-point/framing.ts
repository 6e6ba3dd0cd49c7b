import { SpotifyError } from "../core/errors";
import type { Packet } from "./packet-types";
import { Shannon } from "./shannon";

/**
 * Packets on the wire: `command u8 ‖ length u16be ‖ payload`, encrypted, then a 4-byte MAC. The nonce is the number of
 * the packet as u32be, counted from 0 in each direction.
 * Source: librespot core/src/connection/codec.rs.
 */
const HEADER_BYTES = 3;
const MAC_BYTES = 4;
const MAX_PAYLOAD_BYTES = 0xffff;

class PacketCipher {
  readonly #shannon: Shannon;
  readonly #nonce = Buffer.alloc(4);
  #counter = 0;

  constructor(key: Uint8Array) {
    this.#shannon = new Shannon(key);
  }

  next(): Shannon {
    this.#nonce.writeUInt32BE(this.#counter);
    this.#counter = (this.#counter + 1) >>> 0;
    this.#shannon.nonce(this.#nonce);
    return this.#shannon;
  }
}

export class PacketEncoder {
  readonly #cipher: PacketCipher;

  /** @param key 32 bytes from the handshake */
  constructor(key: Uint8Array) {
    this.#cipher = new PacketCipher(key);
  }

  /**
   * The bytes of one packet.
   * @throws SpotifyError INVALID_ARGUMENT if the payload is over 65,535 bytes
   */
  encode(command: number, payload: Uint8Array): Buffer {
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw new SpotifyError("INVALID_ARGUMENT", `A packet holds at most ${MAX_PAYLOAD_BYTES} bytes.`);
    }
    const cipher = this.#cipher.next();
    const packet = Buffer.alloc(HEADER_BYTES + payload.length);
    packet.writeUInt8(command, 0);
    packet.writeUInt16BE(payload.length, 1);
    packet.set(payload, HEADER_BYTES);
    cipher.encrypt(packet);
    return Buffer.concat([packet, cipher.finish(MAC_BYTES)]);
  }
}

/**
 * Turns chunks of any size into packets. Holds at most one packet (64 KiB).
 */
export class PacketDecoder {
  readonly #cipher: PacketCipher;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  /** Payload and MAC of the current packet; undefined until its header is complete. */
  #body: Buffer | undefined;
  #filled = 0;
  #shannon: Shannon | undefined;

  /** @param key 32 bytes from the handshake */
  constructor(key: Uint8Array) {
    this.#cipher = new PacketCipher(key);
  }

  /**
   * The packets that `chunk` completes, in order.
   * @throws SpotifyError PROTOCOL_ERROR on a wrong MAC: nothing that follows on this connection can be trusted
   */
  *push(chunk: Uint8Array): Generator<Packet, void, void> {
    let offset = 0;
    while (offset < chunk.length) {
      const target: Buffer = this.#body ?? this.#header;
      const take = Math.min(target.length - this.#filled, chunk.length - offset);
      target.set(chunk.subarray(offset, offset + take), this.#filled);
      this.#filled += take;
      offset += take;
      if (this.#filled < target.length) return;
      this.#filled = 0;
      if (this.#body) {
        const packet = this.#finish(this.#body);
        this.#body = undefined;
        yield packet;
      } else {
        this.#shannon = this.#cipher.next();
        this.#shannon.decrypt(this.#header);
        this.#body = Buffer.alloc(this.#header.readUInt16BE(1) + MAC_BYTES);
      }
    }
  }

  #finish(body: Buffer): Packet {
    const shannon = this.#shannon!;
    const payload = body.subarray(0, body.length - MAC_BYTES);
    shannon.decrypt(payload);
    if (!shannon.finish(MAC_BYTES).equals(body.subarray(payload.length))) {
      throw new SpotifyError(
        "PROTOCOL_ERROR",
        "A packet from the access point was damaged or forged (wrong MAC).",
      );
    }
    return { command: this.#header.readUInt8(0), payload };
  }
}
