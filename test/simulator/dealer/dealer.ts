/**
 * The dealer, wss://dealer.spotify.com: a WebSocket on which Spotify sends events to devices.
 * Sources: librespot core/src/dealer/mod.rs and manager.rs, go-librespot dealer/dealer.go.
 */
import { createServer, STATUS_CODES, type IncomingMessage, type Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Account } from "../world/accounts";
import type { Backend } from "../backend";
import { DealerConnection } from "./dealer-connection";
import type { DealerGarbage } from "./dealer-garbage";
import type { MessageOptions, Payload } from "./dealer-messages";
import { noFaults, struck, type Faults } from "../faults";
import { listen, portOf } from "../http";
import { admitsUserAgent } from "../user-agents";

/** No message of a client is nearly as large as this. */
const MAX_MESSAGE_BYTES = 1 << 20;
const MAX_CONNECTIONS = 10_000;

export class Dealer {
  readonly #backend: Backend;
  readonly #onClose: (connection: DealerConnection) => void;
  readonly #server: Server;
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Map<string, DealerConnection>();

  private constructor(backend: Backend, onClose: (connection: DealerConnection) => void) {
    this.#backend = backend;
    this.#onClose = onClose;
    this.#server = createServer((_request, response) => response.writeHead(426).end());
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    this.#server.on("upgrade", (request, socket, head) => {
      if (backend.roundTrip === 0) this.#upgrade(request, socket, head);
      // One for the connection, one for the upgrade.
      else setTimeout(() => this.#upgrade(request, socket, head), 2 * backend.roundTrip).unref();
    });
  }

  /** @param onClose called for each connection that has ended */
  static async start(backend: Backend, onClose: (connection: DealerConnection) => void): Promise<Dealer> {
    const dealer = new Dealer(backend, onClose);
    await listen(dealer.#server, 0);
    return dealer;
  }

  /** The base URL, without a slash at its end. */
  get url(): string {
    return `ws://${this.address}`;
  }

  /** `host:port` */
  get address(): string {
    return `127.0.0.1:${portOf(this.#server)}`;
  }

  /** The open connections, oldest first, without those of official apps. */
  get connections(): DealerConnection[] {
    return [...this.#connections.values()].filter(({ isOfficial }) => !isOfficial);
  }

  /** @returns undefined if there is none any more */
  connection(id: string): DealerConnection | undefined {
    return this.#connections.get(id);
  }

  connectionsOf(account: Account): DealerConnection[] {
    return this.connections.filter((connection) => connection.account === account);
  }

  /** Sends a message to each connection of `account`. */
  push(account: Account, uri: string, payload: Payload, options?: MessageOptions): void {
    for (const connection of this.connectionsOf(account)) connection.push(uri, [payload], options);
  }

  /** Sends an invalid message to each connection, or to those of `account`. */
  sendGarbage(kind: DealerGarbage, account?: Account): void {
    for (const connection of this.#of(account)) connection.sendGarbage(kind);
  }

  /** Resets each connection, or those of `account`. */
  drop(account?: Account): void {
    for (const connection of this.#of(account)) connection.drop();
  }

  /** Closes each connection with a close frame, or those of `account`. */
  closeConnections(code: number, account?: Account): void {
    for (const connection of this.#of(account)) connection.close(code);
  }

  /** Closes the server and everything that is connected to it. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #of(account: Account | undefined): DealerConnection[] {
    return account === undefined ? this.connections : this.connectionsOf(account);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { accounts, journal, officialTokens } = this.#backend;
    const url = new URL(request.url ?? "/", "ws://127.0.0.1");
    const token = url.searchParams.get("access_token") ?? "";
    const owner = accounts.serviceToken(token);
    const isOfficial = officialTokens.has(token);
    const isAdmitted = isOfficial || admitsUserAgent(this.#backend, "dealer", request.headers["user-agent"]);
    const faults = isOfficial ? noFaults() : this.#backend.faults;
    const refusal = isAdmitted ? this.#refusal(url, owner !== undefined, faults) : { status: 403 };
    if (refusal !== undefined || owner === undefined) {
      journal.stats.dealerRefusals += 1;
      return refuse(socket, refusal ?? { status: 401 });
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const client = { ...owner, isOfficial };
      const connection = new DealerConnection(webSocket, client, this.#backend, () => this.#left(connection));
      this.#connections.set(connection.id, connection);
      if (isOfficial) return connection.open();
      journal.stats.dealerConnections += 1;
      journal.stats.openDealerConnections += 1;
      connection.open();
      journal.happened("dealer", connection);
    });
  }

  #refusal(url: URL, isKnown: boolean, faults: Faults): Refusal | undefined {
    const status = struck(faults, "dealerStatus");
    if (status !== undefined) return { status };
    const retryAfter = struck(faults, "dealerRateLimited");
    if (retryAfter !== undefined) return { status: 429, headers: { "retry-after": String(retryAfter) } };
    if (url.pathname !== "/") return { status: 404 };
    if (!isKnown) return { status: 401 };
    return this.#connections.size < MAX_CONNECTIONS ? undefined : { status: 503 };
  }

  #left(connection: DealerConnection): void {
    const { journal } = this.#backend;
    this.#connections.delete(connection.id);
    this.#onClose(connection);
    if (connection.isOfficial) return;
    journal.stats.openDealerConnections -= 1;
    journal.happened("dealerDisconnect", connection);
  }
}

interface Refusal {
  status: number;
  headers?: Record<string, string>;
}

function refuse(socket: Duplex, { status, headers = {} }: Refusal): void {
  const lines = Object.entries({ ...headers, "content-length": "0", connection: "close" });
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`, ...lines.map((line) => line.join(": "))];
  socket.on("error", () => {});
  socket.end(`${head.join("\r\n")}\r\n\r\n`);
}
