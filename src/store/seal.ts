import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/**
 * Encryption of what others could read: AES-256-GCM under a key derived (HKDF-SHA256) from a secret that is kept
 * elsewhere, with a fresh salt and nonce each time. The text: `v1.salt.nonce.tag.sealed`, each base64url.
 */
const VERSION = "v1";
const PURPOSE = "node-red-contrib-spotify-session state";

/**
 * @param place what the text belongs to, such as an account's ID: a copy of it elsewhere does not open
 * @returns `plain`, sealed
 */
export function seal(plain: string, secret: string, place = ""): string {
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", deriveKey(secret, salt), nonce);
  cipher.setAAD(Buffer.from(place));
  const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return [
    VERSION,
    ...[salt, nonce, cipher.getAuthTag(), sealed].map((part) => part.toString("base64url")),
  ].join(".");
}

/** @returns what was sealed, or undefined if the secret or the place is another, or the text is damaged */
export function unseal(text: string, secret: string, place = ""): string | undefined {
  const [version, ...parts] = text.trim().split(".");
  const [salt, nonce, tag, sealed] = parts.map((part) => Buffer.from(part, "base64url"));
  if (version !== VERSION || !salt || nonce?.length !== 12 || tag?.length !== 16 || !sealed) return undefined;
  try {
    const decipher = createDecipheriv("aes-256-gcm", deriveKey(secret, salt), nonce);
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(tag);
    return decipher.update(sealed, undefined, "utf8") + decipher.final("utf8");
  } catch {
    return undefined;
  }
}

function deriveKey(secret: string, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, PURPOSE, 32));
}
