/** The section of a dialog that holds what few users need. It is closed unless something in it was changed. */
import { byId } from "./dom";

/** @param isChanged whether a value in it is not the default */
export function advancedSection(id: string, isChanged: boolean): void {
  byId(id, HTMLDetailsElement).open = isChanged;
}
