import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { answer, type Answer } from "./answer";
import type { ZeroconfRequest } from "./actions";
import { readBody, type Body } from "./body";
import { ConnectionLimit } from "./connection-limit";
import { isFromWebPage } from "./web-page";

/** CPath in the TXT record. */
const PATH = "/";
const MOST_HEADER_BYTES = 8 * 1024;

/** How much the server bears of those who connect. */
export interface ServerLimits {
  /** ms until the whole request must have arrived */
  requestTimeout: number;
  /** ms without a byte in either direction; longer than an app waits for its login */
  idleTimeout: number;
  /** ms between two looks for requests that are late */
  checkInterval: number;
  connections: number;
  /** Connections of one address. An app needs one or two. */
  connectionsPerAddress: number;
}

const LIMITS: ServerLimits = {
  requestTimeout: 5_000,
  idleTimeout: 15_000,
  checkInterval: 1_000,
  connections: 32,
  connectionsPerAddress: 8,
};
/** All addresses: of IPv6, which includes IPv4; else, on a machine without IPv6, of IPv4. */
const ADDRESSES = ["::", "0.0.0.0"];

/**
 * The HTTP server of the ZeroConf API. It serves the local network alone, takes one request per connection, bounds every
 * size and time, and answers with JSON. No header lets a web page read an answer.
 */
export class ZeroconfServer {
  readonly #server: Server;
  readonly #answer: (request: ZeroconfRequest) => Promise<Answer>;

  /** @param respond must not throw */
  constructor(respond: (request: ZeroconfRequest) => Promise<Answer>, changed: Partial<ServerLimits> = {}) {
    const limits = { ...LIMITS, ...changed };
    const perAddress = new ConnectionLimit(limits.connectionsPerAddress);
    this.#answer = respond;
    this.#server = createServer({
      requestTimeout: limits.requestTimeout,
      connectionsCheckingInterval: limits.checkInterval,
      maxHeaderSize: MOST_HEADER_BYTES,
      // A request without Host is also answered with JSON.
      requireHostHeader: false,
    });
    this.#server.maxConnections = limits.connections;
    this.#server.timeout = limits.idleTimeout;
    this.#server.on("connection", (socket) => perAddress.admit(socket));
    this.#server.on("request", (request, response) => void this.#serve(request, response));
    this.#server.on("checkExpectation", (_request, response) => send(response, answer("badRequest")));
    this.#server.on("clientError", (_error, socket) => refuse(socket));
  }

  /**
   * Listens on all addresses.
   * @param port 0: any free port
   * @returns the port
   * @throws the error of the operating system
   */
  async listen(port = 0): Promise<number> {
    for (const [i, host] of ADDRESSES.entries()) {
      try {
        this.#server.listen({ host, port });
        await once(this.#server, "listening");
        break;
      } catch (error) {
        if (i === ADDRESSES.length - 1) throw error;
      }
    }
    // Later errors are about single connections that could not be accepted. The server goes on.
    this.#server.on("error", () => {});
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves when the port is free and no connection is left. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // After an error the sender is gone and needs no answer.
    request.on("error", () => {});
    response.on("error", () => {});
    const body = await readBody(request);
    if (body) send(response, await this.#respond(request, body));
  }

  async #respond(request: IncomingMessage, { text }: Body): Promise<Answer> {
    const [path, query] = split(request.url ?? "");
    if (isFromWebPage(request.headers)) return { ...answer("badRequest"), http: 403 };
    if (path !== PATH) return { ...answer("badRequest"), http: 404 };
    const method = request.method ?? "";
    if (method !== "GET" && method !== "POST") {
      return { ...answer("badRequest"), http: 405, allow: "GET, POST" };
    }
    if (text === undefined) return answer("badRequest");
    const fields = new URLSearchParams(method === "POST" ? text : "");
    return this.#answer({ method, query: new URLSearchParams(query), fields });
  }
}

function split(url: string): [path: string, query: string] {
  const mark = url.indexOf("?");
  return mark === -1 ? [url, ""] : [url.slice(0, mark), url.slice(mark + 1)];
}

function send(response: ServerResponse, { http, body, allow }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const bytes = Buffer.from(JSON.stringify(body));
  response
    .writeHead(http, { ...headers(bytes), ...(allow === undefined ? {} : { Allow: allow }) })
    .end(bytes);
}

/** Answers a request that is not HTTP or arrived too slowly. */
function refuse(socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { http, body } = answer("badRequest");
  const bytes = Buffer.from(JSON.stringify(body));
  const lines = Object.entries(headers(bytes)).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${http} Bad Request\r\n${lines.join("")}\r\n${bytes.toString()}`, () =>
    socket.destroy(),
  );
}

function headers(bytes: Buffer): Record<string, string | number> {
  return {
    "Content-Type": "application/json",
    "Content-Length": bytes.length,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    Connection: "close",
  };
}
