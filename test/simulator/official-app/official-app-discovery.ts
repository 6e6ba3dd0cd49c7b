/** How an app finds devices on the LAN: by mDNS, and by a getInfo request to each of them. */
import { findService, isHere, type FoundService } from "./mdns-browse";
import { getInfo } from "./official-app-tap";

/** A device that was found on the LAN. */
export interface FoundDevice {
  /** URL of its ZeroConf API. */
  address: string;
  deviceId: string;
  /** `remoteName` of its getInfo. */
  name: string;
}

export interface Wanted {
  deviceName?: string;
  deviceId?: string;
  /** Milliseconds. */
  timeout?: number;
}

const SERVICE = "_spotify-connect._tcp.local";
const DISCOVERY_TIMEOUT = 10_000;

/** Searches for a device of this machine. @throws Error if there is none with this name or ID in time */
export function discover({
  deviceName,
  deviceId,
  timeout = DISCOVERY_TIMEOUT,
}: Wanted = {}): Promise<FoundDevice> {
  return findService(
    SERVICE,
    async (service) => {
      const found = isHere(service) ? await meet(service) : undefined;
      const isWanted =
        (deviceName === undefined || found?.name === deviceName) &&
        (deviceId === undefined || found?.deviceId === deviceId);
      return isWanted ? found : undefined;
    },
    timeout,
  );
}

/** Sends getInfo to a device, at each of its addresses until it answers. */
async function meet({ addresses, port, texts }: FoundService): Promise<FoundDevice | undefined> {
  const [host, ...others] = addresses;
  if (host === undefined) return undefined;
  const address = `http://${host.includes(":") ? `[${host}]` : host}:${port}${texts["cpath"] ?? "/"}`;
  const info = await getInfo(address).catch(() => undefined);
  if (info === undefined) return meet({ name: "", addresses: others, port, texts });
  return { address, deviceId: String(info.fields["deviceID"]), name: String(info.fields["remoteName"]) };
}
