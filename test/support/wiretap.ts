import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A server of a test, on a free port of this machine. */
export interface TestServer {
  /** `host:port` */
  address: string;
  close(): Promise<void>;
}

/** A TCP server that handles each connection with `onSocket`. */
export async function serve(onSocket: (socket: Socket) => void): Promise<TestServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    onSocket(socket);
  });
  return started(server, () => {
    for (const socket of sockets) socket.destroy();
  });
}

/** A connection to `target` that keeps every byte from clients. */
export async function tap(target: string): Promise<TestServer & { sent(): Buffer }> {
  const chunks: Buffer[] = [];
  const [host, port] = target.split(":") as [string, string];
  const server = await serve((socket) => {
    const onward = connect(Number(port), host);
    onward.on("error", () => socket.destroy());
    onward.on("close", () => socket.destroy());
    socket.on("close", () => onward.destroy());
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      onward.write(chunk);
    });
    onward.on("data", (chunk) => socket.write(chunk));
  });
  return { ...server, sent: () => Buffer.concat(chunks) };
}

/**
 * An address at which nothing listens. Its port is below those that the system chooses, because a test that runs at the
 * same time could get one that was just free.
 */
export async function deadAddress(): Promise<string> {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    const server = createServer();
    try {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
    } catch {
      continue;
    }
    server.close();
    await once(server, "close");
    return `127.0.0.1:${port}`;
  }
}

/** A resolver that names these access points; its URL is for the endpoint `apResolve`. */
export async function resolverNaming(
  list: () => readonly string[],
): Promise<TestServer & { url: string; asked: () => number }> {
  let asked = 0;
  const http = createHttpServer((_request, response) => {
    asked++;
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ accesspoint: list(), dealer: [], spclient: [] }));
  });
  const server = await started(http, () => http.closeAllConnections());
  return { ...server, url: `http://${server.address}`, asked: () => asked };
}

export async function started(server: Server, closeAll: () => void): Promise<TestServer> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { address, port } = server.address() as AddressInfo;
  return {
    address: `${address}:${port}`,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      closeAll();
      await closed;
    },
  };
}
