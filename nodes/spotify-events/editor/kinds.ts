/** What the property `kinds` may hold. Pure. */
import { eventKinds } from "../kinds";

/** Whether it holds one that this version knows. A node from elsewhere may have none: it tells of everything. */
export function hasKind(property: unknown): boolean {
  return property === undefined || (Array.isArray(property) && eventKinds(property).length > 0);
}
