import type { IncomingMessage } from "node:http";
import { HttpClient } from "../../src/net/client";
import { RateLimitGuard } from "../../src/net/rate-limit-guard";
import { WebApi, type AppCredential } from "../../src/web-api/web-api";
import { serveHttp } from "../support/http-server";

export const APP = "0123456789abcdef0123456789abcdef";
const nextTurn = setImmediate;

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** Gives `token 1`, and the next one as soon as that is refused. */
export class Numbered implements AppCredential {
  clientId = APP;
  readonly refusedOnes: string[] = [];

  get(): Promise<string> {
    return Promise.resolve(`token ${this.refusedOnes.length + 1}`);
  }

  refused(token: string): void {
    this.refusedOnes.push(token);
  }
}

/** A Web API that gives scripted answers and records the requests. */
export class ScriptedWebApi {
  /** The answers in turn; after the last one, 200 without a body. */
  answers: Answer[] = [];
  readonly asked: { line: string; headers: IncomingMessage["headers"]; body: string }[] = [];
  readonly http = new HttpClient();
  readonly token = new Numbered();
  webApi!: WebApi;
  url = "";
  #close: () => Promise<void> = () => Promise.resolve();

  static async start(): Promise<ScriptedWebApi> {
    const scripted = new ScriptedWebApi();
    const server = await serveHttp((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      request.on("end", () => {
        scripted.asked.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
        const { status = 200, headers, body: said = "" } = scripted.answers.shift() ?? {};
        response.writeHead(status, headers).end(said);
      });
    });
    scripted.url = server.url;
    scripted.webApi = new WebApi(scripted.http, new RateLimitGuard(() => undefined), server.url);
    scripted.#close = async () => {
      await scripted.http.close();
      await server.close();
    };
    return scripted;
  }

  get tokens(): (string | undefined)[] {
    return this.asked.map(({ headers }) => headers.authorization?.replace("Bearer ", ""));
  }

  close(): Promise<void> {
    return this.#close();
  }
}

/** The result of `promise` on a fake clock, which is moved on until there is one. */
export async function settled<Result>(
  clock: { tickAsync(ms: number): Promise<unknown> },
  promise: Promise<Result>,
): Promise<Result> {
  let isPending = true;
  const over = (): boolean => (isPending = false);
  promise.then(over, over);
  for (let turns = 0; isPending && turns < 10_000; turns++) {
    await new Promise((resolve) => nextTurn(resolve));
    if (turns % 20 === 19) await clock.tickAsync(100);
  }
  return promise;
}
