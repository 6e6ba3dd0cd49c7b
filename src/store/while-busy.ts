import { wait } from "../async/wait";

/** The codes that Windows answers while a virus scanner, an indexer or a backup has a file open. */
const BUSY: ReadonlySet<string | undefined> = new Set(["EBUSY", "EPERM", "EACCES"]);
/** The waits between the tries, ms: one second in all. */
const WAITS = [10, 30, 90, 270, 600];

/** Does something with a file, and tries again for a second while another program holds it. */
export async function whileBusy<Result>(action: () => Promise<Result>): Promise<Result> {
  for (const delay of WAITS) {
    try {
      return await action();
    } catch (error) {
      if (!BUSY.has((error as NodeJS.ErrnoException).code)) throw error;
      await wait(delay);
    }
  }
  return action();
}
