import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { SpotifyError } from "../core/errors";

const unzip = promisify(gunzip);

/**
 * Unpacks gzip.
 * @param maxBytes the most it may grow to
 * @param sender who sent it, for the error
 * @throws SpotifyError PROTOCOL_ERROR if it is not gzip or grows too large
 */
export async function boundedGunzip(bytes: Uint8Array, maxBytes: number, sender: string): Promise<Buffer> {
  try {
    return await unzip(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    const isTooLarge = (cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    const what = isTooLarge ? "a payload that is too large" : "a payload that is not gzip";
    throw new SpotifyError("PROTOCOL_ERROR", `${sender} sent ${what}.`);
  }
}
