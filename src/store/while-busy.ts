import { retry } from "../async/retry";

/** What Windows answers while a virus scanner, an indexer or a backup has a file open. */
const BUSY: ReadonlySet<string | undefined> = new Set(["EBUSY", "EPERM", "EACCES"]);
/** Between the tries, ms: one second in all. */
const WAITS = [10, 30, 90, 270, 600];

/** Runs an action on a file, and tries again for a second while another program has the file open. */
export function whileBusy<Result>(action: () => Promise<Result>): Promise<Result> {
  const waits = WAITS.values();
  return retry(action, {
    tries: WAITS.length + 1,
    backoff: { next: () => waits.next().value! },
    mayHelp: (error) => BUSY.has((error as NodeJS.ErrnoException).code),
  });
}
