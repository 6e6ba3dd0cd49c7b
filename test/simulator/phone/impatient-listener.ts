/** A listener who hears only the beginning of each item, so that the current item changes often. */
import type { Account } from "../world/accounts";

const LOOK_EACH = 1000;

/**
 * Skips to the next item as soon as one has played for `patience` ms.
 * @returns a function that stops this
 */
export function listenImpatiently({ playback }: Account, patience: number): () => void {
  const timer = setInterval(() => {
    const { status, position } = playback.state;
    if (status === "playing" && position >= patience) playback.next();
  }, LOOK_EACH);
  timer.unref();
  return () => clearInterval(timer);
}
