/** The position in an item, by the clock. */
export class PlayClock {
  #position = 0;
  #since = Date.now();
  #speed = 0;
  #stoppedAt: number | undefined;

  /** ms, at `timestamp`. */
  get positionAtTimestamp(): number {
    return this.#position;
  }

  /** When the position was last set, ms since the epoch. It does not change while an item plays. */
  get timestamp(): number {
    return this.#since;
  }

  /** Whether it moves. */
  get isRunning(): boolean {
    return this.#speed > 0 && this.#stoppedAt === undefined;
  }

  /** ms, now. */
  get position(): number {
    return Math.round(this.#position + ((this.#stoppedAt ?? Date.now()) - this.#since) * this.#speed);
  }

  /**
   * @param position ms
   * @param speed seconds in a second; 0: it stands
   * @param at time of this position, ms since the epoch
   */
  set(position: number, speed: number, at = Date.now()): void {
    this.#position = Math.max(0, position);
    this.#since = at;
    this.#speed = speed;
    this.#stoppedAt = undefined;
  }

  /** Stops it, but keeps the reported position and time: a device that has gone reports nothing more. */
  stop(): void {
    this.#stoppedAt ??= Date.now();
  }
}
