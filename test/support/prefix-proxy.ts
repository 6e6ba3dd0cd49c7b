/** A reverse proxy that serves a site below a path, like one in front of a whole household. */
import { createServer, request, type IncomingMessage } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";

export interface PrefixProxy {
  /** The site's address, with a slash at the end. */
  url: string;
  close(): Promise<void>;
}

/**
 * @param target address of the site, with a slash at the end
 * @param prefix a path with a slash at both ends
 * @param host the address to listen on
 */
export async function startPrefixProxy(
  target: string,
  prefix: string,
  host = "127.0.0.1",
): Promise<PrefixProxy> {
  const { hostname, port, pathname } = new URL(target);
  const sockets = new Set<Socket>();
  const pathOf = ({ url = "" }: IncomingMessage): string | undefined =>
    url.startsWith(prefix) ? pathname + url.slice(prefix.length) : undefined;

  const server = createServer((incoming, outgoing) => {
    const path = pathOf(incoming);
    if (path === undefined) return void outgoing.writeHead(404).end();
    const { method, headers } = incoming;
    const inner = request({ hostname, port, path, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    inner.on("error", () => outgoing.destroy());
    incoming.pipe(inner);
  });
  server.on("connection", (socket) => keep(socket));
  server.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    const path = pathOf(incoming);
    if (path === undefined) return void socket.destroy();
    const inner = keep(connect(Number(port), hostname));
    const lines = [`${incoming.method} ${path} HTTP/1.1`];
    for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
      lines.push(`${incoming.rawHeaders[at]}: ${incoming.rawHeaders[at + 1]}`);
    }
    inner.write(`${lines.join("\r\n")}\r\n\r\n`);
    inner.write(head);
    inner.pipe(socket).pipe(inner);
    inner.on("error", () => socket.destroy());
    socket.on("error", () => inner.destroy());
  });
  function keep(socket: Socket): Socket {
    sockets.add(socket);
    return socket.on("close", () => sockets.delete(socket));
  }

  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${own}${prefix}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
