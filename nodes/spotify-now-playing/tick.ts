/** How often a node may send the position. The editor bundles this file, which imports nothing. */

/** Seconds. */
export const SHORTEST_TICK = 0.1;
/** Seconds: a day. */
export const LONGEST_TICK = 86_400;

/** Whether a node can send the position at this interval; 0 means never. */
export function isTick(seconds: number): boolean {
  return seconds === 0 || (seconds >= SHORTEST_TICK && seconds <= LONGEST_TICK);
}
