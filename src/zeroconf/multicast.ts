import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { networkInterfaces, type NetworkInterfaceInfo } from "node:os";
import { SpotifyError } from "../core/errors";

/** RFC 6762, section 3. */
const MDNS_ADDRESS = "224.0.0.251";
const MDNS_PORT = 5353;

/** The network interfaces that have an address which other machines can use, by name. */
export function addressedInterfaces(): ReadonlyMap<string, readonly NetworkInterfaceInfo[]> {
  // The host's end of a container network has only a link-local address, and comes and goes with the container.
  const entries = Object.entries(networkInterfaces()).filter(([, addresses]) =>
    addresses?.some(({ family, scopeid }) => family === "IPv4" || scopeid === 0),
  );
  return new Map(entries as [string, NetworkInterfaceInfo[]][]);
}

/**
 * The names of the interfaces on which mDNS works. Checked before ciao starts, because ciao only logs to the console that
 * it cannot bind, and then reports the service as announced.
 * @param wanted names of the interfaces to consider. Default: all
 * @throws SpotifyError UNREACHABLE if mDNS works on no interface
 */
export async function multicastInterfaces(wanted?: readonly string[]): Promise<string[]> {
  const interfaces = listed();
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  try {
    const listening = once(socket, "listening");
    socket.bind(MDNS_PORT);
    await listening;
    const names = interfaces
      .filter(([name, addresses]) => (wanted?.includes(name) ?? true) && canJoin(socket, addresses))
      .map(([name]) => name);
    if (names.length > 0) return names;
  } catch (cause) {
    throw unreachable(
      `its port, UDP ${MDNS_PORT}, cannot be opened; another program may use it exclusively.`,
      cause,
    );
  } finally {
    socket.close();
  }
  throw unreachable("no network interface supports multicast.");
}

function listed(): [string, readonly NetworkInterfaceInfo[]][] {
  let interfaces;
  try {
    interfaces = [...addressedInterfaces()];
  } catch (cause) {
    throw unreachable("the system does not list its network interfaces.", cause);
  }
  const hasLoopback = interfaces.some(([, addresses]) => addresses.some(({ internal }) => internal));
  // Without it, ciao ends the process.
  if (!hasLoopback) throw unreachable("the loopback interface is down.");
  return interfaces;
}

function canJoin(socket: Socket, addresses: readonly NetworkInterfaceInfo[]): boolean {
  const address = addresses.find(({ family }) => family === "IPv4")?.address;
  // An interface with only IPv6 always supports multicast, because IPv6 needs it.
  if (address === undefined) return true;
  try {
    socket.addMembership(MDNS_ADDRESS, address);
    return true;
  } catch (error) {
    // Already joined under another name of the same interface.
    return (error as NodeJS.ErrnoException).code === "EADDRINUSE";
  }
}

function unreachable(why: string, cause?: unknown): SpotifyError {
  return new SpotifyError("UNREACHABLE", `mDNS does not work here: ${why}`, { cause });
}
