import { connect, type Socket } from "node:net";
import { SpotifyError } from "../core/errors";
import type { Proxy } from "../net/proxy";
import { openTunnel } from "../net/tunnel";
import { formatAddress, type AccessPointAddress } from "./resolver";

/**
 * Opens a TCP connection to an access point: directly, or through an HTTP proxy by CONNECT.
 *
 * The socket comes paused, without delay of small writes, and with an error listener, so that an error
 * between two owners crashes nothing.
 *
 * @throws SpotifyError UNREACHABLE; UNTRUSTED_SERVER if a proxy does not prove who it is; INVALID_ARGUMENT for a proxy
 *   that cannot be used; or the abort reason of `signal`
 */
export async function dial(
  address: AccessPointAddress,
  proxy: Proxy | undefined,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const socket = proxy ? await dialThrough(proxy, address, signal) : await dialDirectly(address, signal);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 60_000);
  return socket;
}

function dialDirectly(address: AccessPointAddress, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address.host, port: address.port });
    const onAbort = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    socket.pause();
    socket.on("error", (cause) => {
      signal.removeEventListener("abort", onAbort);
      reject(unreachable(address, cause));
    });
    socket.once("connect", () => {
      signal.removeEventListener("abort", onAbort);
      resolve(socket);
    });
  });
}

async function dialThrough(proxy: Proxy, address: AccessPointAddress, signal: AbortSignal): Promise<Socket> {
  try {
    return await openTunnel(proxy, formatAddress(address), signal);
  } catch (cause) {
    if (signal.aborted || cause instanceof SpotifyError) throw cause;
    throw unreachable(address, cause as Error);
  }
}

function unreachable(address: AccessPointAddress, cause: Error): SpotifyError {
  return new SpotifyError("UNREACHABLE", `The access point ${formatAddress(address)} cannot be reached.`, {
    cause,
  });
}
