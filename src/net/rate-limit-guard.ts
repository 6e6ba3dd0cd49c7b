import { SpotifyError } from "../core/errors";
import { parseJson, type HttpResponse } from "./client";

/** A client ID that must not ask a host until a given time, as it is kept over a restart. */
export interface RateLimit {
  clientId: string;
  host: string;
  /** ms since the epoch */
  until: number;
  /** Whether the quota of the developer account is used up, rather than the limit of one app. */
  quota: boolean;
}

/** For a 429 without Retry-After, s. */
const DEFAULT_RETRY_AFTER = 30;
/** Spotify has asked for hours (19,056 s). A longer wait than a week is cut to a week, s. */
const MAX_RETRY_AFTER = 7 * 86_400;
const MAX_LIMITS = 256;

/** The error for a 429 that is a permanent refusal; undefined if a 429 there is a rate limit. */
export type LastingRefusal = (clientId: string, host: string) => SpotifyError | undefined;

/**
 * Remembers which client ID must wait for which host, because requests during the wait make Spotify's waits longer. Such
 * requests fail at once with the time left; nothing here waits.
 *
 * Source: 429 with Retry-After from seconds to hours; `QUOTA_EXCEEDED` per developer account since 2026-07-23, as
 * Spotify's rate limit page has it.
 */
export class RateLimitGuard {
  readonly #limits = new Map<string, RateLimit>();
  readonly #keep: (limits: RateLimit[], forgotten?: string) => void;
  readonly #lastingRefusal: LastingRefusal;

  /**
   * @param keep receives what to remember over a restart, at each change; and the client ID whose limits were forgotten
   */
  constructor(
    keep: (limits: RateLimit[], forgotten?: string) => void,
    lastingRefusal: LastingRefusal = () => undefined,
  ) {
    this.#keep = keep;
    this.#lastingRefusal = lastingRefusal;
  }

  /**
   * Takes what was remembered, or what another session has learned since. Expired and malformed entries are left out.
   */
  restore(documents: readonly unknown[]): void {
    const now = Date.now();
    this.#limits.clear();
    for (const document of documents.slice(0, MAX_LIMITS)) {
      const limit = parseLimit(document);
      // An older version remembered the permanent refusal as a rate limit.
      if (limit && this.#lastingRefusal(limit.clientId, limit.host)) continue;
      // A clock that once ran ahead must not block a client ID for years.
      if (limit && limit.until > now && limit.until <= now + MAX_RETRY_AFTER * 1000) {
        this.#limits.set(key(limit.clientId, limit.host), limit);
      }
    }
  }

  /** @throws SpotifyError RATE_LIMITED, with `retryAfter`, if this client ID must wait for this host */
  check(clientId: string, host: string): void {
    const limit = this.#limits.get(key(clientId, host));
    if (!limit) return;
    const left = limit.until - Date.now();
    if (left > 0 && left <= MAX_RETRY_AFTER * 1000) throw rateLimited(limit, Math.ceil(left / 1000));
    this.#limits.delete(key(clientId, host));
    this.#save();
  }

  /** Learns from an answer. @throws SpotifyError RATE_LIMITED for a 429; or the permanent refusal */
  learn(clientId: string, host: string, response: HttpResponse): void {
    if (response.status !== 429) return;
    const refusal = this.#lastingRefusal(clientId, host);
    if (refusal) throw refusal;
    const seconds = retryAfter(response);
    const limit = { clientId, host, until: Date.now() + seconds * 1000, quota: isQuota(response.body) };
    this.#limits.delete(key(clientId, host));
    this.#limits.set(key(clientId, host), limit);
    if (this.#limits.size > MAX_LIMITS) this.#limits.delete(this.#limits.keys().next().value!);
    this.#save();
    throw rateLimited(limit, seconds, 429);
  }

  /** Forgets the limits of a client ID that was signed out. */
  forget(clientId: string): void {
    for (const [id, limit] of this.#limits) if (limit.clientId === clientId) this.#limits.delete(id);
    this.#save(clientId);
  }

  #save(forgotten?: string): void {
    this.#keep([...this.#limits.values()], forgotten);
  }
}

/** The limits of a session, and those that another session has stored, without those of a client ID that is forgotten. */
export function mergedLimits(
  stored: readonly unknown[],
  own: readonly RateLimit[],
  forgotten: string | undefined,
): RateLimit[] {
  const now = Date.now();
  const merged = new Map<string, RateLimit>();
  for (const limit of [...stored.map(parseLimit), ...own]) {
    if (!limit || limit.until <= now || limit.clientId === forgotten) continue;
    const id = key(limit.clientId, limit.host);
    const other = merged.get(id);
    if (!other || other.until < limit.until) merged.set(id, limit);
  }
  return [...merged.values()].slice(-MAX_LIMITS);
}

function key(clientId: string, host: string): string {
  return `${clientId} ${host}`;
}

/** @param statusCode of the answer; undefined if nothing was asked, because the pause is not over */
function rateLimited(
  { clientId, host, quota }: RateLimit,
  seconds: number,
  statusCode?: number,
): SpotifyError {
  const why = quota
    ? "The quota of the developer account that owns this app is used up"
    : `${host} is asked too often for this client ID`;
  return new SpotifyError("RATE_LIMITED", `${why}. Ask again in ${duration(seconds)}.`, {
    clientId,
    retryAfter: seconds,
    ...(statusCode !== undefined && { statusCode }),
  });
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** Seconds, or a date: RFC 9110, section 10.2.3. */
function retryAfter({ headers }: HttpResponse): number {
  const header = headers["retry-after"];
  const text = Array.isArray(header) ? header[0] : header;
  const seconds =
    text === undefined
      ? NaN
      : /^\d+$/.test(text.trim())
        ? Number(text)
        : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) && seconds > 0
    ? Math.min(Math.ceil(seconds), MAX_RETRY_AFTER)
    : DEFAULT_RETRY_AFTER;
}

function isQuota(body: Buffer): boolean {
  const document = parseJson(body) as { error?: { reason?: unknown } } | null | undefined;
  return typeof document?.error === "object" && document.error?.reason === "QUOTA_EXCEEDED";
}

function parseLimit(document: unknown): RateLimit | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  const { clientId, host, until, quota } = document as Partial<RateLimit>;
  if (typeof clientId !== "string" || typeof host !== "string" || typeof until !== "number") return undefined;
  return { clientId, host, until, quota: quota === true };
}
