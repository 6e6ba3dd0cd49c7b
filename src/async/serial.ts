/** Runs actions one after another, in the order in which they were given. A failure ends its own action alone. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve();

  /** @returns what `action` returns, when its turn has come and it has ended */
  run<T>(action: () => Promise<T> | T): Promise<T> {
    const result = this.#last.then(action);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when every action that was given so far has ended. Never rejects. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
