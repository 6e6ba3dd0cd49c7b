import { SpotifyError } from "../errors";
import type { HttpClient } from "../http/client";

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

/**
 * Asks Spotify's resolver which access points to use, best first.
 *
 * Source: librespot core/src/apresolve.rs.
 *
 * @param base URL of the resolver
 * @throws SpotifyError UNREACHABLE, TIMEOUT or PROTOCOL_ERROR if it gives no usable list
 */
export async function resolveAccessPoints(
  http: HttpClient,
  base: string,
  signal?: AbortSignal,
): Promise<AccessPointAddress[]> {
  const answer = await http.getJson(base + PATH, { timeout: TIMEOUT, maxBytes: MAX_ANSWER_BYTES, signal });
  const list = (answer as { accesspoint?: unknown } | null)?.accesspoint;
  const addresses = Array.isArray(list) ? parseAddresses(list) : [];
  if (addresses.length === 0)
    throw new SpotifyError("PROTOCOL_ERROR", "Spotify's resolver named no access point.");
  return addresses;
}

/** The addresses of a list of `host:port`; what is none is left out. */
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
