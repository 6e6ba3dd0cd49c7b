import { randomInt, randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { link, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { wait } from "../async/wait";
import { isRunning } from "./is-running";
import { isOutOfRoom } from "./reserve";
import { FILE_MODE, type TemporaryFiles } from "./temporary-files";
import { whileBusy } from "./while-busy";

/** A write takes some milliseconds: its process has ended, stands still, or its disk does. ms */
const LEFT_AFTER = 10_000;
/** Longer than any one lock can last. ms */
const GIVE_UP_AFTER = 15_000;
/** The ending of the lock under which a lock that was left is removed. */
const REMOVAL = ".left";

/**
 * Keeps other processes out for the milliseconds of a write, by a file that only one of them can make.
 *
 * A lock that its process has left is taken over: at once if that process has ended, else after ten seconds.
 */
export class FileLock {
  readonly #path: string;
  readonly #temporary: TemporaryFiles;

  constructor(path: string, temporary: TemporaryFiles) {
    this.#path = path;
    this.#temporary = temporary;
  }

  /**
   * Runs `action` while no other process does.
   * @throws EBUSY if others hold the lock for too long; the error of the operating system if it cannot be made
   */
  async run<Result>(action: () => Promise<Result>): Promise<Result> {
    const mine = await this.#acquire();
    try {
      return await action();
    } finally {
      if (mine !== undefined) await this.#release(mine);
    }
  }

  async delete(): Promise<void> {
    for (const path of [this.#path, this.#path + REMOVAL]) await rm(path, { force: true });
  }

  /** @returns what is written in the lock; undefined if the disk has no room for one: a write without it is safer than none */
  async #acquire(): Promise<string | undefined> {
    for (const start = performance.now(); ;) {
      try {
        return await this.#make();
      } catch (error) {
        if (isOutOfRoom(error)) return undefined;
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const left = await this.#findLeft();
      if (left !== undefined) await this.#remove(left);
      else if (performance.now() - start < GIVE_UP_AFTER) await wait(randomInt(2, 20));
      else throw Object.assign(new Error("Other processes hold the lock."), { code: "EBUSY" });
    }
  }

  /** @returns what is written in it */
  async #make(): Promise<string> {
    const mine = `${SPACE}\n${process.pid}\n${randomUUID()}`;
    const temporary = this.#temporary.path();
    try {
      await writeFile(temporary, mine, { flag: "wx", mode: FILE_MODE });
      // In one step, so that a process that is ended never leaves a lock that does not tell whose it was.
      await link(temporary, this.#path);
      return mine;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
      // The disk is full, or knows no links: an empty file, of which only its age tells that it was left.
      await writeFile(this.#path, "", { flag: "wx", mode: FILE_MODE });
      return "";
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** @returns the text of the lock, if its process no longer holds it */
  async #findLeft(): Promise<string | undefined> {
    try {
      const found = await readFile(this.#path, "utf8");
      if (hasEnded(found)) return found;
      // Also one of the future, from before the clock was set back.
      const age = Math.abs(Date.now() - (await stat(this.#path)).mtimeMs);
      return age > LEFT_AFTER ? found : undefined;
    } catch {
      // Released meanwhile.
      return undefined;
    }
  }

  /** Under a lock of its own, so that what is removed is what was left, not what another process has made since. */
  async #remove(left: string): Promise<void> {
    await new FileLock(this.#path + REMOVAL, this.#temporary).run(async () => {
      const found = await readFile(this.#path, "utf8").catch(() => undefined);
      if (found === left) await whileBusy(() => rm(this.#path, { force: true }));
    });
  }

  async #release(mine: string): Promise<void> {
    const found = await readFile(this.#path, "utf8").catch(() => undefined);
    // One that was left for too long belongs to another process now.
    if (found === mine) await whileBusy(() => rm(this.#path, { force: true }));
  }
}

/**
 * Where a process ID means this process: this start of this machine, and this container. Elsewhere than on Linux, the
 * machine.
 */
function processSpace(): string {
  try {
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

const SPACE = processSpace();

/** Whether the process that made the lock is known to be gone. */
function hasEnded(lock: string): boolean {
  const [space, pid] = lock.split("\n");
  return space === SPACE && !isRunning(Number(pid));
}
