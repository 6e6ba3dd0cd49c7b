import { createHash } from "node:crypto";
import type { CachedToken } from "./cached-token";
import type { TokenSourceName } from "../core/token";

/** Far more than are refused within the hour that a token lives. */
const MAX_REMEMBERED = 256;

/** The access tokens that a server has refused, as hashes, and the cached tokens that are to be replaced. */
export class RefusedTokens {
  readonly #hashes = new Set<string>();
  readonly #toReplace = new Set<CachedToken>();

  /** @param token the cached token, if it was in the cache */
  add(accessToken: string, token?: CachedToken): void {
    addBounded(this.#hashes, hash(accessToken));
    if (token) addBounded(this.#toReplace, token);
  }

  has(accessToken: string): boolean {
    return this.#hashes.size > 0 && this.#hashes.has(hash(accessToken));
  }

  /**
   * The scopes to request in place of these: all that a refused token had, so that one fresh token serves all who used
   * the refused one.
   */
  scopesFor(source: TokenSourceName, clientId: string, scopes: readonly string[]): readonly string[] {
    for (const token of this.#toReplace) {
      if (token.left() <= 0) this.#toReplace.delete(token);
      else if (token.source === source && token.clientId === clientId && token.covers(scopes)) {
        return token.granted;
      }
    }
    return scopes;
  }

  /** A fresh token was minted for these scopes, or refused for them: requests are for their own scopes again. */
  replaced(source: TokenSourceName, clientId: string, scopes: readonly string[]): void {
    for (const token of this.#toReplace) {
      if (token.source !== source || token.clientId !== clientId) continue;
      if (token.granted.every((scope) => scopes.includes(scope))) this.#toReplace.delete(token);
    }
  }
}

function addBounded<Item>(items: Set<Item>, item: Item): void {
  items.add(item);
  if (items.size > MAX_REMEMBERED) items.delete(items.values().next().value!);
}

function hash(accessToken: string): string {
  return createHash("sha256").update(accessToken).digest("base64");
}
