/** Which scopes an own app is asked to get. Pure. */
import { DESKTOP_ONLY_SCOPES } from "../../../../src/core/knowledge";
import { knownCall, scopesToGrant } from "../../../shared/editor/known-call";
import type { Mark } from "../../../shared/editor/scopes/scope-marks";
import { isScopeList, SCOPE_GROUPS, type ScopeGroup } from "../../../shared/editor/scopes/scopes";

const DESKTOP_ONLY: ReadonlySet<string> = new Set(DESKTOP_ONLY_SCOPES);

/** What an own app may have. */
export const OWN_APP_SCOPE_GROUPS: readonly ScopeGroup[] = SCOPE_GROUPS.filter(
  (group) => !group.scopes.some((scope) => DESKTOP_ONLY.has(scope)),
);

/** Every scope that an own app may have, as far as is known. */
export const OWN_APP_SCOPES: readonly string[] = OWN_APP_SCOPE_GROUPS.flatMap((group) => group.scopes);

export interface OwnAppScopes {
  /** To be asked for. */
  allowed: string[];
  /** An own app may not have these; one of them, and Spotify refuses them all. */
  refused: string[];
}

export function splitForOwnApp(scopes: readonly string[]): OwnAppScopes {
  return {
    allowed: scopes.filter((scope) => !DESKTOP_ONLY.has(scope)),
    refused: scopes.filter((scope) => DESKTOP_ONLY.has(scope)),
  };
}

export function marksForOwnApp(scopes: readonly string[]): Map<string, Mark> {
  return new Map(splitForOwnApp(scopes).refused.map((scope) => [scope, "desktopOnly"]));
}

/** A node of the editor, with what its environment variables stand for. */
export interface UsingNode {
  type: string;
  session: unknown;
  /** undefined if they come from elsewhere than the node. */
  scopes: readonly string[] | undefined;
  /** Of a spotify-request, if it is in the node. */
  method?: string;
  path?: string | undefined;
}

/**
 * What the nodes of this account ask for, each once, without what an own app may not have.
 * @param wanted what a node asks for whose dialog is open, and not yet stored
 */
export function scopesInUse(
  nodes: readonly UsingNode[],
  sessionId: string,
  wanted: readonly string[] = [],
): string[] {
  const scopes = nodes.filter(({ session }) => session === sessionId).flatMap(scopesOf);
  return splitForOwnApp([...new Set([...wanted, ...scopes])]).allowed;
}

function scopesOf({ type, scopes = [], method = "", path }: UsingNode): readonly string[] {
  const named = scopes.filter((scope) => isScopeList([scope]));
  if (type === "spotify-token" || named.length > 0) return named;
  return scopesToGrant(path === undefined ? undefined : knownCall(method, path));
}
