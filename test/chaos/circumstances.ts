/** When each Node-RED lived, and when the store was away: the reasons for a loss. Times are of `performance.now`. */

interface Life {
  name: string;
  from: number;
  /** When it was killed; undefined if it is alive. */
  until?: number;
}

export class Circumstances {
  readonly #lives: Life[] = [];
  readonly #outages: { from: number; until: number }[] = [];

  /** Call this before a Node-RED starts. */
  started(name: string, at = performance.now()): void {
    this.#lives.push({ name, from: at });
  }

  killed(name: string, at = performance.now()): void {
    const life = this.#lives.findLast((one) => one.name === name);
    if (life) life.until = at;
  }

  /**
   * When the sender of a request was killed; undefined if it was not. A request may arrive a moment after its sender
   * was killed, because it was on its way.
   */
  endOfSender(name: string, at: number): number | undefined {
    return this.#lives.findLast((one) => one.name === name && one.from <= at)?.until;
  }

  /** The store cannot be written from now on. @returns function to call when all Node-REDs can write to it again */
  storeAway(from = performance.now()): (until?: number) => void {
    const outage = { from, until: Infinity };
    this.#outages.push(outage);
    return (until = performance.now()) => void (outage.until = until);
  }

  /** Whether the store was unreachable during a part of this time. */
  wasAway(from: number, until: number): boolean {
    return this.#outages.some((outage) => outage.from <= until && outage.until >= from);
  }

  /** The last events before this time, for people who look for a cause. */
  told(at: number): string {
    const ago = (time: number): string => `${Math.round(at - time)} ms before`;
    const names = [...new Set(this.#lives.map(({ name }) => name))];
    const lives = names.flatMap((name) => {
      const life = this.#lives.findLast((one) => one.name === name && one.from <= at);
      if (!life) return [];
      const end = life.until === undefined ? "" : `, killed ${ago(life.until)}`;
      return [`${name} started ${ago(life.from)}${end}`];
    });
    const outage = this.#outages.findLast(({ from }) => from <= at);
    return [...lives, outage ? `the store was back ${ago(outage.until)}` : "the store was never away"].join(
      "; ",
    );
  }
}
