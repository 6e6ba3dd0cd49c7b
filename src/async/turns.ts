import { Serial } from "./serial";
import { raceAbort } from "./race-abort";

/**
 * Runs the actions of one name one after another. Names that nothing waits for take no memory.
 *
 *     const turns = new Turns();
 *     await turns.run("refresh", signal, (signal) => refresh(signal));
 */
export class Turns {
  readonly #queues = new Map<string, Serial>();

  /**
   * @param signal ends the wait; it also reaches a running action, which keeps its turn until it has ended
   * @throws the abort reason of `signal`, or what `action` fails with
   */
  run<T>(name: string, signal: AbortSignal, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const queue = this.#queues.get(name) ?? new Serial();
    this.#queues.set(name, queue);
    const result = queue.run(async () => {
      try {
        signal.throwIfAborted();
        return await action(signal);
      } finally {
        // This action is the last one.
        if (queue.size === 1) this.#queues.delete(name);
      }
    });
    return raceAbort(signal, result);
  }
}
