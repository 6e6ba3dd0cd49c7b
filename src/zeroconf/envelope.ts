import { createDecipheriv, timingSafeEqual } from "node:crypto";
import type { DiffieHellman } from "../access-point/diffie-hellman";
import { Refusal } from "./answer";
import { envelopeKeys } from "./blob-keys";

const IV_BYTES = 16;
const MAC_BYTES = 20;
/** The group's prime has 768 bits. */
const SECRET_BYTES = 96;
/** The Embedded SDK's unspecific error (kSpErrorFailed), which librespot sends too. */
const FAILED = 1;

/**
 * Opens a blob that an app sealed for this device: iv (16 bytes) ‖ text in AES-128-CTR ‖ HMAC-SHA1 of that text (20 bytes).
 * The text is the base64 of a second sealed blob, which `openLoginBlob` opens.
 *
 * Sources: librespot discovery/src/server.rs, docs/authentication.md.
 *
 * @param keys the device's, whose public value getInfo gave
 * @param clientKey the app's public value, big-endian
 * @throws Refusal invalidPublicKey for a public value that makes the secret known; invalidArguments for a blob that is too
 *   short; badMac if it was made for another key or was changed
 */
export function openEnvelope(keys: DiffieHellman, clientKey: Uint8Array, blob: Buffer): Buffer {
  if (blob.length <= IV_BYTES + MAC_BYTES) throw new Refusal("invalidArguments", "the blob is too short");
  const iv = blob.subarray(0, IV_BYTES);
  const encrypted = blob.subarray(IV_BYTES, -MAC_BYTES);
  const mac = blob.subarray(-MAC_BYTES);
  const opening = secretForms(keys, clientKey)
    .map((secret) => envelopeKeys(secret))
    .find((one) => timingSafeEqual(one.mac(encrypted), mac));
  if (!opening) throw new Refusal("badMac", "the blob's checksum is wrong", FAILED);
  const decipher = createDecipheriv("aes-128-ctr", opening.encryption, iv);
  return Buffer.concat([decipher.update(encrypted), decipher.final()]);
}

/**
 * The secret as bytes: its shortest form, as librespot and its descendants use it; and, if that is shorter than the prime
 * (one in 256), also padded, for apps that use numbers of a fixed length.
 */
function secretForms(keys: DiffieHellman, clientKey: Uint8Array): Buffer[] {
  let secret: Buffer;
  try {
    secret = keys.sharedSecret(clientKey);
  } catch {
    throw new Refusal("invalidPublicKey", "the app's public value is out of range");
  }
  if (secret.length === SECRET_BYTES) return [secret];
  return [secret, Buffer.concat([Buffer.alloc(SECRET_BYTES - secret.length), secret])];
}
