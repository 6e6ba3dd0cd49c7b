import { HttpClient } from "../../../src/net/client";
import { RateLimitGuard } from "../../../src/net/rate-limit-guard";
import { Spclient } from "../../../src/spclient/spclient";
import { serveHttp } from "../../support/http-server";

/** The server's next answer. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** Resets the connection instead of answering. */
  drop?: boolean;
}

/** The fields of a body that tests check. */
export interface Document {
  [field: string]: unknown;
  command: {
    [field: string]: unknown;
    endpoint: string;
    logging_params: Record<string, unknown>;
  };
}

/** A request to the server. */
export interface Asked {
  /** Method and path. */
  request: string;
  headers: Readonly<Record<string, unknown>>;
  text: string;
  /** The body as JSON; undefined if there is none. */
  document: Document;
}

export interface SpclientServer {
  spclient: Spclient;
  /** Answers in order; after them, 200 with an `ack_id`. */
  answers: Answer[];
  asked: Asked[];
  close(): Promise<void>;
}

/** A server of Spotify's own services that sends given answers, and a client of it. */
export async function spclientServer(): Promise<SpclientServer> {
  const answers: Answer[] = [];
  const asked: Asked[] = [];
  const server = await serveHttp((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      asked.push({
        request: `${request.method} ${request.url}`,
        headers: request.headers,
        text,
        document: (text.startsWith("{") ? JSON.parse(text) : undefined) as Document,
      });
      const { status = 200, headers, body = { ack_id: "the ack" }, drop } = answers.shift() ?? {};
      if (drop) return void request.socket.resetAndDestroy();
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  const http = new HttpClient();
  const credential = { get: () => Promise.resolve("token"), refused: () => undefined };
  const spclient = new Spclient({
    http,
    guard: new RateLimitGuard(() => undefined),
    servers: { server: () => Promise.resolve(server.url) },
    token: credential,
    clientToken: credential,
    clientId: "f".repeat(32),
  });
  return {
    spclient,
    answers,
    asked,
    close: async () => {
      await http.close();
      await server.close();
    },
  };
}
