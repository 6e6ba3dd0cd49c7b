import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { SPOTIFY_ENDPOINTS } from "../../../src/core/endpoints";
import { HttpClient } from "../../../src/net/client";
import { RateLimitGuard } from "../../../src/net/rate-limit-guard";
import { NameLookup } from "../../../src/player/name-lookup";
import { Spclient } from "../../../src/spclient/spclient";
import { serveHttp, type HttpTestServer } from "../../support/http-server";
import { ENTITIES, extendedMetadataAnswer } from "./entities";
import { fieldsOf } from "./wire";

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: Buffer | string;
}

export interface Asked {
  service: Service;
  /** Path with the query. */
  path: string;
  /** The URIs in a request to extended-metadata. */
  uris: string[];
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export type Service = "extended-metadata" | "metadata/4" | "playlist" | "oembed";

/** Spotify's services for names, which answer as a test wants, with a `NameLookup` that asks them. */
export class ScriptedServices {
  readonly asked: Asked[] = [];
  /** Returns the answer of a service. Without it: the entities of the tests, and 404. */
  answers: Partial<Record<Service, (asked: Asked) => Answer | Promise<Answer>>> = {};
  /** The most requests that were under way at the same time. */
  mostAtOnce = 0;
  #underWay = 0;

  private constructor(
    readonly lookup: NameLookup,
    readonly http: HttpClient,
    readonly server: HttpTestServer,
  ) {}

  static async start(): Promise<ScriptedServices> {
    const http = new HttpClient();
    const server = await serveHttp((request, response) => void services.#answer(request, response));
    const guard = new RateLimitGuard(() => undefined);
    const credential = (token: string) => ({ get: () => Promise.resolve(token), refused: () => undefined });
    const spclient = new Spclient({
      http,
      guard,
      servers: { server: () => Promise.resolve(server.url) },
      token: credential("the token"),
      clientToken: credential("the client token"),
      clientId: "f".repeat(32),
    });
    const endpoints = { ...SPOTIFY_ENDPOINTS, spclient: server.url, open: server.url };
    const lookup = new NameLookup({ spclient, http, guard, endpoints });
    const services = new ScriptedServices(lookup, http, server);
    return services;
  }

  async close(): Promise<void> {
    await this.http.close();
    await this.server.close();
  }

  /** How often each service was asked, without those that were not asked. */
  get counts(): Partial<Record<Service, number>> {
    const counts: Partial<Record<Service, number>> = {};
    for (const { service } of this.asked) counts[service] = (counts[service] ?? 0) + 1;
    return counts;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#underWay);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { url: path = "", headers } = request;
    const body = Buffer.concat(chunks);
    const service = serviceOf(path);
    const uris = service === "extended-metadata" ? urisOf(body) : [];
    const asked = { service, path, uris, headers, body };
    this.asked.push(asked);
    const answer = this.answers[service] ?? usual;
    const { status = 200, headers: said, body: content = "" } = await answer(asked);
    this.#underWay--;
    response.writeHead(status, said).end(content);
  }
}

/** Answers like Spotify's service, with only the entities of the tests. */
export function usual({ service, uris }: Asked): Answer {
  if (service !== "extended-metadata") return { status: 404 };
  const told = uris.map((uri) => ({ uri, ...(ENTITIES.get(uri) ?? { kind: 10 }) }));
  return { body: extendedMetadataAnswer(told) };
}

function serviceOf(path: string): Service {
  if (path.startsWith("/extended-metadata/v0/extended-metadata")) return "extended-metadata";
  if (path.startsWith("/metadata/4/")) return "metadata/4";
  return path.startsWith("/oembed?") ? "oembed" : "playlist";
}

/** BatchedEntityRequest: entity_request 2 { entity_uri 1 }. */
function urisOf(body: Buffer): string[] {
  return fieldsOf(body)
    .filter(({ number }) => number === 2)
    .map(({ value }) =>
      fieldsOf(value as Buffer)
        .find(({ number }) => number === 1)!
        .value.toString(),
    );
}
