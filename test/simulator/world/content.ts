/** The first content of a new account, and the search for an item or a context by its URI. */
import { CATALOGUE, findContext as findCatalogued, type ContextEntry, type ItemEntry } from "./catalogue";
import { searchContext } from "./search";

export { findItem } from "./catalogue";

/** A playlist, an album, a show, an account's Liked Songs, or the results of a search. */
export function findContext(uri: string): ContextEntry | undefined {
  return findCatalogued(uri) ?? searchContext(uri);
}

export const DEFAULT_CONTEXT: ContextEntry = CATALOGUE.defaultPlaylist;
export const ITEMS: readonly ItemEntry[] = DEFAULT_CONTEXT.items;
