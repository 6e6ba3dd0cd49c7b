export type LogLevel = "info" | "warn" | "debug";
export type Log = (level: LogLevel, message: string) => void;

/** ms in which one line of a kind is written. */
const INTERVAL = 60_000;

interface Held {
  count: number;
  latest: { level: LogLevel; message: string } | undefined;
  timer: NodeJS.Timeout;
}

/**
 * Bounds log lines that others can cause as often as they like. The first line of a kind is written at once; those that
 * follow within a minute are counted, and the latest is written with their number when the minute is over.
 *
 *     const lan = new LogLimit(log, closing);
 *     lan.log("refused", "info", "A tap was refused.");
 */
export class LogLimit {
  readonly #log: Log;
  readonly #ending: AbortSignal;
  readonly #kinds = new Map<string, Held>();

  /** @param ending when it aborts, no timer is left, and what is held back is not written */
  constructor(log: Log, ending: AbortSignal) {
    this.#log = log;
    this.#ending = ending;
    ending.addEventListener("abort", () => this.#end(), { once: true });
  }

  /** @param kind a word of the caller's own, never of the text of others: each kind has a timer */
  log(kind: string, level: LogLevel, message: string): void {
    const held = this.#kinds.get(kind);
    if (held) {
      held.count++;
      held.latest = { level, message };
      return;
    }
    this.#log(level, message);
    if (!this.#ending.aborted) this.#hold(kind);
  }

  #hold(kind: string): void {
    const timer = setTimeout(() => this.#release(kind), INTERVAL);
    timer.unref();
    this.#kinds.set(kind, { count: 0, latest: undefined, timer });
  }

  #release(kind: string): void {
    const held = this.#kinds.get(kind);
    this.#kinds.delete(kind);
    if (!held?.latest) return;
    const { count, latest } = held;
    const others = count === 1 ? "" : ` (The latest of ${count} such lines in a minute.)`;
    this.#log(latest.level, `${latest.message}${others}`);
    this.#hold(kind);
  }

  #end(): void {
    for (const { timer } of this.#kinds.values()) clearTimeout(timer);
    this.#kinds.clear();
  }
}
