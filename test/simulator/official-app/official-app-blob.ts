/**
 * The data of a tap: the account's credential, encrypted for one device, and once more for its Diffie-Hellman
 * key. Sources: librespot core/src/authentication.rs (`with_blob`), discovery/src/server.rs and docs/authentication.md,
 * which read it; spotifywebapipython, zeroconfapi (MIT), which makes it, for the letters and the padding.
 */
import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/** Its content. */
export interface BlobContents {
  username: string;
  /** AuthenticationType. */
  authType: number;
  authData: Uint8Array;
}

const BLOCK = 16;

/** The inner encryption. @returns base64 text */
export function encryptCredential(contents: BlobContents, deviceId: string): string {
  const { username, authType, authData } = contents;
  const plain = Buffer.concat([
    Buffer.from("I"),
    withLength(Buffer.from(username)),
    Buffer.from("P"),
    sevenBits(authType),
    Buffer.from("Q"),
    withLength(authData),
  ]);
  // Zeros, and the number of added bytes in the last byte: always at least one.
  const added = BLOCK - (plain.length % BLOCK);
  const padded = Buffer.concat([plain, Buffer.alloc(added - 1), Buffer.of(added)]);
  for (let at = BLOCK; at < padded.length; at++) {
    padded[at] = (padded[at] ?? 0) ^ (padded[at - BLOCK] ?? 0);
  }
  const secret = sha1(Buffer.from(deviceId));
  const derived = pbkdf2Sync(secret, Buffer.from(username), 0x100, 20, "sha1");
  const key = Buffer.concat([sha1(derived), Buffer.of(0, 0, 0, 20)]);
  const cipher = createCipheriv("aes-192-ecb", key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(padded), cipher.final()]).toString("base64");
}

/**
 * The outer encryption.
 * @param shared the secret of the exchange, without leading zeros
 */
export function sealBlob(text: string, shared: Uint8Array, iv: Uint8Array = randomBytes(BLOCK)): Buffer {
  const baseKey = sha1(shared).subarray(0, 16);
  const checksumKey = hmac(baseKey, "checksum");
  const encryptionKey = hmac(baseKey, "encryption").subarray(0, 16);
  const cipher = createCipheriv("aes-128-ctr", encryptionKey, iv);
  const encrypted = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([iv, encrypted, hmac(checksumKey, encrypted)]);
}

/** One or two bytes, the lower seven bits first. */
function sevenBits(value: number): Buffer {
  if (value >= 1 << 14) throw new RangeError("Too long for a blob");
  return value < 0x80 ? Buffer.of(value) : Buffer.of(0x80 | (value & 0x7f), value >> 7);
}

function withLength(bytes: Uint8Array): Buffer {
  return Buffer.concat([sevenBits(bytes.length), bytes]);
}

function sha1(bytes: Uint8Array): Buffer {
  return createHash("sha1").update(bytes).digest();
}

function hmac(key: Uint8Array, data: string | Uint8Array): Buffer {
  return createHmac("sha1", key).update(data).digest();
}
