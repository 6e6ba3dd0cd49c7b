/** An access point: a TCP server, without TLS on any port, that speaks the session protocol. */
import { createServer, type Server, type Socket } from "node:net";
import type { Backend } from "../backend";
import { Connection } from "./connection";
import { strikes } from "../faults";
import { listen } from "../http";

/** More clients than any test opens, but fewer than the file descriptors of a process. */
const MAX_CONNECTIONS = 500;

/**
 * An access point comes back on its port after an outage. So the system must not choose the port: during the outage
 * it would give it to another test. Linux chooses ports from 32768, other systems from 49152.
 */
const KEPT_PORTS = { from: 20_000, count: 12_000 };
const MAX_TRIES = 100;

export class AccessPoint {
  readonly #backend: Backend;
  readonly #connections = new Set<Connection>();
  #server: Server | undefined;
  /** Kept during an outage, so that clients find it at the same port. */
  #port = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** `host:port`, as the resolver names it. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get connections(): Connection[] {
    return [...this.#connections];
  }

  async start(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((socket) => this.#accept(socket));
    server.maxConnections = MAX_CONNECTIONS;
    this.#server = server;
    if (this.#port !== 0) return listen(server, this.#port);
    for (let tries = 1; ; tries++) {
      this.#port = KEPT_PORTS.from + Math.floor(Math.random() * KEPT_PORTS.count);
      try {
        return await listen(server, this.#port);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || tries === MAX_TRIES) throw error;
      }
    }
  }

  /** Stops listening and resets every connection. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of this.#connections) connection.drop();
    await closed;
  }

  #accept(socket: Socket): void {
    const { faults, journal } = this.#backend;
    const { stats } = journal;
    stats.connections += 1;
    stats.openConnections += 1;
    const connection = new Connection(socket, this.#backend, () => {
      this.#connections.delete(connection);
      stats.openConnections -= 1;
      journal.happened("disconnect", connection);
    });
    this.#connections.add(connection);
    if (strikes(faults, "dropBeforeHello")) connection.drop();
    journal.happened("connection", connection);
  }
}
