import { fromBinary, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { SpotifyError } from "../core/errors";
import type { HttpClient, HttpResponse } from "../net/client";
import type { RateLimitGuard } from "../net/rate-limit-guard";

const TIMEOUT = 20_000;
/** A login context, challenges, a token and a credential have a few KB. */
const MAX_ANSWER_BYTES = 64 * 1024;
const PROTOBUF = "application/x-protobuf";

/** One of Spotify's services whose requests and answers are protobuf messages. */
export class Exchange {
  readonly #http: HttpClient;
  readonly #guard: RateLimitGuard;
  readonly #url: string;
  readonly host: string;

  constructor(http: HttpClient, guard: RateLimitGuard, url: string) {
    this.#http = http;
    this.#guard = guard;
    this.#url = url;
    this.host = new URL(url).host;
  }

  /**
   * Sends a message. With two `accept` headers, Spotify answers 200 and an empty body, so there is only one.
   *
   * @param clientId whose rate limits are kept
   * @throws SpotifyError RATE_LIMITED; UNREACHABLE, for 5xx too; TIMEOUT; PROTOCOL_ERROR for too long an answer; CLOSED;
   *   or the abort reason of `signal`
   */
  async post(
    body: Uint8Array,
    clientId: string,
    signal: AbortSignal,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpResponse> {
    this.#guard.check(clientId, this.host);
    const response = await this.#http.request(this.#url, {
      method: "POST",
      headers: { accept: PROTOBUF, "content-type": PROTOBUF, ...headers },
      body,
      timeout: TIMEOUT,
      maxBytes: MAX_ANSWER_BYTES,
      signal,
    });
    this.#guard.learn(clientId, this.host, response);
    if (response.status >= 500) {
      throw new SpotifyError("UNREACHABLE", `${this.host} has a problem (HTTP ${response.status}).`, {
        clientId,
      });
    }
    return response;
  }

  /** The message of an answer. @throws SpotifyError PROTOCOL_ERROR for any status but 200, or if it cannot be read */
  read<Desc extends DescMessage>(
    schema: Desc,
    { status, body }: HttpResponse,
    clientId: string,
  ): MessageShape<Desc> {
    if (status !== 200) {
      throw new SpotifyError("PROTOCOL_ERROR", `${this.host} answered HTTP ${status}.`, { clientId });
    }
    try {
      return fromBinary(schema, body);
    } catch {
      // No cause is kept: an unreadable answer may hold a token.
      const message = `${this.host} answered with something that cannot be read.`;
      throw new SpotifyError("PROTOCOL_ERROR", message, { clientId });
    }
  }
}

/** Whether an error is a fault of the network or the server, so that another try may succeed soon. */
export function isPassing(error: unknown): boolean {
  return error instanceof SpotifyError && (error.code === "UNREACHABLE" || error.code === "TIMEOUT");
}

/** Whether a token is printable ASCII, which can stand in a header. */
export function isHeaderSafe(token: string): boolean {
  return /^[\x21-\x7e]{1,4096}$/.test(token);
}
