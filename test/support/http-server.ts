import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { HttpClient } from "../../src/net/client";
import { RateLimitGuard, type RateLimit } from "../../src/net/rate-limit-guard";
import { TokenEndpoint } from "../../src/oauth/token-endpoint";
import { started, type TestServer } from "./wiretap";

export interface HttpTestServer extends TestServer {
  /** Base URL, without a slash at its end. */
  url: string;
}

/** An HTTP server of a test, on a free port of this machine. */
export async function serveHttp(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<HttpTestServer> {
  const http = createServer(handler);
  const server = await started(http, () => http.closeAllConnections());
  return { ...server, url: `http://${server.address}` };
}

/** The next answer of an OAuth server. */
export interface Scripted {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Resets the connection instead of answering. */
  drop?: boolean;
}

/** An OAuth server that sends given answers, and records its requests and their times. */
export interface ScriptedOAuth {
  http: HttpClient;
  guard: RateLimitGuard;
  endpoint: TokenEndpoint;
  /** Base URL. */
  accounts: string;
  /** Answers in order; the last one is repeated. */
  answers: Scripted[];
  asked: { path: string; form: URLSearchParams; at: number }[];
  kept: RateLimit[];
  close(): Promise<void>;
}

export async function scriptedOAuth(answers: Scripted[]): Promise<ScriptedOAuth> {
  const asked: ScriptedOAuth["asked"] = [];
  const server = await serveHttp((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      asked.push({ path: request.url ?? "", form: new URLSearchParams(text), at: Date.now() });
      const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? {};
      if (answer.drop) return void request.socket.resetAndDestroy();
      const { status = 200, body = {}, headers } = answer;
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  const http = new HttpClient();
  const scripted = { answers, asked, accounts: server.url, http, kept: [] as RateLimit[] };
  const guard = new RateLimitGuard((limits) => (scripted.kept = limits));
  const endpoint = new TokenEndpoint(http, guard, server.url);
  return Object.assign(scripted, {
    guard,
    endpoint,
    close: async () => {
      await http.close();
      await server.close();
    },
  });
}
