/**
 * A minimal client of the simulator, for its own tests, made of its own modules.
 *
 * It proves that the simulator agrees with itself. Agreement with Spotify's clients was tried by hand
 * with librespot, go-librespot and librespot-python.
 */
// oxlint-disable no-await-in-loop -- reading waits for one piece after the other
import { verify } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { AuthenticationType, ClientResponseEncryptedSchema } from "../../../src/proto/gen/authentication_pb";
import {
  APResponseMessageSchema,
  ClientHelloSchema,
  ClientResponsePlaintextSchema,
  Cryptosuite,
  Platform,
  Product,
  type APResponseMessage,
  type ClientHello,
} from "../../../src/proto/gen/keyexchange_pb";
import { HeaderSchema } from "../../../src/proto/gen/mercury_pb";
import { Command, PacketReader, PacketWriter, type Packet } from "../access-point/framing";
import { deriveKeys, HELLO_MAGIC, makeExchange, withLength } from "../access-point/handshake";
import type { Account, Simulator } from "../index";
import { MercuryReader, type MercuryRequest } from "../mercury/mercury";

export interface Credentials {
  type: AuthenticationType;
  username?: string;
  data: Uint8Array;
}

export interface ClientFaults {
  /** Proves knowledge of the wrong keys. */
  wrongHmac?: boolean;
}

export class RawClient {
  readonly #socket: Socket;
  readonly #publicKey: string;
  /** Bytes before the handshake is done; packets after it. */
  #bytes: Buffer = Buffer.alloc(0);
  #packets: Packet[] = [];
  #writer: PacketWriter | undefined;
  #reader: PacketReader | undefined;
  readonly #mercury = new MercuryReader();
  #sequence = 0n;
  /** The error of the socket, if one has ended it. */
  #error: Error | undefined;
  #isClosed = false;
  #wake: () => void = () => {};
  /** Sizes of the pieces that came in, as the kernel handed them over. */
  readonly pieces: number[] = [];
  /** Whether gs was signed with the key that the simulator publishes. */
  isSignedByKey = false;
  /** gs, as received. */
  serverNumber: Uint8Array = new Uint8Array();
  sharedSecret: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket, publicKey: string) {
    this.#socket = socket;
    this.#publicKey = publicKey;
    // Otherwise the login waits 40 ms for a delayed ACK of the handshake's last packet.
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => {
      this.pieces.push(bytes.length);
      try {
        if (this.#reader === undefined) this.#bytes = Buffer.concat([this.#bytes, bytes]);
        else for (const packet of this.#reader.read(bytes)) this.#packets.push(packet);
      } catch (error) {
        socket.destroy(error instanceof Error ? error : undefined);
      }
      this.#wake();
    });
    socket.on("error", (error) => (this.#error = error));
    socket.on("close", () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  /** Only a TCP connection. */
  static async connect(simulator: Simulator, accessPoint = 0): Promise<RawClient> {
    const [host = "", port = ""] = simulator.accessPoints[accessPoint]?.split(":") ?? [];
    const socket = connect(Number(port), host);
    const client = new RawClient(socket, simulator.accessPointKey);
    await once(socket, "connect");
    return client;
  }

  /** Connected, and keys exchanged. */
  static async open(simulator: Simulator, faults: ClientFaults = {}): Promise<RawClient> {
    const client = await RawClient.connect(simulator);
    await client.handshake(faults);
    return client;
  }

  /** Logged in; all packets after the welcome are still to be received. */
  static async login(simulator: Simulator, account: Account): Promise<RawClient> {
    const client = await RawClient.open(simulator);
    client.sendLogin(stored(account));
    await client.receive(Command.Welcome);
    return client;
  }

  async handshake({ wrongHmac = false }: ClientFaults = {}): Promise<void> {
    const exchange = makeExchange();
    const hello = helloPacket(exchange.publicNumber);
    this.write(hello);
    const response = await this.#message();
    const { challenge } = readApResponse(response);
    const { gs, gsSignature } = challenge?.loginCryptoChallenge?.diffieHellman ?? {};
    if (gs === undefined || gsSignature === undefined) throw new Error("No challenge");
    this.isSignedByKey = verify("RSA-SHA1", gs, this.#publicKey, gsSignature);
    this.serverNumber = gs;
    this.sharedSecret = exchange.sharedWith(gs);
    const keys = deriveKeys(this.sharedSecret, hello, response);
    this.#reader = new PacketReader(keys.sendKey);
    this.#writer = new PacketWriter(keys.receiveKey);
    const hmac = wrongHmac ? Buffer.alloc(20) : keys.challenge;
    const plaintext = create(ClientResponsePlaintextSchema, {
      loginCryptoResponse: { diffieHellman: { hmac } },
      powResponse: {},
      cryptoResponse: {},
    });
    this.write(withLength(toBinary(ClientResponsePlaintextSchema, plaintext)));
  }

  /** The answer to a hello, if it is not a challenge. */
  async helloAnswer(): Promise<APResponseMessage> {
    this.write(helloPacket(makeExchange().publicNumber));
    return readApResponse(await this.#message());
  }

  sendLogin({ type, username, data }: Credentials): void {
    const message = create(ClientResponseEncryptedSchema, {
      loginCredentials: { typ: type, authData: data, ...(username !== undefined && { username }) },
      systemInfo: { deviceId: "raw-client" },
    });
    this.send(Command.Login, toBinary(ClientResponseEncryptedSchema, message));
  }

  send(cmd: number, payload: Uint8Array = Buffer.alloc(0)): void {
    if (this.#writer === undefined) throw new Error("The handshake comes first");
    this.write(this.#writer.write(cmd, payload));
  }

  /** A packet whose MAC is wrong. */
  sendForged(cmd: number): void {
    if (this.#writer === undefined) throw new Error("The handshake comes first");
    const packet = this.#writer.write(cmd, Buffer.alloc(4));
    packet.writeUInt8(packet.readUInt8(packet.length - 1) ^ 1, packet.length - 1);
    this.write(packet);
  }

  /** Sends a Mercury request in one packet. @returns its sequence number, in hex. */
  sendMercury(uri: string, cmd: number = Command.MercuryRequest, method = "GET"): string {
    const header = Buffer.from(toBinary(HeaderSchema, create(HeaderSchema, { uri, method })));
    const head = Buffer.alloc(15);
    head.writeUInt16BE(8, 0);
    head.writeBigUInt64BE(this.#sequence++, 2);
    head.writeUInt8(1, 10);
    head.writeUInt16BE(1, 11);
    head.writeUInt16BE(header.length, 13);
    this.send(cmd, Buffer.concat([head, header]));
    return head.subarray(2, 10).toString("hex");
  }

  /** The next Mercury answer or event of this kind, from as many packets as it takes. */
  async receiveMercury(cmd: number = Command.MercuryRequest): Promise<MercuryRequest> {
    for (;;) {
      const message = this.#mercury.read((await this.receive(cmd)).payload);
      if (message !== undefined) return message;
    }
  }

  async request(uri: string, cmd: number = Command.MercuryRequest): Promise<MercuryRequest> {
    this.sendMercury(uri, cmd);
    return this.receiveMercury(cmd);
  }

  /** The next packet, or the next of type `cmd`; earlier ones are discarded. */
  async receive(cmd?: number): Promise<Packet> {
    for (;;) {
      const packet = this.#packets.shift();
      if (packet === undefined) await this.#more();
      else if (cmd === undefined || packet.cmd === cmd) return packet;
    }
  }

  /** Resolves when the connection is closed: "end" (FIN), or the code of the error that ended it. */
  async closed(): Promise<string> {
    while (!this.#isClosed) await this.#more();
    const error = this.#error;
    if (error === undefined) return "end";
    return "code" in error ? String(error.code) : error.message;
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  close(): void {
    this.#socket.destroy();
  }

  /** The first `count` bytes as received, before there were keys. */
  async rawBytes(count: number): Promise<Buffer> {
    while (this.#bytes.length < count) await this.#more();
    return this.#bytes.subarray(0, count);
  }

  async #message(): Promise<Buffer> {
    const length = (await this.rawBytes(4)).readUInt32BE(0);
    const message = await this.rawBytes(length);
    this.#bytes = this.#bytes.subarray(length);
    return message;
  }

  async #more(): Promise<void> {
    if (this.#isClosed) throw this.#error ?? new Error("The connection is closed");
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

/** The stored credential of an account, typ 1. */
export function stored(account: Account): Credentials {
  const type = AuthenticationType.AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS;
  return { type, username: account.username, data: account.storedCredential };
}

/** An OAuth access token, typ 3, without a username. */
export function byToken(accessToken: string): Credentials {
  return { type: AuthenticationType.AUTHENTICATION_SPOTIFY_TOKEN, data: Buffer.from(accessToken) };
}

/** @param change changes it into one that clients do not send */
export function helloPacket(gc: Uint8Array, change: (hello: ClientHello) => void = () => {}): Buffer {
  const hello = create(ClientHelloSchema, {
    buildInfo: { product: Product.CLIENT, platform: Platform.LINUX_X86_64, version: 117_300_517n },
    cryptosuitesSupported: [Cryptosuite.CRYPTO_SUITE_SHANNON],
    loginCryptoHello: { diffieHellman: { gc, serverKeysKnown: 1 } },
    clientNonce: Buffer.alloc(16),
    padding: Buffer.alloc(1, 0x1e),
  });
  change(hello);
  const message = toBinary(ClientHelloSchema, hello);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(HELLO_MAGIC.length + 4 + message.length);
  return Buffer.concat([HELLO_MAGIC, length, message]);
}

function readApResponse(packet: Buffer): APResponseMessage {
  return fromBinary(APResponseMessageSchema, packet.subarray(4));
}
