/**
 * The server's side of Mercury.
 *
 * `u16be sequence length ‖ sequence ‖ flags u8 ‖ u16be part count ‖ (u16be length ‖ part)…`, the first part a
 * protobuf Header. Flags: 1 = the last packet of this message, 0 = more parts follow, 2 = the last part here
 * continues in the next packet. Source: librespot core/src/mercury/mod.rs and types.rs.
 */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { HeaderSchema, SubscriptionSchema } from "../../../src/proto/gen/mercury_pb";

const FINAL = 1;
const MORE_PARTS = 0;
const PART_CONTINUES = 2;

/** No request of a client is nearly as large as this; a larger one is a client's mistake. */
const MAX_REQUEST_BYTES = 1 << 20;
const MAX_UNFINISHED = 64;

/** A message from the client, assembled from its packets. */
export interface MercuryRequest {
  /** The sequence number as received: 2, 4 or 8 bytes, to be returned unchanged. */
  sequence: Buffer;
  uri: string;
  method: string;
  /** A request has none: 0. The raw client of the tests reads answers. */
  status: number;
  /** Parts after the header. */
  parts: Buffer[];
}

interface Unfinished {
  parts: Buffer[];
  /** A part that continues in the next packet. */
  open: Buffer | undefined;
  size: number;
}

/** Assembles requests, for one connection. */
export class MercuryReader {
  readonly #unfinished = new Map<string, Unfinished>();

  /** @returns the request that this packet completes, if it completes one. Throws if the packet is not Mercury. */
  read(payload: Buffer): MercuryRequest | undefined {
    const sequenceLength = payload.readUInt16BE(0);
    if (![2, 4, 8].includes(sequenceLength)) throw new RangeError("Mercury sequence of odd length");
    const sequence = payload.subarray(2, 2 + sequenceLength);
    let at = 2 + sequenceLength;
    const flags = payload.readUInt8(at);
    const count = payload.readUInt16BE(at + 1);
    at += 3;

    const key = sequence.toString("hex");
    const message = this.#unfinished.get(key) ?? { parts: [], open: undefined, size: 0 };
    message.size += payload.length;
    if (message.size > MAX_REQUEST_BYTES) throw new RangeError("Mercury request too large");
    for (let i = 0; i < count; i++) {
      const length = payload.readUInt16BE(at);
      const piece = payload.subarray(at + 2, at + 2 + length);
      if (piece.length < length) throw new RangeError("Mercury part longer than its packet");
      at += 2 + length;
      const part = message.open === undefined ? piece : Buffer.concat([message.open, piece]);
      message.open = undefined;
      if (i === count - 1 && flags === PART_CONTINUES) message.open = part;
      else message.parts.push(part);
    }

    if (flags !== FINAL) {
      this.#unfinished.set(key, message);
      if (this.#unfinished.size > MAX_UNFINISHED) throw new RangeError("Too many unfinished requests");
      return undefined;
    }
    this.#unfinished.delete(key);
    const [first, ...parts] = message.parts;
    if (first === undefined) throw new RangeError("Mercury request without a header");
    const header = fromBinary(HeaderSchema, first);
    return { sequence, uri: header.uri, method: header.method, status: header.statusCode, parts };
  }
}

/** How a message is split into packets. */
export interface Spread {
  /** The header in one packet, the other parts in the next. */
  twoPackets?: boolean;
  /** Each part is cut in the middle, and continues in the next packet. */
  splitParts?: boolean;
}

/** An answer, or a pushed event. */
export interface MercuryMessage {
  sequence: Uint8Array;
  uri: string;
  status: number;
  parts: readonly Uint8Array[];
}

/** The payloads of the packets that carry `message`, in order: one, unless it is split. */
export function writeMercury(message: MercuryMessage, spread: Spread = {}): Buffer[] {
  const header = toBinary(
    HeaderSchema,
    create(HeaderSchema, { uri: message.uri, statusCode: message.status }),
  );
  const groups = spread.twoPackets ? [[header], message.parts] : [[header, ...message.parts]];
  return groups.flatMap((parts, index) => {
    const last = index === groups.length - 1 ? FINAL : MORE_PARTS;
    return spread.splitParts
      ? splitParts(message.sequence, parts, last)
      : [onePacket(message.sequence, last, parts)];
  });
}

/** An answer whose last part claims more bytes than the packet has. For faults. */
export function writeOverlongMercury(message: MercuryMessage): Buffer {
  const [packet] = writeMercury({ ...message, parts: [] });
  if (packet === undefined) throw new Error("unreachable: a message has one packet at least");
  packet.writeUInt16BE(2, 2 + message.sequence.length + 1);
  return Buffer.concat([packet, Buffer.from([0xff, 0xff, 0x7b])]);
}

/** The body of an answer to SUB in its older form: one Subscription a part. */
export function writeSubscription(uri: string): Uint8Array {
  return toBinary(SubscriptionSchema, create(SubscriptionSchema, { uri, expiry: 0, statusCode: 0 }));
}

/** n parts in n + 1 packets: the second half of each part shares a packet with the first half of the next. */
function splitParts(sequence: Uint8Array, parts: readonly Uint8Array[], last: number): Buffer[] {
  const packets: Buffer[] = [];
  let rest: Uint8Array | undefined;
  for (const part of parts) {
    const middle = Math.ceil(part.length / 2);
    const head = part.subarray(0, middle);
    packets.push(onePacket(sequence, PART_CONTINUES, rest === undefined ? [head] : [rest, head]));
    rest = part.subarray(middle);
  }
  packets.push(onePacket(sequence, last, rest === undefined ? [] : [rest]));
  return packets;
}

function onePacket(sequence: Uint8Array, flags: number, parts: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(2 + sequence.length + 3);
  head.writeUInt16BE(sequence.length, 0);
  head.set(sequence, 2);
  head.writeUInt8(flags, 2 + sequence.length);
  head.writeUInt16BE(parts.length, 2 + sequence.length + 1);
  const pieces = parts.flatMap((part) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(part.length);
    return [length, part];
  });
  return Buffer.concat([head, ...pieces]);
}
