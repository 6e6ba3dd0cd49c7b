import type { IncomingMessage } from "node:http";

/** A real addUser has under 2 KiB. */
const MOST_BYTES = 16 * 1024;
/** A longer body is read up to here and discarded, so that the sender can read the answer; then it is cut off. */
const MOST_DISCARDED_BYTES = 256 * 1024;

/** `text` is undefined for a body of over 16 KiB. */
export interface Body {
  text: string | undefined;
}

/** The body of a request; undefined if the sender disconnected or was cut off. */
export function readBody(request: IncomingMessage): Promise<Body | undefined> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let length = 0;
    request.on("data", (part: Buffer) => {
      length += part.length;
      if (length <= MOST_BYTES) {
        parts.push(part);
        return;
      }
      parts.length = 0;
      if (length > MOST_DISCARDED_BYTES) request.destroy();
    });
    request.on("end", () =>
      resolve({ text: length > MOST_BYTES ? undefined : Buffer.concat(parts).toString() }),
    );
    request.on("close", () => resolve(undefined));
  });
}
