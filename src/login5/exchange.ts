import { fromBinary, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { SpotifyError } from "../core/errors";
import type { HttpClient, HttpResponse } from "../net/client";
import type { RateLimitGuard } from "../net/rate-limit-guard";

const TIMEOUT = 20_000;
/** Login context, challenges, a token and a credential: a few KB. */
const MAX_ANSWER_BYTES = 64 * 1024;
const PROTOBUF = "application/x-protobuf";

/** One of Spotify's services that takes a protobuf message and answers with one. */
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
   * Sends a message. One `accept` header and no more: two made Spotify answer 200 with nothing.
   *
   * @param clientId whose pace it is that is kept
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

  /** The message of an answer. @throws SpotifyError PROTOCOL_ERROR for any status but 200, and for what is no such message */
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
      // No cause: what could not be read may hold a token.
      const message = `${this.host} answered with something that cannot be read.`;
      throw new SpotifyError("PROTOCOL_ERROR", message, { clientId });
    }
  }
}

/** Whether a fault of the line or of the server may be over in a moment. */
export function isPassing(error: unknown): boolean {
  return error instanceof SpotifyError && (error.code === "UNREACHABLE" || error.code === "TIMEOUT");
}

/** Printable ASCII, so that it can stand in a header. */
export function isHeaderSafe(token: string): boolean {
  return /^[\x21-\x7e]{1,4096}$/.test(token);
}
