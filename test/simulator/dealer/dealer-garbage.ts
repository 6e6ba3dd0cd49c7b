/** Invalid messages of a dealer. */
import { gzipSync } from "node:zlib";
import { noise } from "../faults";

/**
 * - `text`: text that is not JSON
 * - `cut-json`: JSON that ends in the middle
 * - `no-object`: JSON, but an empty list
 * - `binary`: a binary message
 * - `base64`: a cluster whose payload is not base64
 * - `protobuf`: a cluster whose payload is not protobuf
 * - `gzip`: a cluster whose payload is marked as gzip, and is not
 * - `cut-gzip`: a cluster whose gzip ends in the middle
 * - `gzip-bomb`: a cluster of about 100 KB that is 100 MiB of zeros
 * - `gzip-bomb-request`: a command that is such a bomb
 * - `large`: a message of 10 MiB
 * - `deep`: 100,000 lists, nested
 * - `unknown-type`: a message of an unknown type
 * - `unknown-uri`: a message with a URI to which no client listens
 * - `no-uri`: a message without a URI and without payloads
 * - `strange-fields`: a message whose fields are of the wrong types
 * - `request-without-key`: a command that cannot be replied to
 * - `request-garbage`: a command that is not JSON
 */
export type DealerGarbage =
  | "text"
  | "cut-json"
  | "no-object"
  | "binary"
  | "base64"
  | "protobuf"
  | "gzip"
  | "cut-gzip"
  | "gzip-bomb"
  | "gzip-bomb-request"
  | "large"
  | "deep"
  | "unknown-type"
  | "unknown-uri"
  | "no-uri"
  | "strange-fields"
  | "request-without-key"
  | "request-garbage";

const CLUSTER = "hm://connect-state/v1/cluster";
const COMMAND = "hm://connect-state/v1/player/command";
const GZIP = { "Transfer-Encoding": "gzip" };
const BOMB_BYTES = 100 << 20;
const LARGE_BYTES = 10 << 20;
const DEPTH = 100_000;

const makers: Record<DealerGarbage, () => string | Buffer> = {
  text: () => "Simulated failure",
  "cut-json": () => '{"type":"message","uri":"hm://conn',
  "no-object": () => "[null]",
  binary: () => noise(256, 11),
  base64: () => message({ payloads: ["*** no base64 ***"] }),
  protobuf: () => message({ payloads: [Buffer.alloc(64, 0xff).toString("base64")] }),
  gzip: () => message({ headers: GZIP, payloads: [noise(64, 12).toString("base64")] }),
  "cut-gzip": () =>
    message({ headers: GZIP, payloads: [gzipSync(noise(512, 13)).subarray(0, 200).toString("base64")] }),
  "gzip-bomb": () => message({ headers: GZIP, payloads: [bomb()] }),
  "gzip-bomb-request": () =>
    message({
      type: "request",
      key: "bomb",
      message_ident: COMMAND,
      headers: GZIP,
      payload: { compressed: bomb() },
    }),
  large: () => message({ payloads: ["A".repeat(LARGE_BYTES)] }),
  deep: () => `{"type":"message","uri":"${CLUSTER}","payloads":${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}}`,
  "unknown-type": () => JSON.stringify({ type: "advice", uri: CLUSTER, payloads: ["go outside"] }),
  "unknown-uri": () => message({ uri: "hm://playlist/v2/user/simulated", payloads: ["AAAA"] }),
  "no-uri": () => JSON.stringify({ type: "message" }),
  "strange-fields": () => JSON.stringify({ type: "message", uri: 7, headers: [1], payloads: "none" }),
  "request-without-key": () =>
    JSON.stringify({ type: "request", message_ident: COMMAND, payload: { compressed: "" } }),
  "request-garbage": () =>
    JSON.stringify({
      type: "request",
      key: "garbage",
      message_ident: COMMAND,
      payload: { compressed: "e30?" },
    }),
};

/** All kinds. */
export const DEALER_GARBAGE = Object.keys(makers) as DealerGarbage[];

/** @returns a string for a text message, bytes for a binary one */
export function garbage(kind: DealerGarbage): string | Buffer {
  return makers[kind]();
}

function message(fields: object): string {
  return JSON.stringify({ type: "message", uri: CLUSTER, ...fields });
}

let made: string | undefined;

/** One for the whole process, because making it takes a good part of a second. */
function bomb(): string {
  made ??= gzipSync(Buffer.alloc(BOMB_BYTES), { level: 9 }).toString("base64");
  return made;
}
