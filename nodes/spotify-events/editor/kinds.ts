/** What the property `kinds` may hold. Pure. */
import { EVENT_KINDS, eventKinds } from "../kinds";

/** Whether it holds one that this version knows. A node from elsewhere may have none: it tells of everything. */
export function hasKind(property: unknown): boolean {
  return property === undefined || (Array.isArray(property) && eventKinds(property).length > 0);
}

/**
 * What to store.
 * @param chosen by the user @param before as it was stored: what a later version knows and this one does not is kept
 */
export function kindsToStore(chosen: readonly string[], before: unknown): string[] {
  const known: readonly string[] = EVENT_KINDS;
  const strange = Array.isArray(before) ? before.filter((kind) => typeof kind === "string") : [];
  return [
    ...known.filter((kind) => chosen.includes(kind)),
    ...strange.filter((kind) => !known.includes(kind)),
  ];
}
