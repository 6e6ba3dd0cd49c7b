import type { TokenSource } from "../core/token";

/** What is asked of a source. */
export interface Ask {
  source: TokenSource;
  scopes: readonly string[];
  clientId: string;
}

/** Whether the answer to a request under way also serves another: same source and client ID, and no scope is missing. */
export function serves(underWay: Ask, wanted: Ask): boolean {
  if (underWay.source !== wanted.source || underWay.clientId !== wanted.clientId) return false;
  return wanted.scopes.length > 0 && wanted.scopes.every((scope) => underWay.scopes.includes(scope));
}
