import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { SpotifyError } from "../core/errors";
import type { Proxy } from "./proxy";
import { untrustedServer } from "./untrusted";
import { USER_AGENT } from "./user-agent";

/**
 * Opens a connection through an HTTP proxy by CONNECT. The socket comes paused, and with an error listener.
 *
 * @param target `host:port`
 * @throws SpotifyError UNREACHABLE if the proxy refuses; UNTRUSTED_SERVER if the proxy does not prove who it is; the
 *   abort reason of `signal`; or Node's error if there is no answer
 */
export function openTunnel(
  { url: proxy, authorization }: Proxy,
  target: string,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
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
      reject(signal.aborted ? (signal.reason as Error) : (untrustedServer(proxy.host, cause) ?? cause));
    });
    request.end();
  });
}
