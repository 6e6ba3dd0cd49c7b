/** Which scopes an own app is asked to get. Pure. */
import { DESKTOP_ONLY_SCOPES } from "../../../../src/core/knowledge";
import { isRecord } from "../../../shared/editor/record";
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

/** What the nodes of this session ask for, each once, without what an own app may not have. */
export function scopesInUse(nodes: readonly unknown[], sessionId: string): string[] {
  const scopes = nodes.flatMap((node) => {
    if (!isRecord(node) || node["type"] !== "spotify-token" || node["session"] !== sessionId) return [];
    const asked: unknown = node["scopes"];
    return Array.isArray(asked) ? asked.filter((scope) => isScopeList([scope])) : [];
  });
  return splitForOwnApp([...new Set(scopes)]).allowed;
}
