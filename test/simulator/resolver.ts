/**
 * The resolver, https://apresolve.spotify.com: which hosts serve what, best first.
 * Source: librespot core/src/apresolve.rs.
 */
import type { Backend } from "./backend";
import { struck, strikes } from "./faults";
import type { HttpAnswer, HttpRequest } from "./http";

/** @param accessPoints `host:port` of those that serve now. */
export function answerResolver(
  request: HttpRequest,
  accessPoints: readonly string[],
  backend: Backend,
): HttpAnswer {
  const answer = {
    ...decide(request, accessPoints, backend),
    delay: struck(backend.faults, "resolverSlow") ?? 0,
  };
  backend.journal.stats.resolverRequests += 1;
  const path = request.url.pathname + request.url.search;
  backend.journal.happened("resolver", { method: request.method, path, status: answer.status });
  return answer;
}

function decide(request: HttpRequest, accessPoints: readonly string[], { faults }: Backend): HttpAnswer {
  const status = struck(faults, "resolverStatus");
  if (status !== undefined) return { status, body: "<html><body>Simulated failure</body></html>" };
  if (strikes(faults, "resolverGarbage")) return { status: 200, body: '{"accesspoint":["127.0.' };
  if (request.method !== "GET" || request.url.pathname !== "/") return { status: 404 };
  const isEmpty = strikes(faults, "resolverEmpty");
  const lists: Record<string, readonly string[]> = {
    accesspoint: isEmpty ? [] : accessPoints,
    // Not simulated: settings name their base URLs instead. The real lists are never empty, and librespot
    // asks again for as long as one is; nobody listens on port 1, so a client learns at once.
    dealer: ["127.0.0.1:1"],
    spclient: ["127.0.0.1:1"],
  };
  const types = request.url.searchParams.getAll("type").filter((type) => type in lists);
  return { status: 200, body: Object.fromEntries(types.map((type) => [type, lists[type]])) };
}
