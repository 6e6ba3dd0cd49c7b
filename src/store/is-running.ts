/** Whether a process of this machine runs. One that belongs to another user counts, too. */
export function isRunning(pid: number): boolean {
  try {
    // Signal 0 ends nothing.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
