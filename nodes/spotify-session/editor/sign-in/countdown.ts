/** How long something is still good for. Node-RED's clock and the browser's may differ by any amount. Pure. */

/**
 * When that is by the browser's clock. All in ms since the epoch.
 *
 * @param expiresAt by Node-RED's clock
 * @param serverNow by Node-RED's clock, at the time of its answer; undefined if the answer has no date
 * @param now by the browser's clock
 */
export function localDeadline(expiresAt: number, serverNow: number | undefined, now: number): number {
  return now + expiresAt - (serverNow ?? now);
}

/**
 * The time of a HTTP `Date`, ms since the epoch: the latest that it can stand for, as it has whole seconds only, so that
 * nothing is said to be good for longer than it is.
 */
export function serverTime(date: string | null): number | undefined {
  const time = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(time) ? undefined : time + 999;
}

/** `9:05`, or `1:00:00` from an hour on; never below zero. */
export function countdownText(ms: number): string {
  const all = Math.max(0, Math.ceil(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}
