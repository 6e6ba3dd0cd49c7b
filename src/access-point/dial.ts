import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect, type Socket } from "node:net";
import { SpotifyError } from "../core/errors";
import type { Proxy } from "../net/proxy";
import { untrustedServer } from "../net/untrusted";
import { USER_AGENT } from "../net/user-agent";
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

function dialThrough(
  { url: proxy, authorization }: Proxy,
  address: AccessPointAddress,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const target = formatAddress(address);
    const headers: Record<string, string> = { host: target, "user-agent": USER_AGENT };
    if (authorization !== undefined) headers["proxy-authorization"] = authorization;
    const makeRequest = proxy.protocol === "https:" ? httpsRequest : httpRequest;
    const request = makeRequest({
      host: proxy.hostname.replace(/^\[|\]$/g, ""),
      port: proxy.port || (proxy.protocol === "https:" ? 443 : 80),
      method: "CONNECT",
      path: target,
      headers,
      agent: false,
      signal,
    });
    request.once("connect", (response, socket, head) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        reject(
          new SpotifyError(
            "UNREACHABLE",
            `The proxy ${proxy.host} would not connect to ${target} (HTTP ${response.statusCode}).`,
          ),
        );
        return;
      }
      socket.pause();
      socket.on("error", () => undefined);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.once("response", (response) => {
      response.resume();
      reject(
        new SpotifyError(
          "UNREACHABLE",
          `The proxy ${proxy.host} does not connect (HTTP ${response.statusCode}).`,
        ),
      );
      request.destroy();
    });
    request.on("error", (cause) => {
      if (signal.aborted) reject(signal.reason as Error);
      else reject(untrustedServer(proxy.host, cause) ?? unreachable(address, cause));
    });
    request.end();
  });
}

function unreachable(address: AccessPointAddress, cause: Error): SpotifyError {
  return new SpotifyError("UNREACHABLE", `The access point ${formatAddress(address)} cannot be reached.`, {
    cause,
  });
}
