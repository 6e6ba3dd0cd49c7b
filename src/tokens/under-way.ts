import type { SourceRequest } from "./decide";

/** Whether the answer to a request under way also serves another: same source and client ID, and no scope is missing. */
export function serves(underWay: SourceRequest, wanted: SourceRequest): boolean {
  if (underWay.source !== wanted.source || underWay.clientId !== wanted.clientId) return false;
  return wanted.scopes.length > 0 && wanted.scopes.every((scope) => underWay.scopes.includes(scope));
}
