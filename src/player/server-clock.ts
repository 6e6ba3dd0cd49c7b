/** Spotify's time, learned from its clusters. Until the first one, this machine's clock is used. */
export class ServerClock {
  /** What its time is ahead of `performance.now()`, ms. */
  #offset: number | undefined;

  /** @param serverTime what the server sent as its time, ms since the epoch; 0 if it sent none */
  learn(serverTime: number): void {
    if (serverTime > 0) this.#offset = serverTime - performance.now();
  }

  /** ms since the epoch. */
  now(): number {
    return this.#offset === undefined ? Date.now() : this.#offset + performance.now();
  }
}
