import { createHash, createHmac, pbkdf2Sync } from "node:crypto";

/**
 * The keys of what an app hands to a device on the LAN.
 * Sources: librespot core/src/authentication.rs, `Credentials::with_blob`; discovery/src/server.rs; docs/authentication.md.
 */

const KEY_ROUNDS = 0x100;
const KEY_BYTES = 20;
const ENVELOPE_KEY_BYTES = 16;

/** The key of the login blob, for AES-192-ECB: it is made of the device ID and the username. */
export function loginBlobKey(username: string, deviceId: string): Buffer {
  const secret = createHash("sha1").update(deviceId).digest();
  const derived = pbkdf2Sync(secret, username, KEY_ROUNDS, KEY_BYTES, "sha1");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(KEY_BYTES);
  return Buffer.concat([createHash("sha1").update(derived).digest(), length]);
}

/** The keys of the envelope around it, for AES-128-CTR and HMAC-SHA1. */
export interface EnvelopeKeys {
  encryption: Buffer;
  mac(encrypted: Uint8Array): Buffer;
}

/** @param secret what both sides have computed */
export function envelopeKeys(secret: Uint8Array): EnvelopeKeys {
  const base = createHash("sha1").update(secret).digest().subarray(0, ENVELOPE_KEY_BYTES);
  return {
    encryption: hmac(base, "encryption").subarray(0, ENVELOPE_KEY_BYTES),
    mac: (encrypted) => hmac(hmac(base, "checksum"), encrypted),
  };
}

function hmac(key: Uint8Array, data: string | Uint8Array): Buffer {
  return createHmac("sha1", key).update(data).digest();
}
