/**
 * The simulator at Spotify's own host names: TLS for all on one port, and others for the access point and plain http.
 *
 * The names are built into published clients. In a separate network namespace, whose hosts file leads the names
 * to this machine, such a client finds the simulator without any change.
 */
import { createServer as createHttpServer } from "node:http";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import type { Simulator } from "../simulator";
import { makeCertificates } from "../simulator/tls-front";

const ACCESS_POINT = "ap-gew4.spotify.com";
const DEALER = "gew4-dealer.spotify.com";
const SPCLIENT = "gew4-spclient.spotify.com";

/** The access point has a separate address, because it listens on 443 too, without TLS. */
export const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  "127.0.0.1": [
    "apresolve.spotify.com",
    "accounts.spotify.com",
    "api.spotify.com",
    "login5.spotify.com",
    "clienttoken.spotify.com",
    "open.spotify.com",
    "dealer.spotify.com",
    "spclient.wg.spotify.com",
    DEALER,
    SPCLIENT,
  ],
  "127.0.0.2": [ACCESS_POINT, "ap.spotify.com"],
};

/** The names that the real resolver returns; the server of the first one listens on every network. */
const ACCESS_POINT_PORTS = [4070, 443, 80];

export interface Ports {
  https: number;
  http: number;
  accessPoint: readonly number[];
}

const REAL_PORTS: Ports = { https: 443, http: 80, accessPoint: ACCESS_POINT_PORTS };

export class RealHosts {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  #ca = "";
  #httpsPort = 0;

  /** @param ports other ports for a test, which need not run as root */
  static async start(simulator: Simulator, ports = REAL_PORTS): Promise<RealHosts> {
    const hosts = new RealHosts();
    try {
      await hosts.#listen(simulator, ports);
    } catch (error) {
      await hosts.close();
      throw error;
    }
    return hosts;
  }

  /** The certificate (PEM) of the authority that signs for the names. */
  get ca(): string {
    return this.#ca;
  }

  /** The port for TLS. */
  get httpsPort(): number {
    return this.#httpsPort;
  }

  /** Closes everything, and every connection. */
  async close(): Promise<void> {
    const closed = this.#servers.map(
      (server) => new Promise<void>((resolve) => server.close(() => resolve())),
    );
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  async #listen(simulator: Simulator, ports: Ports): Promise<void> {
    const names = Object.values(ADDRESSES).flat();
    const { ca, key, cert } = await makeCertificates(names);
    this.#ca = ca;

    const resolver = createHttpServer((request, response) => {
      answerResolver(simulator, request.url ?? "/", request.headers["user-agent"] ?? "")
        .then(({ status, body }) =>
          response.writeHead(status, { "content-type": "application/json" }).end(body),
        )
        .catch(() => response.destroy());
    });
    const resolverPort = await this.#open(resolver, 0);

    const { accounts, api, login5, clientToken, open, spclient, dealer } = simulator.endpoints;
    const port = (url: string): number => Number(new URL(url).port);
    const backends = new Map([
      ["apresolve.spotify.com", resolverPort],
      ["accounts.spotify.com", port(accounts)],
      ["api.spotify.com", port(api)],
      ["login5.spotify.com", port(login5)],
      ["clienttoken.spotify.com", port(clientToken)],
      ["open.spotify.com", port(open)],
      ["dealer.spotify.com", port(dealer)],
      [DEALER, port(dealer)],
      ["spclient.wg.spotify.com", port(spclient)],
      [SPCLIENT, port(spclient)],
    ]);
    const secure = createTlsServer({ key, cert }, (socket: TLSSocket) => {
      const backend = backends.get(String(socket.servername).toLowerCase());
      if (backend === undefined) socket.destroy();
      else this.#join(socket, backend);
    });
    // A client that does not trust the authority. It reports this itself.
    secure.on("tlsClientError", () => {});
    this.#httpsPort = await this.#open(secure, ports.https);
    // librespot-java asks the resolver without TLS.
    await this.#open(
      createServer((socket) => this.#join(socket, resolverPort)),
      ports.http,
    );
    const accessPoint = Number(simulator.accessPoints[0]?.split(":")[1]);
    for (const number of ports.accessPoint) {
      await this.#open(
        createServer((socket) => this.#join(socket, accessPoint)),
        number,
        "127.0.0.2",
      );
    }
  }

  /** @returns the port on which it listens */
  #open(server: Server, port: number, address = "127.0.0.1"): Promise<number> {
    server.on("connection", (socket: Socket) => this.#keep(socket));
    return new Promise((resolved, reject) => {
      server.once("error", reject);
      server.listen(port, address, () => {
        this.#servers.push(server);
        resolved((server.address() as AddressInfo).port);
      });
    });
  }

  /** Forwards the data of both sides, and closes both when one of them ends. */
  #join(socket: Socket, port: number): void {
    const backend = connect(port, "127.0.0.1");
    this.#keep(socket);
    this.#keep(backend);
    socket.on("close", () => backend.destroy());
    backend.on("close", () => socket.destroy());
    socket.pipe(backend).pipe(socket);
  }

  #keep(socket: Socket): void {
    if (this.#sockets.has(socket)) return;
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
  }
}

/** The simulator's resolver, with Spotify's names instead of this machine's addresses. */
async function answerResolver(
  simulator: Simulator,
  path: string,
  userAgent: string,
): Promise<{ status: number; body: string }> {
  const { apResolve, dealer, spclient } = simulator.endpoints;
  const named: Record<string, readonly string[]> = {
    [new URL(dealer).host]: [`${DEALER}:443`],
    [new URL(spclient).host]: [`${SPCLIENT}:443`],
  };
  for (const address of simulator.accessPoints) {
    named[address] = ACCESS_POINT_PORTS.map((port) => `${ACCESS_POINT}:${port}`);
  }
  const answer = await fetch(apResolve + path, { headers: { "user-agent": userAgent } });
  const text = await answer.text();
  if (!answer.ok) return { status: answer.status, body: text };
  const lists = JSON.parse(text) as Record<string, string[]>;
  const body = Object.entries(lists).map(([kind, addresses]) => [
    kind,
    addresses.flatMap((address) => named[address] ?? [address]),
  ]);
  return { status: answer.status, body: JSON.stringify(Object.fromEntries(body)) };
}
