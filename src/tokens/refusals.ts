import { SpotifyError } from "../core/errors";
import type { CurrentClientId } from "../core/client-id";
import { invalidScope, InvalidScopeError } from "./invalid-scope";
import type { KnownRefusal } from "./routing";
import { scopesKey } from "../core/scopes";

/** How long a refused endpoint (403/4) is not asked again, in ms. */
export const REFUSED_FOR = 15 * 60_000;
/** How long a refused set of scopes (400/3) is not asked for again: short, for it costs Spotify little. */
export const INVALID_SCOPE_FOR = 60_000;
const MAX_REMEMBERED = 512;

interface Refusal {
  error: SpotifyError;
  /** ms of the monotonic clock */
  until: number;
  /** ms since the epoch */
  since: number;
}

/** What a source has refused a short while ago, so that no flow hammers it, and which scopes it ever refused. */
export class Refusals {
  readonly #refusals = new Map<string, Refusal>();
  readonly #refusedScopes = new Set<string>();

  /**
   * @param current the session's client ID now: how it came by it may be another story than at the refusal
   * @throws SpotifyError: the refusal that a request would meet again, with `retryAfter`
   */
  check(clientId: string, scopes: readonly string[], current: CurrentClientId): void {
    const refusal = this.#find(clientId) ?? this.#find(withScopes(clientId, scopes));
    if (!refusal) return;
    const { error } = refusal;
    const { code, message } =
      error instanceof InvalidScopeError ? invalidScope(clientId, scopes, error.missing, current) : error;
    const retryAfter = Math.ceil((refusal.until - performance.now()) / 1000);
    throw new SpotifyError(code, message, { clientId, scopes: [...scopes], retryAfter });
  }

  /** The refusal that a request would meet again, or undefined. */
  peek(clientId: string, scopes: readonly string[]): KnownRefusal | undefined {
    const ofClient = this.#find(clientId);
    const refusal = ofClient ?? this.#find(withScopes(clientId, scopes));
    if (!refusal) return undefined;
    const until = Date.now() + refusal.until - performance.now();
    return { of: ofClient ? "client" : "scopes", since: refusal.since, until };
  }

  /** Remembers a refusal: INVALID_SCOPE for these scopes of the client ID, any other for the client ID. */
  add(error: SpotifyError, clientId: string, scopes: readonly string[]): void {
    const key = error.code === "INVALID_SCOPE" ? withScopes(clientId, scopes) : clientId;
    const until = performance.now() + rememberedFor(error);
    this.#refusals.delete(key);
    this.#refusals.set(key, { error, until, since: Date.now() });
    if (this.#refusals.size > MAX_REMEMBERED) this.#refusals.delete(this.#refusals.keys().next().value!);
    if (error.code === "INVALID_SCOPE" && this.#refusedScopes.size < MAX_REMEMBERED)
      this.#refusedScopes.add(key);
  }

  /** Whether this session was ever refused these scopes for this client ID. */
  hasRefusedScopes(clientId: string, scopes: readonly string[]): boolean {
    // Nearly always empty, and asked with every message.
    return this.#refusedScopes.size > 0 && this.#refusedScopes.has(withScopes(clientId, scopes));
  }

  clear(): void {
    this.#refusals.clear();
    this.#refusedScopes.clear();
  }

  #find(key: string): Refusal | undefined {
    const refusal = this.#refusals.get(key);
    if (refusal && refusal.until > performance.now()) return refusal;
    this.#refusals.delete(key);
    return undefined;
  }
}

function withScopes(clientId: string, scopes: readonly string[]): string {
  return `${clientId} ${scopesKey(scopes)}`;
}

/** ms */
function rememberedFor(error: SpotifyError): number {
  if (error.code === "INVALID_SCOPE") return INVALID_SCOPE_FOR;
  return error.retryAfter === undefined ? REFUSED_FOR : error.retryAfter * 1000;
}
