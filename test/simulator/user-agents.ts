/** Names of clients: Spotify's services require one, and the simulator records it. */
import type { Backend } from "./backend";
import type { HttpHandler } from "./http";

/** @returns whether a request with this header is served */
export function admitsUserAgent(backend: Backend, service: string, userAgent = ""): boolean {
  const { journal, policy } = backend;
  journal.record(journal.stats.userAgents, { service, userAgent });
  // librespot 0.8 sends the dealer no User-Agent, and is accepted. Source: core/src/dealer/mod.rs, `connect`.
  return userAgent !== "" || service === "dealer" || !policy.needsUserAgent;
}

/** Serves requests with a User-Agent, and refuses others. */
export function requiringUserAgent(backend: Backend, service: string, handler: HttpHandler): HttpHandler {
  return (request) =>
    admitsUserAgent(backend, service, request.headers["user-agent"]) ? handler(request) : { status: 403 };
}
