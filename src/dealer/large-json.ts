import { setImmediate as nextTurn } from "node:timers/promises";
import { SpotifyError } from "../core/errors";
import { JsonWalk } from "./json-walk";

/** What is parsed at once, in bytes, so that nobody else waits over 10 ms: a cluster of 3,000 devices. */
export const MAX_JSON_BYTES = 1 << 20;
/** Devices that are found in one turn of the event loop. */
const AT_ONCE = 500;
const MAX_DEVICES = 50_000;

/** The devices of a large cluster, each parsed when it is asked for. */
export class DeviceIndex {
  readonly #bytes: Buffer;
  readonly #places = new Map<string, readonly [from: number, to: number]>();

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** @throws SpotifyError PROTOCOL_ERROR where there are too many */
  add(deviceId: string, from: number, to: number): void {
    if (this.#places.size >= MAX_DEVICES) {
      throw new SpotifyError("PROTOCOL_ERROR", "Spotify sent a cluster of too many devices.");
    }
    this.#places.set(deviceId, [from, to]);
  }

  has(deviceId: string): boolean {
    return this.#places.has(deviceId);
  }

  /** What is said of a device; undefined where that cannot be read. */
  get(deviceId: string): unknown {
    const place = this.#places.get(deviceId);
    try {
      return place && (JSON.parse(this.#bytes.toString("utf8", ...place)) as unknown);
    } catch {
      return undefined;
    }
  }
}

/**
 * Parses JSON, also where it holds a cluster with more devices than can be parsed at once: those are left unread, and a
 * DeviceIndex stands in their place.
 * @throws SpotifyError PROTOCOL_ERROR for what is no JSON, and for what is too large without its devices
 */
export async function parseLargeJson(bytes: Buffer): Promise<unknown> {
  const walk = new JsonWalk(bytes, MAX_JSON_BYTES);
  if (bytes.length <= MAX_JSON_BYTES) return walk.parsed(0, bytes.length);
  const found: Found[] = [];
  if (walk.next() === "{") await lookThrough(walk, bytes, [], found);
  const [devices] = found;
  if (!devices) throw tooLarge();
  const rest = Buffer.concat([
    bytes.subarray(0, devices.from),
    Buffer.from("{}"),
    bytes.subarray(devices.to),
  ]);
  if (rest.length > MAX_JSON_BYTES) throw tooLarge();
  const document = new JsonWalk(rest, MAX_JSON_BYTES).parsed(0, rest.length);
  put(document, devices);
  return document;
}

interface Found {
  path: readonly string[];
  from: number;
  to: number;
  index: DeviceIndex;
}

/** Where a cluster is in what a dealer pushes, and in what it is in itself. */
const INTO: ReadonlySet<string> = new Set(["cluster"]);
const DEVICES: ReadonlySet<string> = new Set(["devices", "device"]);

async function lookThrough(
  walk: JsonWalk,
  bytes: Buffer,
  path: readonly string[],
  found: Found[],
): Promise<void> {
  for (const name of walk.members()) {
    const next = walk.next();
    const here = [...path, name];
    if (DEVICES.has(name) && next === "{" && found.length === 0) {
      found.push(await indexed(walk, bytes, here));
    } else if (INTO.has(name) && next === "{" && path.length < 4) {
      await lookThrough(walk, bytes, here, found);
    } else if (name === "payloads" && next === "[" && path.length === 0) {
      for (const place of walk.elements()) {
        if (place === 0 && walk.next() === "{") await lookThrough(walk, bytes, [...here, "0"], found);
        else walk.skip();
      }
    } else walk.skip();
  }
}

async function indexed(walk: JsonWalk, bytes: Buffer, path: readonly string[]): Promise<Found> {
  const { at: from } = walk;
  const index = new DeviceIndex(bytes);
  let count = 0;
  for (const deviceId of walk.members()) {
    const { at } = walk;
    walk.skip();
    index.add(deviceId, at, walk.at);
    if (++count % AT_ONCE === 0) await nextTurn();
  }
  return { path, from, to: walk.at, index };
}

/** Sets what is at the end of the path, where there is such a path. */
function put(document: unknown, { path, index }: Found): void {
  let at = document as Record<string, unknown> | undefined;
  for (const name of path.slice(0, -1)) at = at?.[name] as typeof at;
  if (typeof at === "object" && at !== null) at[path.at(-1)!] = index;
}

function tooLarge(): SpotifyError {
  return new SpotifyError("PROTOCOL_ERROR", "Spotify sent a text that is too large.");
}
