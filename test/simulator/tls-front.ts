/**
 * https://api.spotify.com on loopback: an HTTP CONNECT proxy that terminates TLS for that one host.
 *
 * Example flows name the real address in Node-RED's core "http request" node. With `https_proxy` set to this
 * proxy and `NODE_EXTRA_CA_CERTS` to its CA, they run unedited against the simulator.
 */
import { writeFile } from "node:fs/promises";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { generate } from "selfsigned";
import { httpListener, listen, portOf, type HttpHandler } from "./http";

const HOST = "api.spotify.com";
const DAY_MS = 24 * 60 * 60 * 1000;

export interface TlsFrontOptions {
  /** Path for the certificate (PEM) of the authority that signs for this host. */
  caFile?: string;
}

export interface TlsFront {
  /** For `https_proxy`. */
  proxyUrl: string;
  /** The authority's certificate, PEM. */
  ca: string;
  close(): Promise<void>;
}

export async function startTlsFront(
  handler: HttpHandler,
  roundTrip: number,
  options: TlsFrontOptions,
): Promise<TlsFront> {
  const { ca, key, cert } = await makeCertificates([HOST]);
  if (options.caFile !== undefined) await writeFile(options.caFile, ca);

  // This server never listens; it receives the sockets of tunnels.
  const api = createHttpsServer({ key, cert }, httpListener(handler, roundTrip));
  const sockets = new Set<Duplex>();
  const proxy = createHttpServer((_request, response) => {
    response.writeHead(403, { connection: "close" }).end(`Only CONNECT ${HOST}:443 is served here\n`);
  });
  proxy.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  proxy.on("connect", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.toLowerCase() !== `${HOST}:443`) {
      socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
      return;
    }
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (head.length > 0) socket.unshift(head);
    api.emit("connection", socket);
  });
  await listen(proxy, 0);

  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const proxyClosed = new Promise<void>((resolve) => proxy.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    api.closeAllConnections();
    await proxyClosed;
  };
  return { proxyUrl: `http://127.0.0.1:${portOf(proxy)}`, ca, close: () => (closed ??= close()) };
}

/** An authority, and a certificate that it signed for the hosts. Both end with the simulator, or after 30 days. */
export async function makeCertificates(
  hosts: readonly string[],
): Promise<{ ca: string; key: string; cert: string }> {
  const common = {
    keyType: "ec",
    algorithm: "sha256",
    // For a clock that is a little slow, the certificate must not begin in the future.
    notBeforeDate: new Date(Date.now() - DAY_MS),
    notAfterDate: new Date(Date.now() + 30 * DAY_MS),
  } as const;
  const authority = await generate([{ name: "commonName", value: "Simulated authority" }], {
    ...common,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const host = await generate([{ name: "commonName", value: hosts[0]! }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: hosts.map((value) => ({ type: 2, value })) },
    ],
  });
  return { ca: authority.cert, key: host.private, cert: host.cert };
}
