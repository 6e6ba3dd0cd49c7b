import { SpotifyError } from "../core/errors";
import type { MercuryMessage } from "./codec";

export interface RequestOptions {
  /** ms until the answer must be here; 30,000 unless told. Waiting for a connection counts. */
  timeout?: number;
  signal?: AbortSignal;
}

export const DEFAULT_TIMEOUT = 30_000;
const MAX_PENDING = 4096;
const SEQUENCE_BYTES = 8;
/** How many connections in a row one unanswered request may bring under suspicion of being dead. */
const MAX_SUSPICIONS = 2;

export interface PendingRequest {
  command: number;
  packet: Buffer;
  /** ms of the monotonic clock. */
  askedAt: number;
  /** On how many connections it was sent. */
  sent: number;
  answer: Promise<MercuryMessage>;
  resolve: (message: MercuryMessage) => void;
  reject: (error: unknown) => void;
}

/** The requests that wait for an answer, by their sequence. Bounded, and each by its time-out. */
export class PendingRequests {
  readonly #requests = new Map<string, PendingRequest>();
  #nextSequence = 0n;

  get size(): number {
    return this.#requests.size;
  }

  /** In the order they were asked. */
  all(): PendingRequest[] {
    return [...this.#requests.values()];
  }

  /**
   * When the one that waits longest was asked, ms of the monotonic clock. Of those sent on few connections: one that
   * was never answered on any is not the connection's fault.
   */
  oldest(): number | undefined {
    for (const { askedAt, sent } of this.#requests.values()) if (sent <= MAX_SUSPICIONS) return askedAt;
    return undefined;
  }

  /**
   * @param encode makes the packet's payload for a sequence
   * @throws SpotifyError RATE_LIMITED if too many wait already
   */
  add(
    command: number,
    encode: (sequence: Buffer) => Buffer,
    { timeout = DEFAULT_TIMEOUT, signal }: RequestOptions,
  ): PendingRequest {
    if (this.#requests.size >= MAX_PENDING) {
      throw new SpotifyError(
        "RATE_LIMITED",
        `${MAX_PENDING} requests to Spotify wait already; ask less often.`,
        {
          retryAfter: Math.ceil(timeout / 1000),
        },
      );
    }
    const bytes = Buffer.alloc(SEQUENCE_BYTES);
    bytes.writeBigUInt64BE(this.#nextSequence++);
    const packet = encode(bytes);
    const sequence = bytes.toString("hex");
    const { promise, resolve, reject } = withResolvers<MercuryMessage>();
    const onAbort = (): void => request.reject(signal!.reason);
    const onTimeout = (): void =>
      request.reject(new SpotifyError("TIMEOUT", `Spotify did not answer within ${timeout / 1000} s.`));
    const timer = setTimeout(onTimeout, timeout);
    signal?.addEventListener("abort", onAbort, { once: true });
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      this.#requests.delete(sequence);
    };
    const request: PendingRequest = {
      command,
      packet,
      askedAt: performance.now(),
      sent: 0,
      answer: promise,
      resolve: (message) => {
        settle();
        resolve(message);
      },
      reject: (error) => {
        settle();
        reject(error);
      },
    };
    this.#requests.set(sequence, request);
    return request;
  }

  /** Ignores an answer whose request was given up. */
  resolve(message: MercuryMessage): void {
    this.#requests.get(message.sequence)?.resolve(message);
  }

  reject(sequence: string, error: unknown): void {
    this.#requests.get(sequence)?.reject(error);
  }

  failAll(error: SpotifyError): void {
    for (const request of this.all()) request.reject(error);
  }
}

/** As Promise.withResolvers, which Node 20 does not have. */
function withResolvers<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
} {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
