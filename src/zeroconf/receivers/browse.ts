import { isIP } from "node:net";
import { Bonjour, type Service } from "bonjour-service";
import { wait } from "../../async/wait";
import { multicastInterfaces } from "../multicast";
import { isNear } from "./near";

/** Where the ZeroConf API of a device answers. */
export interface Place {
  /** Base URL. */
  url: string;
}

const TYPE = "spotify-connect";
const MAX_PLACES = 100;
const MAX_PATH = 128;

/**
 * The devices that answer on the local network within `limit` ms. An empty list if multicast does not work here.
 * Source: developer.spotify.com, commercial hardware, ZeroConf API, "Discovery": `_spotify-connect._tcp`, with `CPath` in TXT.
 * @throws the abort reason of `signal`
 */
export async function browse(limit: number, signal: AbortSignal): Promise<Place[]> {
  try {
    await multicastInterfaces();
  } catch {
    return [];
  }
  signal.throwIfAborted();
  const places = new Map<string, Place>();
  // Without a callback, the library would throw in an event.
  const bonjour = new Bonjour(undefined, () => undefined);
  try {
    const browser = bonjour.find({ type: TYPE }, (service) => {
      const place = placeOf(service);
      if (place && places.size < MAX_PLACES) places.set(place.url, place);
    });
    await wait(limit, signal).finally(() => browser.stop());
  } finally {
    bonjour.destroy();
  }
  return [...places.values()];
}

/** Only addresses of the local network are asked. */
function placeOf({ addresses = [], port, txt }: Service): Place | undefined {
  const address = addresses.find((one) => isIP(one) === 4 && isNear(one)) ?? addresses.find(isNear);
  const { cpath } = (txt ?? {}) as { cpath?: unknown };
  const path = typeof cpath === "string" ? cpath : "/";
  if (address === undefined || !(port > 0 && port < 65_536) || !isPath(path)) return undefined;
  return { url: `http://${address.includes(":") ? `[${address}]` : address}:${port}${path}` };
}

function isPath(path: string): boolean {
  return path.length <= MAX_PATH && /^\/[\w./-]*$/.test(path);
}
