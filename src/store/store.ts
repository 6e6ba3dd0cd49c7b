import type { StateProblem } from "./problem";

/** Keeps a state as one JSON document. It holds secrets: a store on disk must encrypt it. */
export interface StateStore {
  /** The path or address, for messages about what is wrong with it. */
  readonly place?: string | undefined;
  /** What is wrong with the place, although `load` and `save` work. Read after each of them. */
  readonly problem?: StateProblem | undefined;
  /**
   * The name of this copy, while the state is a copy whose original may still be used: a grant that was not given to this
   * copy is not refreshed, because that would end it in the original. Known after `load`.
   */
  readonly copyId?: string | undefined;
  /**
   * A session begins to use the store.
   * @param changed is called when `problem` or `copyId` has changed
   * @returns ends that; resolves when nothing is left open
   */
  use?(changed: () => void): () => Promise<void>;
  /** @returns the document, or undefined if there is none that can be read */
  load(): Promise<unknown>;
  /** Replaces the document. Resolves when the new one is safe. */
  save(document: unknown): Promise<void>;
  /**
   * Replaces the document by what `change` makes of the one that is there, while no other process writes. Without this
   * method, the document is loaded and saved, and a change that another process makes in between is lost.
   * @param change as `load`, it knows no document as undefined; it is called at most once, and keeps the old one as it is
   */
  update?(change: (document: unknown) => unknown): Promise<void>;
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

  update(change: (document: unknown) => unknown): Promise<void> {
    return this.save(change(this.#document));
  }
}
