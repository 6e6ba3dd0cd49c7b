import { MINIMUM_LEFT, type CachedToken } from "./cached-token";
import type { TokenSourceName } from "../core/token";

export const MAX_TOKENS = 256;

/**
 * The tokens of one account, by client ID. A token serves a request for the same client ID whose scopes it covers.
 * librespot's cache ignores the client ID; this one does not.
 */
export class TokenCache {
  readonly #byClientId = new Map<string, CachedToken[]>();
  #size = 0;

  /**
   * A token that covers the scopes and has at least a minute left; its `lastLeft` is new.
   * @param source only a token of this source; undefined: of any
   */
  find(
    clientId: string,
    scopes: readonly string[],
    source: TokenSourceName | undefined,
  ): CachedToken | undefined {
    const tokens = this.#byClientId.get(clientId);
    if (!tokens) return undefined;
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i]!;
      if ((source !== undefined && token.source !== source) || !token.covers(scopes)) continue;
      if (token.left() >= MINIMUM_LEFT) return token;
    }
    return undefined;
  }

  /** Any token of a client ID with at least a minute left, except one of login5. */
  ofClient(clientId: string): CachedToken | undefined {
    return this.#byClientId
      .get(clientId)
      ?.find((token) => token.source !== "login5" && token.left() >= MINIMUM_LEFT);
  }

  /** Adds a token. @returns the tokens that it replaces: those it covers and outlives, and itself as it was before */
  add(token: CachedToken): CachedToken[] {
    const others = this.#byClientId.get(token.clientId) ?? [];
    const replaced = others.filter(
      (other) =>
        other.accessToken === token.accessToken ||
        (other.source === token.source &&
          token.covers(other.requested) &&
          other.expiresAt <= token.expiresAt),
    );
    // The newest token comes first, because it most likely serves.
    this.#byClientId.set(token.clientId, [token, ...others.filter((other) => !replaced.includes(other))]);
    this.#size += 1 - replaced.length;
    if (this.#size > MAX_TOKENS) {
      // The new token has just been asked for, so it stays, however soon it expires.
      const kept = this.all().filter((other) => other !== token);
      const first = kept.reduce((a, b) => (b.expiresAt < a.expiresAt ? b : a));
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
}
