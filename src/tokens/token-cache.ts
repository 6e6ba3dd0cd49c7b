import { MINIMUM_LEFT, type CachedToken } from "./cached-token";
import type { TokenSourceName } from "../core/token";

const MAX_TOKENS = 256;

/**
 * The tokens of one account, by client ID. A token serves a request of the same client ID whose scopes it covers;
 * never, as librespot's cache does, one of another client ID.
 */
export class TokenCache {
  readonly #byClientId = new Map<string, CachedToken[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @returns a token with at least a minute left. @param source only from this one, where given */
  find(
    clientId: string,
    scopes: readonly string[],
    source: TokenSourceName | undefined,
  ): CachedToken | undefined {
    const tokens = this.#byClientId.get(clientId);
    if (!tokens) return undefined;
    for (const token of tokens) {
      if (
        (source === undefined || token.source === source) &&
        token.covers(scopes) &&
        token.left() >= MINIMUM_LEFT
      ) {
        return token;
      }
    }
    return undefined;
  }

  /** A token of a client ID with at least a minute left, with whatever scopes; none of login5. */
  ofClient(clientId: string): CachedToken | undefined {
    return this.#byClientId
      .get(clientId)
      ?.find((token) => token.source !== "login5" && token.left() >= MINIMUM_LEFT);
  }

  /** Adds a token, in place of those that it makes superfluous: what it covers and outlives. */
  add(token: CachedToken): CachedToken[] {
    const others = this.#byClientId.get(token.clientId) ?? [];
    const replaced = others.filter(
      (other) =>
        other.source === token.source && token.covers(other.requested) && other.expiresAt <= token.expiresAt,
    );
    // The newest first: it is the one that most likely serves.
    this.#byClientId.set(token.clientId, [token, ...others.filter((other) => !replaced.includes(other))]);
    this.#size += 1 - replaced.length;
    if (this.#size > MAX_TOKENS) {
      const first = this.all().reduce((a, b) => (b.expiresAt < a.expiresAt ? b : a));
      this.remove(first);
      replaced.push(first);
    }
    return replaced;
  }

  remove(token: CachedToken): void {
    const tokens = this.#byClientId.get(token.clientId);
    if (!tokens?.includes(token)) return;
    const left = tokens.filter((other) => other !== token);
    if (left.length > 0) this.#byClientId.set(token.clientId, left);
    else this.#byClientId.delete(token.clientId);
    this.#size--;
  }

  all(): CachedToken[] {
    return [...this.#byClientId.values()].flat();
  }

  clear(): void {
    this.#byClientId.clear();
    this.#size = 0;
  }
}
