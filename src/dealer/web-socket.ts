import type { ClientRequest, IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import type { WebSocket } from "ws";
import { dial } from "../access-point/dial";
import { SpotifyError } from "../core/errors";
import { proxyFor } from "../net/proxy";
import { untrustedServer } from "../net/untrusted";
import { USER_AGENT } from "../net/user-agent";

/** A larger message closes the connection (1009). A packed cluster of thousands of devices is far smaller. */
const MAX_MESSAGE_BYTES = 6 << 20;

/** The answer of a server that refused to open a WebSocket. Other headers are dropped: a redirection quotes the token. */
export interface Refusal {
  status: number;
  headers: { "retry-after"?: string };
}

/** Thrown if a server answers the opening of a WebSocket with an HTTP status. */
export class WebSocketRefused extends SpotifyError {
  readonly refusal: Refusal;

  constructor(host: string, refusal: Refusal) {
    const { status } = refusal;
    const code = status >= 500 ? "UNREACHABLE" : "REQUEST_REFUSED";
    super(code, `${host} would not open a connection (HTTP ${status}).`);
    this.refusal = refusal;
  }
}

/**
 * Opens a WebSocket, through the proxy that the environment names.
 *
 * Loads `ws` on the first call: a session without an account never needs it.
 *
 * @param url may hold a token in its query: no error quotes it
 * @throws SpotifyError UNREACHABLE; UNTRUSTED_SERVER if the server does not prove who it is; WebSocketRefused; or the abort reason of `signal`
 */
export async function openWebSocket(url: URL, signal: AbortSignal): Promise<WebSocket> {
  const { WebSocket } = await import("ws");
  signal.throwIfAborted();
  const tunnel = await openTunnel(url, signal);
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    headers: { "user-agent": USER_AGENT },
    maxPayload: MAX_MESSAGE_BYTES,
    followRedirects: false,
    // Handles one message per turn of the event loop, also if one chunk holds many.
    allowSynchronousEvents: false,
    // Otherwise our pongs pile up for a server that pings but does not read.
    autoPong: false,
    ...(tunnel && { createConnection: () => tunnel as never }),
  });
  return new Promise((resolve, reject) => {
    const end = (error: Error): void => {
      signal.removeEventListener("abort", onAbort);
      // A later error without a listener would end the process.
      socket.removeAllListeners();
      socket.on("error", () => undefined);
      socket.terminate();
      tunnel?.destroy();
      reject(error);
    };
    const onAbort = (): void => end(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) return onAbort();
    socket.once("error", (cause) =>
      end(
        untrustedServer(url.host, cause) ??
          new SpotifyError("UNREACHABLE", `${url.host} cannot be reached.`, { cause: withoutUrl(cause) }),
      ),
    );
    socket.once("unexpected-response", (request: ClientRequest, { statusCode, headers }: IncomingMessage) => {
      request.on("error", () => undefined);
      request.destroy();
      const retryAfter = headers["retry-after"];
      const refusal = { status: statusCode ?? 0, headers: retryAfter ? { "retry-after": retryAfter } : {} };
      end(new WebSocketRefused(url.host, refusal));
    });
    socket.once("open", () => {
      signal.removeEventListener("abort", onAbort);
      socket.removeAllListeners("error").removeAllListeners("unexpected-response");
      // Messages in the same chunk wait until there is a listener.
      socket.pause();
      resolve(socket);
    });
  });
}

/** A connection through the proxy that the environment names for this host, with TLS if the URL says so. */
async function openTunnel(url: URL, signal: AbortSignal): Promise<Duplex | undefined> {
  const isEncrypted = url.protocol === "wss:";
  const proxy = proxyFor(`${isEncrypted ? "https" : "http"}://${url.host}`);
  if (!proxy) return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const address = { host, port: Number(url.port) || (isEncrypted ? 443 : 80) };
  const socket = await dial(address, proxy, signal);
  // dial() leaves the socket paused. The server sends nothing before our request, so nothing is lost.
  if (!isEncrypted) return socket.resume();
  // SNI does not allow IP addresses: RFC 6066, section 3.
  return connectTls({ socket, host, servername: isIP(host) ? "" : host });
}

/** A cause without its text, which may quote the URL. Its code says what happened. */
function withoutUrl(cause: Error): Error {
  const { code } = cause as NodeJS.ErrnoException;
  return new Error(code ?? cause.name);
}
