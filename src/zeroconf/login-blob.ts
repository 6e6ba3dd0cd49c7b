import { createDecipheriv } from "node:crypto";
import { AuthenticationType, type Credentials } from "../access-point/credentials";
import { Refusal } from "./answer";
import { fromBase64 } from "./base64";
import { loginBlobKey } from "./blob-keys";

const BLOCK_BYTES = 16;

/**
 * The credential that an app hands to one device: base64 of blocks in AES-192-ECB. The key is derived from the device ID
 * and the username. Each byte after the first block is XORed with the byte 16 before it.
 *
 * The content is: a tag, the username, a tag, the type of the credential, a tag, the credential, padding. The tags are not
 * checked, as in librespot.
 *
 * Source: librespot core/src/authentication.rs, `Credentials::with_blob`.
 *
 * @throws Refusal invalidArguments if it cannot be read; loginFailed for a password, which Spotify no longer takes
 */
export function openLoginBlob(text: string, username: string, deviceId: string): Credentials {
  const encrypted = fromBase64(text);
  if (!encrypted || encrypted.length === 0 || encrypted.length % BLOCK_BYTES !== 0) throw unreadable();
  const reader = new FieldReader(unmixed(decrypted(encrypted, username, deviceId)));
  reader.tag();
  reader.bytes();
  reader.tag();
  const authType = knownType(reader.integer());
  reader.tag();
  const authData = reader.bytes();
  if (authData.length === 0) throw unreadable();
  return { username, authType, authData };
}

function decrypted(encrypted: Buffer, username: string, deviceId: string): Buffer {
  const decipher = createDecipheriv("aes-192-ecb", loginBlobKey(username, deviceId), null).setAutoPadding(
    false,
  );
  return Buffer.concat([decipher.update(encrypted), decipher.final()]);
}

function unmixed(bytes: Buffer): Buffer {
  for (let i = bytes.length - 1; i >= BLOCK_BYTES; i--) bytes[i]! ^= bytes[i - BLOCK_BYTES]!;
  return bytes;
}

function knownType(type: number): AuthenticationType {
  if (AuthenticationType[type] === undefined) throw unreadable();
  if (type === AuthenticationType.AUTHENTICATION_USER_PASS) {
    throw new Refusal("loginFailed", "the app sent a password, which Spotify no longer accepts");
  }
  return type;
}

/** Reads fields whose lengths are numbers of 7 bits in one byte or 14 bits in two. Never reads beyond the end. */
class FieldReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  tag(): void {
    this.#byte();
  }

  integer(): number {
    const low = this.#byte();
    return low & 0x80 ? (low & 0x7f) | (this.#byte() << 7) : low;
  }

  bytes(): Buffer {
    const length = this.integer();
    if (this.#at + length > this.#bytes.length) throw unreadable();
    this.#at += length;
    return Buffer.from(this.#bytes.subarray(this.#at - length, this.#at));
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw unreadable();
    return byte;
  }
}

/** It was made with another device ID or username, or is not a credential. */
function unreadable(): Refusal {
  return new Refusal("invalidArguments", "the blob does not hold a credential for this device");
}
