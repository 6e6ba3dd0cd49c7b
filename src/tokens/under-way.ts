import type { SpotifyError } from "../core/errors";
import { SharedRequest } from "../async/shared-request";
import type { TokenSource } from "../core/token";

/** What is asked of a source. */
export interface Ask {
  source: TokenSource;
  scopes: readonly string[];
  clientId: string;
}

export interface UnderWay<Result> extends Ask {
  shared: SharedRequest<Result>;
}

/** The requests under way: who asks for less of the same client ID and source joins one. */
export class RequestsUnderWay<Result> {
  readonly #requests = new Set<UnderWay<Result>>();
  readonly #run: (ask: Ask, signal: AbortSignal) => Promise<Result>;

  constructor(run: (ask: Ask, signal: AbortSignal) => Promise<Result>) {
    this.#run = run;
  }

  /** The request under way that will serve this, or a new one. */
  join(ask: Ask): UnderWay<Result> {
    const { source, scopes, clientId } = ask;
    for (const underWay of this.#requests) {
      if (underWay.source !== source || underWay.clientId !== clientId || underWay.shared.abandoned) continue;
      if (scopes.length > 0 && scopes.every((scope) => underWay.scopes.includes(scope))) return underWay;
    }
    const shared = new SharedRequest(async (signal) => {
      try {
        return await this.#run(ask, signal);
      } finally {
        this.#requests.delete(underWay);
      }
    });
    const underWay: UnderWay<Result> = { ...ask, shared };
    this.#requests.add(underWay);
    return underWay;
  }

  /** Gives all of them up. */
  abort(reason: SpotifyError): void {
    for (const { shared } of this.#requests) shared.abort(reason);
  }
}
