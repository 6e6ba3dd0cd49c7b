import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { SpotifyError } from "../core/errors";
import { HeaderSchema } from "../proto/gen/mercury_pb";

/**
 * Mercury messages in packets: `u16be sequence length ‖ sequence ‖ flags u8 ‖ u16be part count ‖
 * (u16be length ‖ part)…`. The first part is the header; a message may be spread over packets, and so may a part.
 *
 * Source: librespot core/src/mercury/mod.rs and types.rs.
 */
const FLAG_MORE = 0;
const FLAG_FINAL = 1;
/**
 * More to come, and the last part of this packet goes on in the next: so librespot reads it. librespot-java takes
 * every piece for a part of its own. If the first reading gives no header, the second is tried.
 */
const FLAG_PARTIAL = 2;

/** A message over this is refused: no answer that is asked for here comes near it. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
const MAX_PARTS = 4096;
/** Messages that have begun and not ended: how many, and how much they may hold in all. */
const MAX_UNFINISHED = 1024;
const MAX_UNFINISHED_BYTES = 16 * 1024 * 1024;
const MAX_PART_BYTES = 0xffff;

export interface MercuryMessage {
  /** The sequence, as hex. */
  sequence: string;
  uri: string;
  /** As HTTP's. 0 in a message that says none. */
  statusCode: number;
  payload: Buffer[];
}

/** A message that could not be put together, and whose it would have been. */
export class DamagedMessage extends SpotifyError {
  /** The sequence, as hex; undefined if it could not be read. */
  readonly sequence: string | undefined;

  constructor(message: string, sequence: string | undefined, cause?: unknown) {
    super("PROTOCOL_ERROR", message, { cause });
    this.sequence = sequence;
  }
}

/**
 * The payload of a packet that asks something.
 * @param sequence any bytes; librespot uses 8
 * @throws SpotifyError INVALID_ARGUMENT if the URI is too long for a part
 */
export function encodeRequest(sequence: Uint8Array, method: string, uri: string): Buffer {
  const header = toBinary(HeaderSchema, create(HeaderSchema, { uri, method }));
  if (header.length > MAX_PART_BYTES)
    throw new SpotifyError("INVALID_ARGUMENT", "The Mercury URI is too long.");
  return Buffer.concat([
    u16(sequence.length),
    sequence,
    Buffer.from([FLAG_FINAL]),
    u16(1),
    u16(header.length),
    header,
  ]);
}

interface Unfinished {
  parts: Buffer[];
  /** Pieces of a part that goes on in the next packet. */
  partial: Buffer[];
  /** All pieces, unjoined. */
  pieces: Buffer[];
  bytes: number;
}

/** Puts messages together from the packets of one connection. */
export class MercuryAssembler {
  readonly #unfinished = new Map<string, Unfinished>();
  #unfinishedBytes = 0;

  /** How many messages have begun and not ended. */
  get unfinished(): number {
    return this.#unfinished.size;
  }

  /**
   * @param payload of one packet
   * @returns the message that it completes, or undefined while there is more to come
   * @throws DamagedMessage if the payload is malformed or the message too long; what had come of that message is
   *   forgotten, other messages are not touched
   */
  push(payload: Buffer): MercuryMessage | undefined {
    const reader = new PartReader(payload);
    const sequence = reader.bytes(reader.u16()).toString("hex");
    reader.sequence = sequence;
    const message = this.#take(sequence) ?? { parts: [], partial: [], pieces: [], bytes: 0 };
    const flags = reader.u8();
    if (flags !== FLAG_FINAL && flags !== FLAG_MORE && flags !== FLAG_PARTIAL) {
      throw new DamagedMessage(`A Mercury message has unknown flags (${flags}).`, sequence);
    }
    const count = reader.u16();
    // The pieces are views of the packet, so that it is the packet that takes the room.
    message.bytes += payload.length;
    for (let i = 0; i < count; i++) {
      const piece = reader.bytes(reader.u16());
      message.pieces.push(piece);
      message.partial.push(piece);
      if (flags !== FLAG_PARTIAL || i < count - 1) endPart(message);
    }
    if (message.bytes > MAX_MESSAGE_BYTES || message.pieces.length > MAX_PARTS) {
      throw new DamagedMessage("A Mercury message is too long.", sequence);
    }
    if (flags !== FLAG_FINAL) {
      this.#keep(sequence, message);
      return undefined;
    }
    if (message.partial.length > 0) endPart(message);
    return readMessage(sequence, message);
  }

  #take(sequence: string): Unfinished | undefined {
    const message = this.#unfinished.get(sequence);
    if (message) {
      this.#unfinished.delete(sequence);
      this.#unfinishedBytes -= message.bytes;
    }
    return message;
  }

  #keep(sequence: string, message: Unfinished): void {
    this.#unfinished.set(sequence, message);
    this.#unfinishedBytes += message.bytes;
    while (this.#unfinished.size > MAX_UNFINISHED || this.#unfinishedBytes > MAX_UNFINISHED_BYTES) {
      // The oldest is the one least likely to be ended yet.
      this.#take(this.#unfinished.keys().next().value!);
    }
  }
}

function endPart(message: Unfinished): void {
  message.parts.push(message.partial.length === 1 ? message.partial[0]! : Buffer.concat(message.partial));
  message.partial = [];
}

function readMessage(sequence: string, { parts, pieces }: Unfinished): MercuryMessage {
  if (parts.length === 0) throw new DamagedMessage("A Mercury message has no header.", sequence);
  try {
    return withHeader(sequence, parts);
  } catch (cause) {
    if (pieces.length > parts.length) {
      try {
        return withHeader(sequence, pieces);
      } catch {
        // Neither reading gives a header; the first failure is the one to tell.
      }
    }
    throw new DamagedMessage("A Mercury header cannot be read.", sequence, cause);
  }
}

function withHeader(sequence: string, [head, ...payload]: Buffer[]): MercuryMessage {
  const { uri, statusCode } = fromBinary(HeaderSchema, head!);
  return { sequence, uri, statusCode, payload };
}

class PartReader {
  /** Whose message this is, as soon as it is known. */
  sequence: string | undefined;
  readonly #payload: Buffer;
  #offset = 0;

  constructor(payload: Buffer) {
    this.#payload = payload;
  }

  u8(): number {
    return this.bytes(1).readUInt8();
  }

  u16(): number {
    return this.bytes(2).readUInt16BE();
  }

  bytes(length: number): Buffer {
    const end = this.#offset + length;
    if (end > this.#payload.length)
      throw new DamagedMessage("A Mercury message ends too early.", this.sequence);
    const bytes = this.#payload.subarray(this.#offset, end);
    this.#offset = end;
    return bytes;
  }
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
