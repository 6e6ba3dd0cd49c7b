import { endingWith } from "../async/ending-with";
import { raceAbort } from "../async/race-abort";
import { retry } from "../async/retry";
import { SpotifyError } from "../core/errors";
import { isSpotifysOwn } from "../core/knowledge";
import { ApiToken } from "../tokens/api-token";
import type { TokenProvider } from "../tokens/provider";
import { refusedByWebApi } from "../tokens/web-api-access";
import { repeatBackoff } from "../web-api/repeats";
import type { WebApi, WebApiRequest, WebApiResponse } from "../web-api/web-api";
import { apiError } from "./api-error";
import { readPages } from "./pages";
import { readRequest, type ReadRequest } from "./read-request";
import type { ApiAnswer, ApiRequest } from "./request";

/** Spotify's own client IDs get a token for the Web API only if a scope is asked for. Every account may have this one. */
const ANY_SCOPE = ["user-read-private"] as const;

export interface ApiRequestsOptions {
  webApi: Pick<WebApi, "request">;
  tokens: Pick<TokenProvider, "bestClientId" | "getTokenWithClientId" | "ready" | "refused" | "tryWebApi">;
  /** The Web API refuses a token of one of Spotify's own client IDs for good, though it was known to take them. */
  blocked: (clientId: string) => void;
  /** The session's client ID. */
  clientId: () => string;
  /** Base URL of the Web API. */
  api: string;
  closing: AbortSignal;
}

/**
 * Any call of the Web API, with a token for its scopes. A refused token is replaced once. A request that Spotify refuses by
 * mistake is sent again, and so is a GET after a failure of Spotify's servers. The pauses that Spotify asks for are kept.
 *
 *     const { body } = await session.webApi.request({ path: "/me/playlists", all: true });
 */
export class ApiRequests {
  readonly #options: ApiRequestsOptions;
  readonly #host: string;

  constructor(options: ApiRequestsOptions) {
    this.#options = options;
    this.#host = new URL(options.api).host;
  }

  /**
   * Sends a request, or several with `all`. A token goes to the configured Web API alone.
   *
   * @throws SpotifyError with `statusCode`, for a status that is not 200 to 299: INVALID_ARGUMENT (400, 404),
   *   INVALID_SCOPE, PREMIUM_REQUIRED, RESTRICTED or REQUEST_REFUSED (401, 403), NO_ACTIVE_DEVICE, DEVICE_NOT_FOUND,
   *   UNREACHABLE (500 and more), PROTOCOL_ERROR (a redirection). Without a request: INVALID_ARGUMENT for what cannot be
   *   right; REQUEST_REFUSED if only Spotify's own client IDs are signed in, which the Web API refuses; RATE_LIMITED during
   *   a pause that Spotify has asked for; as `TokenProvider.getTokenWithClientId`. Also TIMEOUT after 15 s for each
   *   request; UNTRUSTED_SERVER; CLOSED; or the abort reason of `signal`
   */
  async request(request: ApiRequest): Promise<ApiAnswer> {
    const { webApi, tokens, api, closing } = this.#options;
    closing.throwIfAborted();
    const read = readRequest(request, api);
    const { signal: given, onPage } = request;
    const ending = endingWith(closing, given);
    try {
      await raceAbort(ending.signal, tokens.ready());
      ending.signal.throwIfAborted();
      const credential = await this.#credential(read, ending.signal);
      const ask = async (one: WebApiRequest): Promise<WebApiResponse> => {
        const answer = await retry(() => webApi.request(one, credential, ending.signal), {
          // What was changed already must not be changed twice.
          tries: read.method === "GET" ? 2 : 1,
          backoff: repeatBackoff(),
          signal: ending.signal,
          mayHelp: isServersFault,
        }).catch((error: unknown) => {
          if (isBlock(error)) this.#options.blocked(credential.clientId);
          throw error;
        });
        if (answer.status >= 200 && answer.status < 300) return answer;
        throw apiError(this.#host, credential.clientId, credential.latest, read.call, answer);
      };
      const { method, path, content } = read;
      if (!read.all) {
        const { status, headers, body = null } = await ask({ method, path, query: read.query, content });
        return { status, headers, body };
      }
      const query = { ...limitOf(read), ...read.query };
      return await readPages({ path, query }, { ask, api, signal: ending.signal, onPage });
    } finally {
      ending.clear();
    }
  }

  /** @throws SpotifyError REQUEST_REFUSED if the Web API does not take tokens of the client ID */
  async #credential({ clientId: named, scopes }: ReadRequest, signal: AbortSignal): Promise<ApiToken> {
    const { tokens } = this.#options;
    const clientId =
      named === "best" ? tokens.bestClientId(scopes) : named === "" ? this.#options.clientId() : named;
    if (!isSpotifysOwn(clientId)) return new ApiToken(tokens, clientId, scopes);
    const wanted = scopes.length > 0 ? scopes : ANY_SCOPE;
    if (await tokens.tryWebApi(clientId, wanted, signal)) return new ApiToken(tokens, clientId, wanted);
    throw refusedByWebApi(clientId);
  }
}

/** Spotify's servers fail now and then for a moment. */
function isServersFault(error: unknown): boolean {
  return error instanceof SpotifyError && error.code === "UNREACHABLE" && (error.statusCode ?? 0) >= 500;
}

/** Whether the Web API refuses the client ID for good, in the form of a 429. */
function isBlock(error: unknown): boolean {
  return error instanceof SpotifyError && error.code === "REQUEST_REFUSED" && error.statusCode === 429;
}

function limitOf({ call }: ReadRequest): Record<string, string> {
  return call?.longestPage === undefined ? {} : { limit: String(call.longestPage) };
}
