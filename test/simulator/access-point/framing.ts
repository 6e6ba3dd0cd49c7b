/**
 * Encrypted packets: `cmd u8 ‖ length u16be ‖ payload ‖ MAC`, each direction with a counter as its nonce.
 * Source: librespot core/src/connection/codec.rs, go-librespot ap/shannon.go.
 */
import { Shannon } from "./shannon";

/** Packet types by the names the protocol gives them. Source: librespot core/src/packet.rs. */
export const Command = {
  SecretBlock: 0x02,
  Ping: 0x04,
  CountryCode: 0x1b,
  Pong: 0x49,
  PongAck: 0x4a,
  ProductInfo: 0x50,
  LegacyWelcome: 0x69,
  LicenseVersion: 0x76,
  Login: 0xab,
  Welcome: 0xac,
  LoginFailed: 0xad,
  MercuryRequest: 0xb2,
  MercurySubscribe: 0xb3,
  MercuryUnsubscribe: 0xb4,
  MercuryEvent: 0xb5,
} as const;

const HEADER_BYTES = 3;
const MAC_BYTES = 4;
/** The length field has 16 bits. */
export const MAX_PAYLOAD_BYTES = 0xffff;

export interface Packet {
  cmd: number;
  payload: Buffer;
}

/** The client has sent invalid data. The real access point hangs up, and so does this one. */
export class ClientError extends Error {
  override readonly name: string = "ClientError";
}

/** A packet whose MAC does not match its contents. */
export class BadMacError extends ClientError {
  override readonly name = "BadMacError";
}

/** Reads a client's bytes with `read`; any error is the client's fault. */
export function understand<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new ClientError("The client's bytes make no sense", { cause });
  }
}

/** Encrypts one direction. */
export class PacketWriter {
  readonly #cipher: Shannon;
  #count = 0;

  constructor(key: Uint8Array) {
    this.#cipher = new Shannon(key);
  }

  /** How many packets went out: the next one's nonce. */
  get count(): number {
    return this.#count;
  }

  write(cmd: number, payload: Uint8Array): Buffer {
    if (payload.length > MAX_PAYLOAD_BYTES) throw new RangeError("A packet holds at most 65,535 bytes");
    const packet = Buffer.alloc(HEADER_BYTES + payload.length);
    packet.writeUInt8(cmd, 0);
    packet.writeUInt16BE(payload.length, 1);
    packet.set(payload, HEADER_BYTES);
    return Buffer.concat([this.#encrypt(packet), this.#cipher.mac(MAC_BYTES)]);
  }

  /** Only a header, whose length field announces `length` bytes that never come. For faults. */
  writeHeaderAlone(cmd: number, length: number): Buffer {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt8(cmd, 0);
    header.writeUInt16BE(length, 1);
    return this.#encrypt(header);
  }

  #encrypt(bytes: Buffer): Buffer {
    this.#cipher.nonce(this.#count++);
    this.#cipher.encrypt(bytes);
    return bytes;
  }
}

/** Decrypts one direction. Bytes go in as they arrive; whole packets come out. */
export class PacketReader {
  readonly #cipher: Shannon;
  #count = 0;
  #pending: Buffer = Buffer.alloc(0);
  /** The decrypted header of the packet that is being read; the cipher is at the first byte of its payload. */
  #header: { cmd: number; length: number } | undefined;

  constructor(key: Uint8Array) {
    this.#cipher = new Shannon(key);
  }

  /** @throws BadMacError; nothing can be read after that. */
  *read(bytes: Uint8Array): Generator<Packet> {
    // At most one incomplete packet stays in this buffer, so the length field limits its size.
    this.#pending = this.#pending.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#pending, bytes]);
    for (;;) {
      this.#header ??= this.#readHeader();
      const header = this.#header;
      if (header === undefined || this.#pending.length < header.length + MAC_BYTES) return;
      const payload = this.#take(header.length);
      this.#cipher.decrypt(payload);
      const mac = this.#take(MAC_BYTES);
      if (!this.#cipher.mac(MAC_BYTES).equals(mac)) throw new BadMacError("Packet with a wrong MAC");
      this.#header = undefined;
      yield { cmd: header.cmd, payload };
    }
  }

  #readHeader(): { cmd: number; length: number } | undefined {
    if (this.#pending.length < HEADER_BYTES) return undefined;
    const header = this.#take(HEADER_BYTES);
    this.#cipher.nonce(this.#count++);
    this.#cipher.decrypt(header);
    return { cmd: header.readUInt8(0), length: header.readUInt16BE(1) };
  }

  #take(length: number): Buffer {
    const taken = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    return taken;
  }
}
