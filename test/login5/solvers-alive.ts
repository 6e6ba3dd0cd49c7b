/** How many threads there are that keep this process alive. The loader of the tests has one that does not. */
export function solversAlive(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length;
}
