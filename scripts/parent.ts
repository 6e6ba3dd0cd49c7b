/** Notices that the process which started this one has ended: npm does not pass every signal on, and none if it is killed. */

/** ms */
const LOOK_EVERY = 500;

/** Calls `gone` once, when the parent process has ended. @returns a function that stops looking */
export function whenParentEnds(gone: () => void): () => void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    // An orphan gets another parent; on Windows it keeps the number of the one that has ended.
    if (process.ppid === parent && isAlive(parent)) return;
    clearInterval(timer);
    gone();
  }, LOOK_EVERY);
  timer.unref();
  return () => clearInterval(timer);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
