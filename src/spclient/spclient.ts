import type { ServerList } from "../access-point/server-list";
import { SpotifyError } from "../core/errors";
import { clientTokenTrouble } from "../login5/client-token-trouble";
import type { HttpClient, HttpRequest, HttpResponse } from "../net/client";
import { boundedGunzip } from "../net/gunzip";
import type { RateLimitGuard } from "../net/rate-limit-guard";
import type { Credential } from "./credential";

const TIMEOUT = 10_000;
/** The longest answer, unless a request sets another limit. A cluster of 10,000 devices has some 4 MiB. */
const MAX_ANSWER_BYTES = 8 << 20;

export interface SpclientRequest extends Pick<HttpRequest, "headers" | "body"> {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** On the server, with the query. */
  path: string;
  /** Base URL of the one server that answers this. Default: a server that the resolver names. */
  server?: string | undefined;
  /** A longer answer is refused, packed or unpacked. */
  maxBytes?: number;
}

export interface SpclientOptions {
  http: HttpClient;
  guard: RateLimitGuard;
  servers: Pick<ServerList, "server">;
  /** The login5 token of the account. */
  token: Credential;
  clientToken: Credential;
  /** The client ID whose rate limit a request counts towards. */
  clientId: string;
}

/**
 * Requests to Spotify's own services, with the account's token and the client token.
 *
 * A refused token is replaced once, and the request sent again: a request that was refused was not carried out. No other
 * request is repeated. After a server failed, the next request goes to another one.
 *
 * Source: librespot core/src/spclient.rs, `request_with_options`.
 */
export class Spclient {
  readonly #options: SpclientOptions;
  #hasServerFailed = false;

  constructor(options: SpclientOptions) {
    this.#options = options;
  }

  /**
   * Sends one request.
   * @returns the answer, unpacked. Its status is below 500 and not 429; 401 means that a fresh token was refused, too
   * @throws SpotifyError RATE_LIMITED; UNREACHABLE, also for a status of 500 or more; UNTRUSTED_SERVER; TIMEOUT;
   *   PROTOCOL_ERROR for an answer that is too large or cannot be unpacked; INVALID_CLIENT or REQUEST_REFUSED if the
   *   client token is refused; what `Credential.get` throws; or the abort reason of `signal`
   */
  async request(request: SpclientRequest, signal: AbortSignal): Promise<HttpResponse> {
    const { guard, clientId, token, clientToken } = this.#options;
    const base = request.server ?? (await this.#anyServer(signal));
    const { host } = new URL(base);
    let hasFreshToken = false;
    let hasFreshClientToken = false;
    for (;;) {
      guard.check(clientId, host);
      const sent = { token: await token.get(signal), clientToken: await clientToken.get(signal) };
      const response = await this.#send(base, request, sent, signal);
      const { status, headers } = response;
      guard.learn(clientId, host, response);
      const trouble =
        headers["client-token-error"] !== undefined &&
        clientTokenTrouble(response, clientId, hasFreshClientToken);
      if (trouble) {
        clientToken.refused(sent.clientToken);
        if (trouble instanceof SpotifyError) throw trouble;
        hasFreshClientToken = true;
        continue;
      }
      if (status === 401) {
        token.refused(sent.token);
        if (!hasFreshToken) {
          hasFreshToken = true;
          continue;
        }
      }
      if (status >= 500) {
        this.#failed(request);
        throw new SpotifyError("UNREACHABLE", `${host} has a problem (HTTP ${status}).`);
      }
      return { ...response, body: await unpacked(response, host, request.maxBytes) };
    }
  }

  /** @throws SpotifyError as `HttpClient.request` */
  async #send(
    base: string,
    request: SpclientRequest,
    { token, clientToken }: { token: string; clientToken: string },
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const { method, path, headers, body, maxBytes = MAX_ANSWER_BYTES } = request;
    try {
      return await this.#options.http.request(base + path, {
        method,
        body,
        headers: {
          ...headers,
          // Servers answer with brotli to a client that takes it.
          "accept-encoding": "gzip",
          authorization: `Bearer ${token}`,
          "client-token": clientToken,
        },
        timeout: TIMEOUT,
        maxBytes,
        signal,
      });
    } catch (error) {
      if (!signal.aborted) this.#failed(request);
      throw error;
    }
  }

  /** A server that the resolver names: another one if the last one failed. */
  async #anyServer(signal: AbortSignal): Promise<string> {
    const server = await this.#options.servers.server("spclient", this.#hasServerFailed, signal);
    this.#hasServerFailed = false;
    return server;
  }

  /** If the request was for one certain server, its failure says nothing about the others. */
  #failed({ server }: SpclientRequest): void {
    if (server === undefined) this.#hasServerFailed = true;
  }
}

async function unpacked(
  { headers, body }: HttpResponse,
  host: string,
  maxBytes = MAX_ANSWER_BYTES,
): Promise<Buffer> {
  const encoding = headers["content-encoding"];
  if (encoding === undefined || encoding === "identity" || body.length === 0) return body;
  if (encoding === "gzip") return boundedGunzip(body, maxBytes, host);
  throw new SpotifyError("PROTOCOL_ERROR", `${host} answered in an encoding that was not asked for.`);
}
