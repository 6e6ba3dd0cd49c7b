import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { answer, type Answer } from "./answer";
import type { ZeroconfRequest } from "./actions";
import { readBody, type Body } from "./body";
import { isFromWebPage } from "./web-page";

/** CPath in the TXT record. */
const PATH = "/";
/** ms in which a request must have arrived, whole. */
const REQUEST_TIMEOUT = 5_000;
/** ms without a byte either way; longer than an app waits for its login. */
const IDLE_TIMEOUT = 15_000;
const CHECK_INTERVAL = 1_000;
const MOST_HEADER_BYTES = 8 * 1024;
const MOST_CONNECTIONS = 32;
/** All of the LAN: IPv6, and IPv4 through it; the second where the machine has no IPv6. */
const ADDRESSES = ["::", "0.0.0.0"];

/**
 * The HTTP server of the ZeroConf API. One request for each connection, every size and time bounded, JSON for every
 * answer; no header lets a web page read one.
 */
export class ZeroconfServer {
  readonly #server: Server;
  readonly #answer: (request: ZeroconfRequest) => Promise<Answer>;

  /** @param respond must not throw */
  constructor(respond: (request: ZeroconfRequest) => Promise<Answer>) {
    this.#answer = respond;
    this.#server = createServer({
      requestTimeout: REQUEST_TIMEOUT,
      headersTimeout: REQUEST_TIMEOUT,
      connectionsCheckingInterval: CHECK_INTERVAL,
      maxHeaderSize: MOST_HEADER_BYTES,
      // A missing Host is answered like everything else, with JSON.
      requireHostHeader: false,
    });
    this.#server.maxConnections = MOST_CONNECTIONS;
    this.#server.timeout = IDLE_TIMEOUT;
    this.#server.on("request", (request, response) => void this.#serve(request, response));
    this.#server.on("checkExpectation", (_request, response) => send(response, answer("badRequest")));
    this.#server.on("clientError", (_error, socket) => refuse(socket));
  }

  /**
   * Listens on all addresses.
   * @param port 0 for any free one
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
    // Later ones are of single connections that could not be accepted: it goes on with the next.
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
    // One that breaks off is gone, and nobody waits for an answer.
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

/** Answers what is no HTTP, or took too long to arrive. */
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
