import type { Dispatcher } from "undici";
import { SpotifyError } from "../errors";
import { Deadline } from "../time/deadline";

export interface JsonRequest {
  /** ms until the whole answer must be here. */
  timeout: number;
  /** An answer over this is refused. */
  maxBytes: number;
  signal?: AbortSignal;
}

/**
 * The one HTTP client of a session. Follows the usual proxy variables (`https_proxy`, `no_proxy`, …).
 *
 * undici is loaded with the first request: a session that remembers its access points never needs it.
 */
export class HttpClient {
  #dispatcher: Promise<Dispatcher> | undefined;
  #closed = false;

  /**
   * GETs a JSON document.
   * @throws SpotifyError UNREACHABLE if there is no answer, or one of status 5xx; TIMEOUT; PROTOCOL_ERROR if
   *   the answer is too long, no JSON, or of another status; CLOSED
   */
  async getJson(url: string, { timeout, maxBytes, signal }: JsonRequest): Promise<unknown> {
    if (this.#closed) throw new SpotifyError("CLOSED", "The session is closed.");
    const host = new URL(url).host;
    const late = new Deadline(timeout, () => new SpotifyError("TIMEOUT", `${host} did not answer in time.`));
    try {
      this.#dispatcher ??= makeDispatcher();
      const response = await (
        await this.#dispatcher
      ).request({
        origin: new URL(url).origin,
        path: new URL(url).pathname + new URL(url).search,
        method: "GET",
        headers: { accept: "application/json" },
        signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
      });
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of response.body as AsyncIterable<Buffer>) {
        length += chunk.length;
        if (length > maxBytes) {
          throw new SpotifyError("PROTOCOL_ERROR", `${host} answered with more than ${maxBytes} bytes.`);
        }
        chunks.push(chunk);
      }
      if (response.statusCode >= 500) {
        throw new SpotifyError("UNREACHABLE", `${host} has a problem (HTTP ${response.statusCode}).`);
      }
      if (response.statusCode !== 200) {
        throw new SpotifyError("PROTOCOL_ERROR", `${host} answered HTTP ${response.statusCode}.`);
      }
      return parseJson(Buffer.concat(chunks), host);
    } catch (cause) {
      if (cause instanceof SpotifyError) throw cause;
      if (signal?.aborted) throw signal.reason;
      if (late.signal.aborted) throw late.signal.reason;
      throw new SpotifyError("UNREACHABLE", `${host} cannot be reached.`, { cause });
    } finally {
      late.clear();
    }
  }

  /** Ends every connection and request. */
  async close(): Promise<void> {
    this.#closed = true;
    const dispatcher = await this.#dispatcher?.catch(() => undefined);
    await dispatcher?.destroy();
  }
}

async function makeDispatcher(): Promise<Dispatcher> {
  const { EnvHttpProxyAgent } = await import("undici");
  try {
    return new EnvHttpProxyAgent({ connections: 4, pipelining: 1, connect: { timeout: 10_000 } });
  } catch {
    // No cause: it quotes the address of the proxy, which may hold a password.
    throw new SpotifyError("INVALID_ARGUMENT", "The proxy that the environment names cannot be used.");
  }
}

function parseJson(body: Buffer, host: string): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (cause) {
    throw new SpotifyError("PROTOCOL_ERROR", `${host} answered with something that is no JSON.`, { cause });
  }
}
