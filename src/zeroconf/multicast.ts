import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { networkInterfaces, type NetworkInterfaceInfo } from "node:os";
import { SpotifyError } from "../core/errors";

/** RFC 6762, section 3. */
const MDNS_ADDRESS = "224.0.0.251";
const MDNS_PORT = 5353;

/** The operating system's network interfaces that have an address of use to others, by name. */
export function addressedInterfaces(): ReadonlyMap<string, readonly NetworkInterfaceInfo[]> {
  // The host's end of a container has a link-local address alone: it comes and goes with the container.
  const entries = Object.entries(networkInterfaces()).filter(([, addresses]) =>
    addresses?.some(({ family, scopeid }) => family === "IPv4" || scopeid === 0),
  );
  return new Map(entries as [string, NetworkInterfaceInfo[]][]);
}

/**
 * The names of those interfaces that mDNS can be spoken on. Asked before ciao is, which writes to the console what it
 * cannot bind, and then takes the service for announced.
 * @param wanted only these
 * @throws SpotifyError UNREACHABLE if there is none
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
      `its port, UDP ${MDNS_PORT}, cannot be opened; another program may have it for itself alone.`,
      cause,
    );
  } finally {
    socket.close();
  }
  throw unreachable("no network interface takes part in multicast.");
}

function listed(): [string, readonly NetworkInterfaceInfo[]][] {
  let interfaces;
  try {
    interfaces = [...addressedInterfaces()];
  } catch (cause) {
    throw unreachable("the system does not say which network interfaces there are.", cause);
  }
  const hasLoopback = interfaces.some(([, addresses]) => addresses.some(({ internal }) => internal));
  // ciao ends the process where there is none.
  if (!hasLoopback) throw unreachable("the loopback interface is down.");
  return interfaces;
}

function canJoin(socket: Socket, addresses: readonly NetworkInterfaceInfo[]): boolean {
  const address = addresses.find(({ family }) => family === "IPv4")?.address;
  // Where there is IPv6 alone, multicast is what makes it work at all.
  if (address === undefined) return true;
  try {
    socket.addMembership(MDNS_ADDRESS, address);
    return true;
  } catch (error) {
    // Joined already: another name of the same interface.
    return (error as NodeJS.ErrnoException).code === "EADDRINUSE";
  }
}

function unreachable(why: string, cause?: unknown): SpotifyError {
  return new SpotifyError("UNREACHABLE", `mDNS cannot be spoken here: ${why}`, { cause });
}
