import { SpotifyError } from "../core/errors";
import type { HttpClient } from "../net/client";

/** A host and a port, as the resolver names them. */
export interface AccessPointAddress {
  host: string;
  port: number;
}

const PATH = "/?type=accesspoint&type=dealer&type=spclient";
const TIMEOUT = 10_000;
/** A real answer has about 1 KiB. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** Spotify names six or so. */
const MAX_ADDRESSES = 24;
const MAX_ADDRESS_LENGTH = 260;

/** The servers that the resolver names, best first. */
export interface ResolvedServers {
  accessPoints: AccessPointAddress[];
  dealers: AccessPointAddress[];
  spclients: AccessPointAddress[];
}

/**
 * Asks Spotify's resolver which servers to use.
 *
 * Source: librespot core/src/apresolve.rs.
 *
 * @param base URL of the resolver
 * @throws SpotifyError UNREACHABLE, TIMEOUT or PROTOCOL_ERROR if it gives no usable list of access points
 */
export async function resolveServers(
  http: HttpClient,
  base: string,
  signal?: AbortSignal,
): Promise<ResolvedServers> {
  const answer = await http.getJson(base + PATH, { timeout: TIMEOUT, maxBytes: MAX_ANSWER_BYTES, signal });
  const named = (answer ?? {}) as Record<string, unknown>;
  const list = (type: string): AccessPointAddress[] => {
    const addresses = named[type];
    return Array.isArray(addresses) ? parseAddresses(addresses) : [];
  };
  const accessPoints = list("accesspoint");
  if (accessPoints.length === 0) {
    throw new SpotifyError("PROTOCOL_ERROR", "Spotify's resolver named no access point.");
  }
  return { accessPoints, dealers: list("dealer"), spclients: list("spclient") };
}

/** The addresses in a list of `host:port`. Anything else in the list is left out. */
export function parseAddresses(list: readonly unknown[]): AccessPointAddress[] {
  const addresses: AccessPointAddress[] = [];
  for (const item of list) {
    if (typeof item !== "string" || item.length > MAX_ADDRESS_LENGTH) continue;
    const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/@[\]]+)):(\d{1,5})$/.exec(item);
    const host = match?.[1] ?? match?.[2];
    const port = Number(match?.[3]);
    if (host === undefined || port < 1 || port > 0xffff) continue;
    addresses.push({ host, port });
    if (addresses.length === MAX_ADDRESSES) break;
  }
  return addresses;
}

/** `address` as the resolver writes it. */
export function formatAddress({ host, port }: AccessPointAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
