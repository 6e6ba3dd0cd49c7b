/** What a new account plays, and how an item or a context is found by its URI. */
import { CATALOGUE, type ContextEntry, type ItemEntry } from "./catalogue";

export { findContext, findItem } from "./catalogue";

export const DEFAULT_CONTEXT: ContextEntry = CATALOGUE.defaultPlaylist;
export const ITEMS: readonly ItemEntry[] = DEFAULT_CONTEXT.items;
