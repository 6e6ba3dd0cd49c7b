/** Spotify's clock, as far as its clusters have told it. Until then, this machine's clock stands in for it. */
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
