/**
 * Runs actions one after another, in the order in which they were given. A failure ends its own action alone. The queue
 * has no limit of its own: a caller that cannot bound its actions otherwise refuses them by `size`.
 *
 *     const writes = new Serial();
 *     await writes.run(() => writeFile(path, text));
 */
export class Serial {
  #last: Promise<unknown> = Promise.resolve();
  #size = 0;

  /** How many actions wait or run. */
  get size(): number {
    return this.#size;
  }

  /** @returns the result of `action`, which starts when all before it have ended */
  run<T>(action: () => Promise<T> | T): Promise<T> {
    this.#size++;
    const result = this.#last.then(action).finally(() => this.#size--);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when every action that was given so far has ended. Never rejects. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
