import type { SpotifyError } from "../core/errors";
import { SharedRequest } from "../async/shared-request";
import type { SourceRequest } from "./decide";

export interface UnderWay<Result> extends SourceRequest {
  shared: SharedRequest<Result>;
}

/** The requests under way. A request for fewer scopes of the same client ID and source joins one of them. */
export class RequestsUnderWay<Result> {
  readonly #requests = new Set<UnderWay<Result>>();
  readonly #run: (request: SourceRequest, signal: AbortSignal) => Promise<Result>;

  constructor(run: (request: SourceRequest, signal: AbortSignal) => Promise<Result>) {
    this.#run = run;
  }

  /** The request under way that will serve this one, or a new one. */
  join(request: SourceRequest): UnderWay<Result> {
    const { source, scopes, clientId } = request;
    for (const underWay of this.#requests) {
      if (underWay.source !== source || underWay.clientId !== clientId || underWay.shared.abandoned) continue;
      if (scopes.length > 0 && scopes.every((scope) => underWay.scopes.includes(scope))) return underWay;
    }
    const shared = new SharedRequest(async (signal) => {
      try {
        return await this.#run(request, signal);
      } finally {
        this.#requests.delete(underWay);
      }
    });
    const underWay: UnderWay<Result> = { ...request, shared };
    this.#requests.add(underWay);
    return underWay;
  }

  /** Ends all of them. */
  abort(reason: SpotifyError): void {
    for (const { shared } of this.#requests) shared.abort(reason);
  }
}
