import type { Dispatcher } from "undici";
import { SpotifyError } from "../core/errors";
import { Deadline } from "../async/deadline";
import { proxyFor, type Proxy } from "./proxy";
import { untrustedServer } from "./untrusted";
import { USER_AGENT } from "./user-agent";

export interface HttpRequest {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Each is sent once, whatever its case; `accept` in place of `application/json`. */
  headers?: Readonly<Record<string, string>>;
  /** Sent as a form (`application/x-www-form-urlencoded`). */
  form?: Readonly<Record<string, string>>;
  /** Sent as it is; its `content-type` is among the headers. */
  body?: Uint8Array;
  /** ms until the whole answer must be here. */
  timeout: number;
  /** An answer over this is refused. */
  maxBytes: number;
  signal?: AbortSignal;
}

export interface HttpResponse {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

/** Connections to one server. */
const MAX_CONNECTIONS = 4;
const CONNECT_TIMEOUT = 10_000;
/** One without a proxy, one for https and one for http, and one more where the environment has changed. */
const MAX_DISPATCHERS = 4;

/**
 * The one HTTP client of a session. Follows the proxy variables as `proxyFor` reads them, and says who it is.
 *
 * undici is loaded with the first request: a session that remembers its access points never needs it.
 */
export class HttpClient {
  /** By the proxy that they go through. */
  readonly #dispatchers = new Map<string, Promise<Dispatcher>>();
  #closed = false;

  /**
   * Makes one request. Every status is an answer.
   * @throws SpotifyError UNREACHABLE if there is no answer; UNTRUSTED_SERVER if the server does not prove who it is;
   *   TIMEOUT; PROTOCOL_ERROR if it is too long; CLOSED; or the abort reason of `signal`
   */
  async request(
    url: string,
    { method = "GET", headers = {}, form, body: bytes, timeout, maxBytes, signal }: HttpRequest,
  ): Promise<HttpResponse> {
    if (this.#closed) throw new SpotifyError("CLOSED", "The account's connection is closed.");
    const { host, origin, pathname, search } = new URL(url);
    const late = new Deadline(timeout, () => new SpotifyError("TIMEOUT", `${host} did not answer in time.`));
    try {
      const dispatcher = await this.#dispatcherFor(proxyFor(origin));
      const response = await dispatcher.request({
        origin,
        path: pathname + search,
        method,
        headers: {
          accept: "application/json",
          "user-agent": USER_AGENT,
          ...(form ? { "content-type": "application/x-www-form-urlencoded" } : {}),
          ...lowerCased(headers),
        },
        body: form ? new URLSearchParams(form).toString() : (bytes ?? null),
        signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
      });
      const body = await read(response.body as AsyncIterable<Buffer>, maxBytes, host);
      return { status: response.statusCode, headers: response.headers, body };
    } catch (cause) {
      if (cause instanceof SpotifyError) throw cause;
      if (signal?.aborted) throw signal.reason;
      if (late.signal.aborted) throw late.signal.reason;
      if (this.#closed) throw new SpotifyError("CLOSED", "The account's connection is closed.");
      throw (
        untrustedServer(host, cause) ??
        new SpotifyError("UNREACHABLE", `${host} cannot be reached.`, { cause })
      );
    } finally {
      late.clear();
    }
  }

  /**
   * GETs a JSON document.
   * @throws SpotifyError as `request`; UNREACHABLE for status 5xx; PROTOCOL_ERROR for any other than 200, and for what
   *   is no JSON
   */
  async getJson(url: string, request: Omit<HttpRequest, "method" | "form" | "body">): Promise<unknown> {
    const { host } = new URL(url);
    const { status, body } = await this.request(url, request);
    if (status >= 500) throw new SpotifyError("UNREACHABLE", `${host} has a problem (HTTP ${status}).`);
    if (status !== 200) throw new SpotifyError("PROTOCOL_ERROR", `${host} answered HTTP ${status}.`);
    const document = parseJson(body);
    if (document === undefined) {
      throw new SpotifyError("PROTOCOL_ERROR", `${host} answered with something that is no JSON.`);
    }
    return document;
  }

  /** Ends every connection and request. */
  async close(): Promise<void> {
    this.#closed = true;
    const dispatchers = [...this.#dispatchers.values()];
    await Promise.all(dispatchers.map(async (dispatcher) => (await dispatcher).destroy()));
  }

  #dispatcherFor(proxy: Proxy | undefined): Promise<Dispatcher> {
    const key = proxy ? `${proxy.url.href} ${proxy.authorization}` : "";
    let dispatcher = this.#dispatchers.get(key);
    if (!dispatcher) {
      dispatcher = makeDispatcher(proxy);
      this.#dispatchers.set(key, dispatcher);
      if (this.#dispatchers.size > MAX_DISPATCHERS) this.#dropOldest();
    }
    return dispatcher;
  }

  #dropOldest(): void {
    const [key, dispatcher] = this.#dispatchers.entries().next().value!;
    this.#dispatchers.delete(key);
    void dispatcher.then((oldest) => oldest.close());
  }
}

/** Headers by names of one form, so that none is sent beside its default: two `Accept` made Spotify answer nothing. */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

async function makeDispatcher(proxy: Proxy | undefined): Promise<Dispatcher> {
  const { Agent, ProxyAgent } = await import("undici");
  const options = { connections: MAX_CONNECTIONS, pipelining: 1, connect: { timeout: CONNECT_TIMEOUT } };
  if (!proxy) return new Agent(options);
  return new ProxyAgent({
    ...options,
    uri: proxy.url.href,
    headers: { "user-agent": USER_AGENT },
    ...(proxy.authorization !== undefined && { token: proxy.authorization }),
  });
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

/** The document in a body, or undefined where it is no JSON. A JSON error quotes its text, and is dropped for that. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}
