/** The way of one Node-RED to Spotify's accounts service. It records who asked for which token, and when. */
import { EventEmitter } from "node:events";
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request to the token endpoint, and its result. Times are of `performance.now`. */
export interface TokenExchange {
  /** Name of the Node-RED that asked. */
  by: string;
  grantType: string;
  clientId: string;
  /** The refresh token that was used. */
  used: string | undefined;
  arrivedAt: number;
  /** Undefined if Spotify has not answered yet. */
  answer?: TokenAnswer;
}

interface TokenAnswer {
  at: number;
  status: number;
  accessToken?: string;
  refreshToken?: string;
  error?: string;
}

/**
 * Emits `asked` before Spotify handles a request, and `answered` after that and before the Node-RED gets the answer: a
 * listener that kills the Node-RED thereby keeps the answer from it.
 */
export class AccountsRelay extends EventEmitter<{ asked: [TokenExchange]; answered: [TokenExchange] }> {
  readonly #by: string;
  readonly #target: URL;
  readonly #server: Server;

  private constructor(by: string, target: string) {
    super();
    this.#by = by;
    this.#target = new URL(target);
    this.#server = createServer((incoming, outgoing) => {
      // The Node-RED was killed, or Spotify cannot be reached: there is no client to answer.
      this.#pass(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  /** @param by name of the Node-RED @param target base URL of the accounts service */
  static async start(by: string, target: string): Promise<AccountsRelay> {
    const relay = new AccountsRelay(by, target);
    await new Promise<void>((resolve) => relay.#server.listen(0, "127.0.0.1", resolve));
    return relay;
  }

  /** The base URL for settings.js. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await read(incoming);
    const exchange = incoming.url === "/api/token" ? this.#begin(body) : undefined;
    if (exchange) this.emit("asked", exchange);
    const { hostname, port } = this.#target;
    const { method, url: path, headers } = incoming;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ hostname, port, method, path, headers }, resolve).on("error", reject).end(body);
    });
    const text = await read(answer);
    if (exchange) {
      exchange.answer = answerOf(answer.statusCode ?? 0, text);
      this.emit("answered", exchange);
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders).end(text);
  }

  #begin(body: Buffer): TokenExchange {
    const form = new URLSearchParams(body.toString("utf8"));
    return {
      by: this.#by,
      grantType: form.get("grant_type") ?? "",
      clientId: form.get("client_id") ?? "",
      used: form.get("refresh_token") ?? undefined,
      arrivedAt: performance.now(),
    };
  }
}

function answerOf(status: number, text: Buffer): TokenAnswer {
  const answer = JSON.parse(text.toString("utf8")) as Record<string, string | undefined>;
  const { access_token: accessToken, refresh_token: refreshToken, error } = answer;
  return {
    at: performance.now(),
    status,
    ...(accessToken !== undefined && { accessToken }),
    ...(refreshToken !== undefined && { refreshToken }),
    ...(error !== undefined && { error }),
  };
}

async function read(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}
