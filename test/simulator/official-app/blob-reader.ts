/**
 * Reads a tap's blob, for the tests of its making. Written from librespot docs/authentication.md, which reads
 * it; checked with blobs of spotifywebapipython.
 */
import { createDecipheriv, createHash, createHmac, pbkdf2Sync } from "node:crypto";
import type { BlobContents } from "./official-app-blob";

/** @returns the text inside. @throws Error if the MAC is wrong */
export function openBlob(blob: Buffer, shared: Uint8Array): string {
  const hash = (data: Uint8Array) => createHash("sha1").update(data).digest();
  const baseKey = hash(shared).subarray(0, 16);
  const keyFor = (what: string) => createHmac("sha1", baseKey).update(what).digest();
  const encrypted = blob.subarray(16, -20);
  const mac = createHmac("sha1", keyFor("checksum")).update(encrypted).digest();
  if (!mac.equals(blob.subarray(-20))) throw new Error("ERROR-MAC");
  const decipher = createDecipheriv(
    "aes-128-ctr",
    keyFor("encryption").subarray(0, 16),
    blob.subarray(0, 16),
  );
  return Buffer.concat([decipher.update(encrypted), decipher.final()]).toString("utf8");
}

/** @param text base64 */
export function readCredential(text: string, username: string, deviceId: string): BlobContents {
  const secret = createHash("sha1").update(deviceId).digest();
  const derived = pbkdf2Sync(secret, username, 256, 20, "sha1");
  const key = Buffer.concat([createHash("sha1").update(derived).digest(), Buffer.from("00000014", "hex")]);
  const decipher = createDecipheriv("aes-192-ecb", key, null).setAutoPadding(false);
  const data = Buffer.concat([decipher.update(Buffer.from(text, "base64")), decipher.final()]);
  for (let i = data.length - 1; i >= 16; i--) data.writeUInt8(data.readUInt8(i) ^ data.readUInt8(i - 16), i);
  let at = 0;
  const number = (): number => {
    const low = data.readUInt8(at++);
    return low < 0x80 ? low : (low & 0x7f) | (data.readUInt8(at++) << 7);
  };
  const bytes = (): Buffer => {
    const length = number();
    at += length;
    return data.subarray(at - length, at);
  };
  at += 1;
  const name = bytes().toString("utf8");
  at += 1;
  const authType = number();
  at += 1;
  return { username: name, authType, authData: bytes() };
}
