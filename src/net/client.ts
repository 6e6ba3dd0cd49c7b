import { request as httpRequest, type Agent, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { endingWith } from "../async/ending-with";
import { Deadline } from "../async/deadline";
import { raceAbort } from "../async/race-abort";
import { SpotifyError } from "../core/errors";
import { makeAgent } from "./agent";
import { proxyFor, type Proxy } from "./proxy";
import { untrustedServer } from "./untrusted";
import { USER_AGENT } from "./user-agent";

export interface HttpRequest {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Names in any case. They replace the defaults, such as `accept: application/json`. */
  headers?: Readonly<Record<string, string>>;
  /** Sent as a form (`application/x-www-form-urlencoded`). */
  form?: Readonly<Record<string, string>>;
  /** Sent as it is. Needs a `content-type` in `headers`. */
  body?: Uint8Array;
  /** ms until the whole answer must have arrived. */
  timeout: number;
  /** A longer answer is refused. */
  maxBytes: number;
  /** Goes straight to the server, also if the environment names a proxy. For devices on the local network. */
  isDirect?: boolean;
  signal?: AbortSignal;
}

export interface HttpResponse {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

/** For https and http, with and without a proxy, and two more if the environment has changed. */
const MAX_AGENTS = 6;

/** The one HTTP client of a session. Uses the proxy that `proxyFor` names, and never follows a redirect. */
export class HttpClient {
  /** By protocol and proxy. */
  readonly #agents = new Map<string, Agent>();
  readonly #closing = new AbortController();

  /**
   * Makes one request. Every status is an answer.
   * @throws SpotifyError UNREACHABLE if there is no answer; UNTRUSTED_SERVER if the server does not prove who it is;
   *   TIMEOUT; PROTOCOL_ERROR if it is too long; CLOSED; or the abort reason of `signal`
   */
  async request(
    url: string,
    {
      method = "GET",
      headers = {},
      form,
      body: bytes,
      timeout,
      maxBytes,
      isDirect = false,
      signal,
    }: HttpRequest,
  ): Promise<HttpResponse> {
    const closing = this.#closing.signal;
    closing.throwIfAborted();
    const { host, origin, protocol } = new URL(url);
    const late = new Deadline(timeout, () => new SpotifyError("TIMEOUT", `${host} did not answer in time.`));
    const { signal: either, clear } = endingWith(closing, late.signal, signal);
    try {
      const body = form ? Buffer.from(new URLSearchParams(form).toString()) : bytes;
      const options = {
        method,
        headers: {
          accept: "application/json",
          "user-agent": USER_AGENT,
          ...(form && { "content-type": "application/x-www-form-urlencoded" }),
          ...(body && { "content-length": String(body.length) }),
          ...lowerCased(headers),
        },
        agent: this.#agentFor(protocol, isDirect ? undefined : proxyFor(origin)),
        signal: either,
      };
      // A request that waits for a connection does not end by itself when its signal is aborted.
      return await raceAbort(either, exchange(url, options, body, maxBytes));
    } catch (cause) {
      if (either.aborted) throw either.reason;
      if (cause instanceof SpotifyError) throw cause;
      throw (
        untrustedServer(host, cause) ??
        new SpotifyError("UNREACHABLE", `${host} cannot be reached.`, { cause })
      );
    } finally {
      late.clear();
      clear();
    }
  }

  /**
   * GETs a JSON document.
   * @throws SpotifyError as `request`; UNREACHABLE for status 5xx; PROTOCOL_ERROR for any other than 200, and for a
   *   body that is not JSON
   */
  async getJson(url: string, request: Omit<HttpRequest, "method" | "form" | "body">): Promise<unknown> {
    const { host } = new URL(url);
    const { status, body } = await this.request(url, request);
    if (status >= 500) throw new SpotifyError("UNREACHABLE", `${host} has a problem (HTTP ${status}).`);
    if (status !== 200) throw new SpotifyError("PROTOCOL_ERROR", `${host} answered HTTP ${status}.`);
    const document = parseJson(body);
    if (document === undefined) {
      throw new SpotifyError("PROTOCOL_ERROR", `${host} answered with something other than JSON.`);
    }
    return document;
  }

  /** Ends every connection and request. */
  close(): Promise<void> {
    this.#closing.abort(new SpotifyError("CLOSED", "The account's connection is closed."));
    return Promise.resolve();
  }

  #agentFor(protocol: string, proxy: Proxy | undefined): Agent {
    const key = `${protocol} ${proxy?.url.href} ${proxy?.authorization}`;
    let agent = this.#agents.get(key);
    if (!agent) {
      agent = makeAgent(protocol, proxy, this.#closing.signal);
      this.#agents.set(key, agent);
      if (this.#agents.size > MAX_AGENTS) this.#dropOldest();
    }
    return agent;
  }

  /** Requests under way may end. Their connections are not kept. */
  #dropOldest(): void {
    const [key, agent] = this.#agents.entries().next().value!;
    this.#agents.delete(key);
    agent.maxFreeSockets = 0;
    for (const sockets of Object.values(agent.freeSockets))
      for (const socket of sockets ?? []) socket.destroy();
  }
}

/** Headers with lower-case names, so that each replaces its default: Spotify answered nothing to two `Accept`. */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

async function exchange(
  url: string,
  options: RequestOptions,
  body: Uint8Array | undefined,
  maxBytes: number,
): Promise<HttpResponse> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const makeRequest = url.startsWith("https:") ? httpsRequest : httpRequest;
    makeRequest(url, options, resolve).on("error", reject).end(body);
  });
  const { statusCode = 0, headers } = response;
  return { status: statusCode, headers, body: await read(response, maxBytes, new URL(url).host) };
}

async function read(body: AsyncIterable<Buffer>, maxBytes: number, host: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes)
      throw new SpotifyError("PROTOCOL_ERROR", `${host} answered with more than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The document in a body, or undefined if it is not JSON. The parser's error is dropped, because it quotes the text. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}
