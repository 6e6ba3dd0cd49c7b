/** Where a state is kept. The text is sealed by the keeper of the state where the store is a file. */
export interface StateStore {
  /** @returns the document, or undefined where there is none that can be read */
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
