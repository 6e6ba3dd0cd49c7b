/** Who asks: Spotify's services want to be told, and the simulator writes it down. */
import type { Backend } from "./backend";
import type { HttpHandler } from "./http";

/** @returns whether a request with this header is served */
export function admitsUserAgent(backend: Backend, service: string, userAgent = ""): boolean {
  const { journal, policy } = backend;
  journal.record(journal.stats.userAgents, { service, userAgent });
  // librespot 0.8 sends the dealer no User-Agent, and is admitted. Source: core/src/dealer/mod.rs, `connect`.
  return userAgent !== "" || service === "dealer" || !policy.needsUserAgent;
}

/** Serves the requests that say who asks, and refuses the others. */
export function requiringUserAgent(backend: Backend, service: string, handler: HttpHandler): HttpHandler {
  return (request) =>
    admitsUserAgent(backend, service, request.headers["user-agent"]) ? handler(request) : { status: 403 };
}
