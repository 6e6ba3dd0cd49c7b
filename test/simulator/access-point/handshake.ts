/**
 * The server's side of the opening: Diffie-Hellman, the signature, the two Shannon keys.
 *
 * Sources: librespot core/src/connection/handshake.rs and core/src/diffie_hellman.rs, go-librespot dh/dh.go;
 * the group is Oakley group 1 of RFC 2409.
 */
import { createHmac, generateKeyPair, randomBytes, sign, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { create, fromBinary, isFieldSet, toBinary } from "@bufbuild/protobuf";
import {
  APResponseMessageSchema,
  BuildInfoSchema,
  ClientHelloSchema,
  ClientResponsePlaintextSchema,
  Cryptosuite,
  type ErrorCode,
} from "../../../src/proto/gen/keyexchange_pb";

/** The 768-bit prime of Oakley group 1 (RFC 2409, section 6.1); its generator is 2. */
const PRIME = BigInt(
  "0xFFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74" +
    "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437" +
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A63A3620FFFFFFFFFFFFFFFF",
);
const PRIME_BYTES = 96;
const GENERATOR = 2n;
/** librespot and go-librespot both take 95 random bytes as the private number. */
const SECRET_BYTES = 95;
const NONCE_BYTES = 16;

/** ClientHello opens with these two bytes, then the length of the whole packet. */
export const HELLO_MAGIC = Buffer.from([0x00, 0x04]);

/** The number of the exchange that should begin with a zero byte, which makes it a byte shorter on the wire. */
export type ShortNumber = "public" | "shared";

export interface SigningKeys {
  /** The key the simulator publishes. */
  key: KeyObject;
  /** Its public half, PEM (SPKI). */
  publicPem: string;
  /** Another key, for the fault `wrongKey`, like the key of an attacker between client and server. */
  wrongKey: KeyObject;
}

const generate = promisify(generateKeyPair);
const KEY_OPTIONS = { modulusLength: 2048, publicExponent: 65537 };
/** Made once for the whole process: making a key takes longer than most tests. */
let pairs: Promise<[{ publicKey: KeyObject; privateKey: KeyObject }, { privateKey: KeyObject }]> | undefined;

/** The RSA-2048 keys of all simulators. */
export async function signingKeys(): Promise<SigningKeys> {
  pairs ??= Promise.all([generate("rsa", KEY_OPTIONS), generate("rsa", KEY_OPTIONS)]);
  const [own, other] = await pairs;
  return {
    key: own.privateKey,
    publicPem: own.publicKey.export({ type: "spki", format: "pem" }).toString(),
    wrongKey: other.privateKey,
  };
}

/** PKCS #1 v1.5 with SHA-1 over gs, as the access point signs. */
export function signPublicNumber(gs: Uint8Array, key: KeyObject): Buffer {
  return sign("RSA-SHA1", gs, key);
}

/** What both ends compute from the shared secret. Directions are the server's. */
export interface SessionKeys {
  /** The hmac that proves the client knows the secret. */
  challenge: Buffer;
  receiveKey: Buffer;
  sendKey: Buffer;
}

export function deriveKeys(shared: Uint8Array, hello: Uint8Array, response: Uint8Array): SessionKeys {
  const packets = Buffer.concat([hello, response]);
  const rounds = [1, 2, 3, 4, 5].map((round) =>
    createHmac("sha1", shared)
      .update(packets)
      .update(Buffer.from([round]))
      .digest(),
  );
  const data = Buffer.concat(rounds);
  return {
    challenge: createHmac("sha1", data.subarray(0, 20)).update(packets).digest(),
    // The client sends with the first key, so the server receives with it.
    receiveKey: data.subarray(20, 52),
    sendKey: data.subarray(52, 84),
  };
}

/** One end's half of a Diffie-Hellman exchange. */
export interface Exchange {
  /** The public number, big-endian without leading zeros. */
  publicNumber: Buffer;
  /** The shared secret with `other`, big-endian without leading zeros. */
  sharedWith(other: Uint8Array): Buffer;
}

/**
 * A new exchange with `peer`, the other end's public number if it is already known.
 *
 * `short` forces a case that otherwise occurs once in 256 connections: a number whose first byte is
 * zero. Both librespots use big integers, which drop that byte, so a client that pads to 96 bytes fails here.
 */
export function makeExchange(peer?: Uint8Array, short?: ShortNumber): Exchange {
  let secret = toNumber(randomBytes(SECRET_BYTES));
  if (short !== undefined) {
    const base = short === "shared" && peer !== undefined ? toNumber(peer) : GENERATOR;
    // One more in the exponent costs only one more multiplication, so the search is cheap.
    let value = power(base, secret);
    while (value >> BigInt(8 * (PRIME_BYTES - 1)) !== 0n) {
      value = (value * base) % PRIME;
      secret += 1n;
    }
  }
  return {
    publicNumber: toBytes(power(GENERATOR, secret)),
    sharedWith: (other) => toBytes(power(toNumber(other), secret)),
  };
}

/** False for 0, 1, p-1 and numbers outside the group, which would make the secret known to everyone. */
export function isValidPublicNumber(bytes: Uint8Array): boolean {
  if (bytes.length === 0 || bytes.length > PRIME_BYTES) return false;
  const value = toNumber(bytes);
  return value > 1n && value < PRIME - 1n;
}

/**
 * Bytes of a whole packet (prefixes included) → gc, the client's public number. Undefined if the hello lacks anything that
 * librespot's keyexchange.proto calls required, offers another cipher than Shannon, or knows another key than the first.
 */
export function readHello(packet: Uint8Array): Uint8Array | undefined {
  const hello = fromBinary(ClientHelloSchema, packet.subarray(HELLO_MAGIC.length + 4));
  const { buildInfo, cryptosuitesSupported, loginCryptoHello, clientNonce } = hello;
  const { gc, serverKeysKnown } = loginCryptoHello?.diffieHellman ?? {};
  const saysWhatItIs =
    buildInfo !== undefined &&
    isFieldSet(buildInfo, BuildInfoSchema.field.product) &&
    isFieldSet(buildInfo, BuildInfoSchema.field.platform) &&
    isFieldSet(buildInfo, BuildInfoSchema.field.version);
  const isUnderstood =
    saysWhatItIs &&
    cryptosuitesSupported.includes(Cryptosuite.CRYPTO_SUITE_SHANNON) &&
    serverKeysKnown === 1 &&
    clientNonce.length === NONCE_BYTES;
  return isUnderstood ? gc : undefined;
}

/** The answer to ClientHello, length prefix included. */
export function writeChallenge(gs: Uint8Array, signature: Uint8Array): Buffer {
  return withLength(
    toBinary(
      APResponseMessageSchema,
      create(APResponseMessageSchema, {
        challenge: {
          loginCryptoChallenge: { diffieHellman: { gs, serverSignatureKey: 0, gsSignature: signature } },
          fingerprintChallenge: {},
          powChallenge: {},
          cryptoChallenge: { shannon: {} },
          serverNonce: randomBytes(NONCE_BYTES),
          padding: Buffer.alloc(1, 0x1e),
        },
      }),
    ),
  );
}

/** The other possible answer to ClientHello: the login has failed before it began. */
export function writeHandshakeRefusal(code: number): Buffer {
  const message = create(APResponseMessageSchema, { loginFailed: { errorCode: anyErrorCode(code) } });
  return withLength(toBinary(APResponseMessageSchema, message));
}

/** Some codes were seen that are in no published list, so a test may send any code. */
export function anyErrorCode(code: number): ErrorCode {
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment, typescript/no-unsafe-enum-return
  return code;
}

/** Bytes of a whole ClientResponsePlaintext packet → the client's hmac. */
export function readClientResponse(packet: Uint8Array): Uint8Array | undefined {
  const response = fromBinary(ClientResponsePlaintextSchema, packet.subarray(4));
  return response.loginCryptoResponse?.diffieHellman?.hmac;
}

/** Prefixes a message with its length; the four bytes of the length count too. */
export function withLength(message: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length + 4);
  return Buffer.concat([length, message]);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % PRIME;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % PRIME;
    square = (square * square) % PRIME;
  }
  return result;
}

function toNumber(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

function toBytes(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}
