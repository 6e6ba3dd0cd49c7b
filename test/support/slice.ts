import { DocumentStore } from "../../src/store/document-store";
import { StateKeeper } from "../../src/store/keeper";
import type { Slice } from "../../src/store/slice";
import type { SliceName } from "../../src/store/slice-store";
import { MemoryStateStore, type StateStore } from "../../src/store/store";

/** A slice of a separate state, kept in memory unless a store is given. */
export function sliceOf<T>(
  name: SliceName,
  parse: (value: unknown) => T,
  store: StateStore = new MemoryStateStore(),
): Slice<T> {
  return new StateKeeper(new DocumentStore(store)).slice(name, parse);
}
