import type { StateProblem } from "./problem";

/** Where a state is kept. The text is sealed by the keeper of the state where the store is a file. */
export interface StateStore {
  /** How a person finds the place, to be named if something is wrong with it. */
  readonly place?: string | undefined;
  /** What is wrong with the place, although `load` and `save` go on. Looked at after `load`. */
  readonly problem?: StateProblem | undefined;
  /** @returns the document, or undefined if there is none that can be read */
  load(): Promise<unknown>;
  /** Keeps `document` in place of the last. Resolves when it is safe. */
  save(document: unknown): Promise<void>;
}

/** Keeps the state as long as the process lives. */
export class MemoryStateStore implements StateStore {
  #document: unknown;

  load(): Promise<unknown> {
    return Promise.resolve(this.#document);
  }

  save(document: unknown): Promise<void> {
    this.#document = structuredClone(document);
    return Promise.resolve();
  }
}
