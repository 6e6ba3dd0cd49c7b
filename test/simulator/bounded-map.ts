/** A map that drops its oldest entries: the stand-alone simulator runs for weeks, and must not grow without end. */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #most: number;

  /** @param most how many entries are kept */
  constructor(most: number) {
    super();
    this.#most = most;
  }

  override set(key: K, value: V): this {
    super.set(key, value);
    if (this.size > this.#most) {
      const oldest = this.keys().next();
      if (oldest.done !== true) this.delete(oldest.value);
    }
    return this;
  }
}
