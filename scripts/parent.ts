/** Notices that npm, which started this process, has ended: npm does not pass every signal on, and none if it is killed. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** ms */
const LOOK_EVERY = 500;
/** Between npm and this process there is at most a shell, or a shell and a program that it runs. */
const MOST_ANCESTORS = 3;
/** What npm calls itself, and how it is called where it does not. */
const NPM = /^(\S*\/)?npm\b|^\S+ \S*npm-cli\.[cm]?js\b/;

/** Calls `gone` once, when the parent process or the npm above it has ended. @returns a function that stops looking */
export function whenParentEnds(gone: () => void): () => void {
  const parent = process.ppid;
  const watched = upToNpm(parent);
  const timer = setInterval(() => {
    // An orphan gets another parent; on Windows it keeps the number of the one that has ended.
    if (process.ppid === parent && watched.every(isAlive)) return;
    clearInterval(timer);
    gone();
  }, LOOK_EVERY);
  timer.unref();
  return () => clearInterval(timer);
}

/** The process and those above it up to npm; the process alone if npm is not above it, or that cannot be seen. */
function upToNpm(pid: number): number[] {
  const above: number[] = [];
  for (let at = pid; at > 1 && above.length < MOST_ANCESTORS;) {
    above.push(at);
    const ancestor = look(at);
    if (ancestor === undefined) break;
    if (NPM.test(ancestor.command)) return above;
    at = ancestor.parent;
  }
  return [pid];
}

/** The parent and the command line of a process, where the system tells. */
function look(pid: number): { parent: number; command: string } | undefined {
  try {
    const [, parent = ""] = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return { parent: Number(parent), command };
  } catch {
    // Not Linux.
  }
  try {
    const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
    const line = execFileSync("ps", ["-o", "ppid=,args=", "-p", String(pid)], { encoding: "utf8", stdio });
    const [, parent = "", command = ""] = /^\s*(\d+)\s+(.*)/.exec(line) ?? [];
    return { parent: Number(parent), command };
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It exists, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
