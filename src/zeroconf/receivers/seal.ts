import { createCipheriv, randomBytes } from "node:crypto";
import { AuthenticationType } from "../../access-point/credentials";
import { DiffieHellman } from "../../access-point/diffie-hellman";
import { envelopeKeys, loginBlobKey } from "../blob-keys";

const BLOCK_BYTES = 16;

/** The credential that Spotify gave the account: it is good for any device. */
export interface StoredCredential {
  username: string;
  data: Uint8Array;
}

/** What addUser is sent. */
export interface SealedCredential {
  /** base64 */
  blob: string;
  /** base64, big-endian. */
  clientKey: string;
}

/**
 * Seals a credential for one device: as a login blob, and that in an envelope for the device's public key. `login-blob.ts`
 * and `envelope.ts` open these.
 *
 * The letters and the padding are those of spotifywebapipython (zeroconfapi), whose blobs real devices take.
 *
 * @param publicKey of the device, big-endian
 * @throws RangeError if the public key would make the secret known
 */
export function sealCredential(
  { username, data }: StoredCredential,
  deviceId: string,
  publicKey: Uint8Array,
  keys = new DiffieHellman(),
): SealedCredential {
  const plain = Buffer.concat([
    Buffer.from("I"),
    withLength(Buffer.from(username)),
    Buffer.from("P"),
    sevenBits(AuthenticationType.AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS),
    Buffer.from("Q"),
    withLength(data),
  ]);
  const cipher = createCipheriv("aes-192-ecb", loginBlobKey(username, deviceId), null).setAutoPadding(false);
  const login = Buffer.concat([cipher.update(mixed(padded(plain))), cipher.final()]).toString("base64");
  return {
    blob: envelope(login, keys.sharedSecret(publicKey)).toString("base64"),
    clientKey: keys.publicKey.toString("base64"),
  };
}

function envelope(text: string, secret: Uint8Array): Buffer {
  const { encryption, mac } = envelopeKeys(secret);
  const iv = randomBytes(BLOCK_BYTES);
  const cipher = createCipheriv("aes-128-ctr", encryption, iv);
  const encrypted = Buffer.concat([cipher.update(text, "latin1"), cipher.final()]);
  return Buffer.concat([iv, encrypted, mac(encrypted)]);
}

/** Zeros, and in the last byte the number of bytes that were added. */
function padded(plain: Buffer): Buffer {
  const added = BLOCK_BYTES - (plain.length % BLOCK_BYTES);
  const padding = Buffer.alloc(added);
  padding[added - 1] = added;
  return Buffer.concat([plain, padding]);
}

/** Each byte after the first block is XORed with the byte 16 before it. */
function mixed(bytes: Buffer): Buffer {
  for (let i = BLOCK_BYTES; i < bytes.length; i++) bytes[i]! ^= bytes[i - BLOCK_BYTES]!;
  return bytes;
}

/** One byte, or two with the lower seven bits first. */
function sevenBits(value: number): Buffer {
  return value < 0x80 ? Buffer.of(value) : Buffer.of(0x80 | (value & 0x7f), value >> 7);
}

function withLength(bytes: Uint8Array): Buffer {
  return Buffer.concat([sevenBits(bytes.length), bytes]);
}
