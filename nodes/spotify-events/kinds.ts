/**
 * What a spotify-events node can tell of, in the order in which its dialog lists it. Imports nothing, because the
 * editor bundles it.
 */
export const EVENT_KINDS = ["state", "client-id", "sign-in", "sign-in-expiring"] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

/** The kinds in the property `kinds`: all kinds if the property is missing; kinds of a later version are left out. */
export function eventKinds(property: unknown): EventKind[] {
  if (!Array.isArray(property)) return [...EVENT_KINDS];
  return EVENT_KINDS.filter((kind) => property.includes(kind));
}
