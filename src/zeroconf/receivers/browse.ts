import type { EventEmitter } from "node:events";
import { isIP, isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
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
const MAX_INTERFACES = 8;
const MAX_PATH = 128;
/** ms after which devices are asked once more, because multicast loses packets. */
const ASK_AGAIN_AFTER = 500;

/**
 * The devices that answer on the local network within `limit` ms. An empty list if multicast does not work here.
 * Source: developer.spotify.com, commercial hardware, ZeroConf API, "Discovery": `_spotify-connect._tcp`, with `CPath` in TXT.
 * @param interfaces names of the network interfaces to ask on. Default: all
 * @throws the abort reason of `signal`
 */
export async function browse(
  limit: number,
  signal: AbortSignal,
  interfaces?: readonly string[],
): Promise<Place[]> {
  const addresses = await multicastInterfaces(interfaces).then(addressesOf, () => []);
  signal.throwIfAborted();
  const places = new Map<string, Place>();
  const onService = (service: Service): void => {
    const place = placeOf(service);
    if (place && places.size < MAX_PLACES) places.set(place.url, place);
  };
  const asking = addresses.map((address) => new InterfaceBrowser(address, onService));
  try {
    if (asking.length === 0) return [];
    await wait(Math.min(limit, ASK_AGAIN_AFTER), signal);
    for (const one of asking) one.askAgain();
    await wait(Math.max(0, limit - ASK_AGAIN_AFTER), signal);
  } finally {
    for (const one of asking) one.close();
  }
  return [...places.values()];
}

/** Asks on one interface. The library sends its questions on only one of them, which may be that of a container. */
class InterfaceBrowser {
  readonly #bonjour: Bonjour;
  readonly #browser: ReturnType<Bonjour["find"]>;

  constructor(address: string, onService: (service: Service) => void) {
    // Linux gives multicast packets only to sockets that are bound to all addresses.
    const options = { interface: address, bind: "0.0.0.0" };
    this.#bonjour = new Bonjour(options as ConstructorParameters<typeof Bonjour>[0], () => undefined);
    // The library does not handle errors of its socket, such as a port that is taken: they would end the process.
    const { server } = this.#bonjour as unknown as { server: { mdns: EventEmitter } };
    server.mdns.on("error", () => undefined);
    this.#browser = this.#bonjour.find({ type: TYPE }, onService);
  }

  askAgain(): void {
    this.#browser.update();
  }

  close(): void {
    this.#browser.stop();
    this.#bonjour.destroy();
  }
}

/** One IPv4 address of each interface. */
function addressesOf(names: readonly string[]): string[] {
  const all = networkInterfaces();
  return names
    .map((name) => all[name]?.find(({ address }) => isIPv4(address))?.address)
    .filter((address) => address !== undefined)
    .slice(0, MAX_INTERFACES);
}

/** Only addresses of the local network are asked. */
function placeOf({ addresses = [], port, txt, referer }: Service): Place | undefined {
  const near = addresses.filter(isNear);
  // The address that the answer came from can be reached; others may belong to a network of containers.
  const address =
    near.find((one) => one === referer?.address) ?? near.find((one) => isIP(one) === 4) ?? near[0];
  const path = pathOf(txt);
  if (address === undefined || !(port > 0 && port < 65_536) || !isPath(path)) return undefined;
  return { url: `http://${address.includes(":") ? `[${address}]` : address}:${port}${path}` };
}

/** `CPath` of the TXT record, whose keys may be in any case (RFC 6763, section 6.4). */
function pathOf(txt: unknown): string {
  const entries = Object.entries((txt ?? {}) as Record<string, unknown>);
  const path = entries.find(([key]) => key.toLowerCase() === "cpath")?.[1];
  return typeof path === "string" ? path : "/";
}

function isPath(path: string): boolean {
  return path.length <= MAX_PATH && /^\/[\w./-]*$/.test(path);
}
