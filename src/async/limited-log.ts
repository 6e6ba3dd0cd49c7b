/** How long lines are counted together, ms. */
const MINUTE = 60_000;

export type LogLevel = "info" | "warn" | "debug";

export type Log<Level extends string = LogLevel> = (level: Level, message: string) => void;

/** The lines of one level in a minute. */
interface Minute {
  passed: number;
  leftOut: number;
  newest: string;
}

/**
 * A log that passes at most `most` lines a minute of each level, for lines that Spotify or the network can cause. Of the lines
 * that are left out, the newest follows at the end of the minute, with their number. Give each kind of line a log of its
 * own, so that none of them hides another.
 *
 *     const log = limitedLog(options.log, 5, closing);
 *     log("info", "Tapped in a Spotify app.");
 *
 * @param most at least 1
 * @param closing ends the last minute. No timer is left after it
 */
export function limitedLog<Level extends string>(
  log: Log<Level>,
  most: number,
  closing: AbortSignal,
): Log<Level> {
  const minutes = new Map<Level, Minute>();
  let timer: NodeJS.Timeout | undefined;

  /** Ends a minute. The line that tells of it counts as the first of the next one. */
  const turn = (): void => {
    timer = undefined;
    const ended = new Map(minutes);
    minutes.clear();
    for (const [level, { leftOut, newest }] of ended) {
      if (leftOut === 0) continue;
      minutes.set(level, { passed: 1, leftOut: 0, newest: "" });
      log(level, leftOut === 1 ? newest : `${newest} (${leftOut - 1} lines like this were left out)`);
    }
    if (minutes.size > 0 && !closing.aborted) plan();
  };
  const plan = (): void => {
    timer = setTimeout(turn, MINUTE);
    timer.unref();
  };
  closing.addEventListener("abort", () => {
    clearTimeout(timer);
    turn();
  });

  return (level, message) => {
    if (closing.aborted) return log(level, message);
    const minute = minutes.get(level) ?? { passed: 0, leftOut: 0, newest: "" };
    minutes.set(level, minute);
    if (timer === undefined) plan();
    if (minute.passed < most) {
      minute.passed++;
      return log(level, message);
    }
    minute.leftOut++;
    minute.newest = message;
  };
}

/**
 * As `limitedLog`, with a limit of its own for each kind of line.
 * @returns its first argument is the kind: a word of the caller's own, never of the text of others
 */
export function limitedLogs<Level extends string>(
  log: Log<Level>,
  most: number,
  closing: AbortSignal,
): (kind: string, level: Level, message: string) => void {
  const logs = new Map<string, Log<Level>>();
  return (kind, level, message) => {
    let one = logs.get(kind);
    if (!one) logs.set(kind, (one = limitedLog(log, most, closing)));
    one(level, message);
  };
}
