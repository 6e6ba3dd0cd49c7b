/** What the resolver, the Web API, the accounts service and the control interface have in common: a bounded HTTP server on loopback. */
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gunzipSync } from "node:zlib";

const MAX_BODY_BYTES = 64 << 10;

export interface HttpRequest {
  method: string;
  url: URL;
  headers: IncomingMessage["headers"];
  /** As text; bytes that are not UTF-8 are lost in it. */
  body: string;
  /** As received. */
  bytes: Buffer;
}

export interface HttpAnswer {
  status: number;
  /** Sent as JSON; a string or bytes are sent unchanged. Absent: no body. */
  body?: unknown;
  headers?: OutgoingHttpHeaders;
  /** Milliseconds to wait before answering. */
  delay?: number;
  /** Resets the connection instead of answering. */
  drop?: boolean;
}

export type HttpHandler = (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>;

/** A node:http request listener around `handler`, which also adds the simulated round trip. */
export function httpListener(
  handler: HttpHandler,
  roundTrip = 0,
): (request: IncomingMessage, response: ServerResponse) => void {
  const known = new WeakSet<Socket>();
  return (request, response) => {
    // A socket's first request comes after the round trip that a distant connect would have taken.
    const distance = known.has(request.socket) ? roundTrip : 2 * roundTrip;
    known.add(request.socket);
    answer(request, response, handler, distance).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else send(response, { status: 500, body: { error: String(error) } });
    });
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handler: HttpHandler,
  distance: number,
): Promise<void> {
  const bytes = await readBody(request);
  if (bytes === undefined) return send(response, { status: 413, headers: { connection: "close" } });
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const { method = "GET", headers } = request;
  const result = await handler({ method, url, headers, body: bytes.toString("utf8"), bytes });
  const delay = distance + (result.delay ?? 0);
  if (delay === 0) return send(response, result);
  const timer = setTimeout(() => send(response, result), delay);
  timer.unref();
  response.on("close", () => clearTimeout(timer));
}

/**
 * The body of a request, unpacked if it is compressed. librespot-java compresses all its requests.
 * @param max most bytes, also after unpacking
 * @returns undefined if it does not match its header, or is larger
 */
export function unpacked({ headers, bytes }: HttpRequest, max: number): Buffer | undefined {
  if (headers["content-encoding"] !== "gzip") return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: max });
  } catch {
    return undefined;
  }
}

/** @returns undefined if the body is larger than anything Spotify's own clients send. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MAX_BODY_BYTES) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function send(response: ServerResponse, { status, body, headers, drop }: HttpAnswer): void {
  if (response.destroyed) return;
  if (drop === true) {
    response.socket?.resetAndDestroy();
    return;
  }
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const [type, bytes] = encode(body);
  response
    .writeHead(status, { "content-type": type, "content-length": bytes.byteLength, ...headers })
    .end(bytes);
}

/** @returns the media type if the answer has no other, and the body */
function encode(body: unknown): [string, Uint8Array] {
  if (body instanceof Uint8Array) return ["application/octet-stream", body];
  if (typeof body === "string") return ["text/html", Buffer.from(body)];
  return ["application/json; charset=utf-8", Buffer.from(JSON.stringify(body))];
}

/** A server on a free port of 127.0.0.1. */
export class HttpService {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(handler: HttpHandler, roundTrip = 0, port = 0): Promise<HttpService> {
    const server = createServer(httpListener(handler, roundTrip));
    await listen(server, port);
    return new HttpService(server);
  }

  /** The base URL, without a slash at its end. */
  get url(): string {
    return `http://127.0.0.1:${portOf(this.#server)}`;
  }

  /** Closes the server and every connection to it. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

interface Listenable {
  listen(port: number, host: string, listening: () => void): unknown;
  once(event: "error", listener: (error: Error) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
  address(): AddressInfo | string | null;
}

export function listen(server: Listenable, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

export function portOf(server: Listenable): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server is not listening");
  return address.port;
}
