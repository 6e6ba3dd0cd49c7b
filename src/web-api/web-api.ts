import { retry } from "../async/retry";
import { SpotifyError } from "../core/errors";
import { parseJson, type HttpClient, type HttpRequest, type HttpResponse } from "../net/client";
import type { RateLimitGuard } from "../net/rate-limit-guard";
import type { Credential } from "../spclient/credential";
import { mayBeSpurious, webApiRefusal } from "./refusal";
import { MAX_TRIES, repeatBackoff } from "./repeats";
import { spotifysWords } from "./spotifys-words";

const TIMEOUT = 15_000;
/** The longest answers are pages of a hundred items, of some 10 kB each. */
const MAX_ANSWER_BYTES = 10 << 20;

/** The tokens of an app, as a credential for the Web API. */
export interface AppCredential extends Credential {
  /** The app whose token `get` gives next, and whose rate limit the request counts towards. @throws SpotifyError if there is no app */
  readonly clientId: string;
}

/** A body that is not made from a document. */
export interface Content {
  /** `application/json`, or another media type. */
  type: string;
  bytes: Uint8Array;
}

export interface WebApiRequest {
  /** Default `GET`. */
  method?: NonNullable<HttpRequest["method"]>;
  /** From the root of the server, such as `/v1/me/player`. */
  path: string;
  query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, in the place of `body`. */
  content?: Content | undefined;
}

export interface WebApiResponse {
  status: number;
  headers: HttpResponse["headers"];
  /** A document; the text of a body that is not JSON; undefined if the body is empty. */
  body: unknown;
  /** The length of the body. */
  bytes: number;
}

/**
 * Requests to the public Web API.
 *
 * A request that was refused was not carried out, so it may be sent again: once with a fresh token; and a moment later, if
 * Spotify may have refused a valid token by mistake (twice for a GET, once for others). No request is sent again after a
 * 429, a 5xx or a lost answer, and no redirection is followed.
 */
export class WebApi {
  readonly #http: HttpClient;
  readonly #guard: RateLimitGuard;
  readonly #api: string;

  /** @param api base URL of api.spotify.com */
  constructor(http: HttpClient, guard: RateLimitGuard, api: string) {
    this.#http = http;
    this.#guard = guard;
    this.#api = api;
  }

  /**
   * Sends one request.
   *
   * @returns the answer. Its status is below 500 and not 429; 401 means that a fresh token was refused, too
   * @throws SpotifyError INVALID_ARGUMENT if the path does not begin with a slash; RATE_LIMITED, or REQUEST_REFUSED for a
   *   client ID that the Web API blocks with 429 for good; UNREACHABLE, also for a status of 500 or more; UNTRUSTED_SERVER;
   *   TIMEOUT; PROTOCOL_ERROR for an answer that is too large; what the credential throws; or the abort reason of `signal`
   */
  async request(
    request: WebApiRequest,
    credential: AppCredential,
    signal: AbortSignal,
  ): Promise<WebApiResponse> {
    const { status, headers, body } = await this.#repeated(request, credential, signal);
    return { status, headers, body: parsed(body), bytes: body.length };
  }

  /**
   * GETs a document.
   *
   * @returns undefined if the Web API has nothing to say (204, or an empty body)
   * @throws SpotifyError as `request`; INVALID_SCOPE, PREMIUM_REQUIRED or REQUEST_REFUSED for what the status says;
   *   PROTOCOL_ERROR for any other status, and for a body that is not JSON
   */
  async document(
    { path, query = {} }: Pick<WebApiRequest, "path" | "query">,
    credential: AppCredential,
    signal: AbortSignal,
  ): Promise<unknown> {
    const { clientId } = credential;
    const { host } = new URL(this.#api);
    const answer = await this.#repeated({ path, query }, credential, signal);
    const isGood = answer.status >= 200 && answer.status < 300;
    if (!isGood) throw webApiRefusal(host, clientId, answer);
    if (answer.body.length === 0) return undefined;
    const document = parseJson(answer.body);
    if (document !== undefined) return document;
    throw new SpotifyError("PROTOCOL_ERROR", `${host} answered with something other than JSON.`, {
      clientId,
    });
  }

  #repeated(request: WebApiRequest, credential: AppCredential, signal: AbortSignal): Promise<HttpResponse> {
    const tries = request.method === undefined || request.method === "GET" ? MAX_TRIES : 2;
    let isFresh = false;
    const ask = async (count: number): Promise<HttpResponse> => {
      for (;;) {
        const { answer, token } = await this.#once(request, credential, signal);
        if (answer.status !== 401 || (count < tries && mayBeSpurious(answer))) return answer;
        credential.refused(token);
        if (isFresh) return answer;
        isFresh = true;
      }
    };
    const backoff = repeatBackoff();
    return retry(ask, { tries, backoff, signal, mayHelp: () => false, mayImprove: mayBeSpurious });
  }

  async #once(
    { method = "GET", path, query, body, content = jsonOf(body) }: WebApiRequest,
    credential: AppCredential,
    signal: AbortSignal,
  ): Promise<{ answer: HttpResponse; token: string }> {
    const url = this.#urlOf(path, query);
    const { clientId } = credential;
    this.#guard.check(clientId, url.host);
    const token = await credential.get(signal);
    const answer = await this.#http.request(url.href, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(content && { "content-type": content.type }),
      },
      ...(content && { body: content.bytes }),
      timeout: TIMEOUT,
      maxBytes: MAX_ANSWER_BYTES,
      signal,
    });
    this.#guard.learn(clientId, url.host, answer);
    if (answer.status >= 500) {
      // A text may come from any server in between.
      const { message } = spotifysWords(parseJson(answer.body), token);
      throw webApiRefusal(url.host, clientId, answer, message);
    }
    return { answer, token };
  }

  /** On the Web API's own host, because the token goes there. */
  #urlOf(path: string, query: WebApiRequest["query"] = {}): URL {
    if (!path.startsWith("/")) {
      throw new SpotifyError("INVALID_ARGUMENT", "A path of the Web API begins with a slash.");
    }
    const url = new URL(this.#api + path);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  }
}

function jsonOf(document: unknown): Content | undefined {
  if (document === undefined) return undefined;
  return { type: "application/json", bytes: Buffer.from(JSON.stringify(document)) };
}

function parsed(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const document = parseJson(body);
  return document === undefined ? body.toString("utf8") : document;
}
