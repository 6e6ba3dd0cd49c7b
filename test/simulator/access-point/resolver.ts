/**
 * The resolver, https://apresolve.spotify.com: the hosts of each service, best first.
 * Source: librespot core/src/apresolve.rs.
 */
import type { Backend } from "../backend";
import { struck, strikes } from "../faults";
import type { HttpAnswer, HttpRequest } from "../http";

/** `host:port` of the servers, by kind, best first. */
export interface Servers {
  accesspoint: readonly string[];
  /** This one is without TLS, unlike the servers that clients of the resolver expect. */
  dealer: readonly string[];
  spclient: readonly string[];
}

export function answerResolver(request: HttpRequest, servers: Servers, backend: Backend): HttpAnswer {
  const answer = {
    ...decide(request, servers, backend),
    delay: struck(backend.faults, "resolverSlow") ?? 0,
  };
  backend.journal.stats.resolverRequests += 1;
  const path = request.url.pathname + request.url.search;
  backend.journal.happened("resolver", { method: request.method, path, status: answer.status });
  return answer;
}

function decide(request: HttpRequest, servers: Servers, { faults }: Backend): HttpAnswer {
  const status = struck(faults, "resolverStatus");
  if (status !== undefined) return { status, body: "<html><body>Simulated failure</body></html>" };
  if (strikes(faults, "resolverGarbage")) return { status: 200, body: '{"accesspoint":["127.0.' };
  if (request.method !== "GET" || request.url.pathname !== "/") return { status: 404 };
  const isEmpty = strikes(faults, "resolverEmpty");
  const lists: Record<string, readonly string[]> = {
    ...servers,
    ...(isEmpty && { accesspoint: [] }),
  };
  const types = request.url.searchParams.getAll("type").filter((type) => type in lists);
  return { status: 200, body: Object.fromEntries(types.map((type) => [type, lists[type]])) };
}
