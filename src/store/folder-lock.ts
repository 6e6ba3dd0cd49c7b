import { randomUUID } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { Serial } from "../async/serial";
import { isRunning } from "./is-running";

const FILE = ".lock";
/** How often the owner renews the lock, and the others look at it, ms. */
const BEAT = 10_000;
/** An owner that did not renew its lock between so many looks has ended: 30 s. */
const STALE_LOOKS = 3;

/** A process that uses a folder. */
export interface FolderUser {
  /** Random: a process ID comes again after a restart, and in each container. */
  id: string;
  pid: number;
  host: string;
}

const THIS_PROCESS: FolderUser = { id: randomUUID(), pid: process.pid, host: hostname() };

/**
 * Tells whether another process uses a folder too. It does not stop that process.
 *
 * The process that came first owns the lock file, and writes it anew every ten seconds. Another one reads it as often: a
 * file that changes has a living owner. No two clocks are compared, because those of two machines differ, and a Raspberry
 * Pi has the wrong time after a power cut. So an owner is noticed after 10 to 20 s.
 */
export class FolderLock {
  readonly #path: string;
  readonly #changed: () => void;
  readonly #self: FolderUser;
  readonly #startedAt = new Date(Date.now() - process.uptime() * 1000).toISOString();
  /** Looks and the end, one at a time. */
  readonly #turns = new Serial();
  #timer: NodeJS.Timeout | undefined;
  /** What the file held after the last look, and how many looks it has stayed the same. */
  #seen: string | undefined;
  #unchanged = 0;
  #other: FolderUser | undefined;

  /**
   * @param folder is made if it is not there
   * @param changed is called when `other` has changed
   * @param self this process
   */
  constructor(folder: string, changed: () => void, self = THIS_PROCESS) {
    this.#path = join(folder, FILE);
    this.#changed = changed;
    this.#self = self;
  }

  /** The other process, while one owns the lock. */
  get other(): FolderUser | undefined {
    return this.#other;
  }

  get path(): string {
    return this.#path;
  }

  /** Begins to look. Resolves after the first look. Never rejects. */
  async begin(): Promise<void> {
    // A slow disk is not asked by more and more looks.
    this.#timer ??= setInterval(() => this.#turns.size === 0 && void this.#tryToLook(), BEAT).unref();
    await this.#tryToLook();
  }

  /** Stops looking, and removes the lock if this process owns it. Never rejects. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#turns.run(() => this.#release()).catch(() => undefined);
  }

  /** Resolves when no look is under way. Never rejects. */
  settled(): Promise<void> {
    return this.#turns.settled();
  }

  /** Without access to the file nothing can be told. That the state cannot be written is told elsewhere. */
  async #tryToLook(): Promise<void> {
    await this.#turns.run(() => this.#look()).catch(() => undefined);
  }

  async #look(): Promise<void> {
    if (!this.#timer) return;
    const text = await this.#read();
    if (text === undefined) return this.#own("wx");
    const owner = parse(text);
    if (owner?.id === this.#self.id) return this.#own("r+");
    const isAlive = this.#seen !== undefined && text !== this.#seen;
    this.#unchanged = text === this.#seen ? this.#unchanged + 1 : 0;
    this.#seen = text;
    if (isAlive) {
      if (owner) this.#tell(owner);
      return;
    }
    if (this.#unchanged < STALE_LOOKS && !(owner && this.#hasEnded(owner))) return;
    await rm(this.#path, { force: true });
    await this.#own("wx");
  }

  /** @param flag `wx` makes the file; `r+` writes over a text of the same length, so that no reader finds it empty */
  async #own(flag: "wx" | "r+"): Promise<void> {
    const stamp = { ...this.#self, startedAt: this.#startedAt, renewedAt: new Date().toISOString() };
    const text = `${JSON.stringify(stamp)}\n`;
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    await writeFile(this.#path, text, { flag, mode: 0o600 });
    // Another text in the place of this one is that of a process that lives.
    this.#seen = text;
    this.#unchanged = 0;
    this.#tell(undefined);
  }

  async #release(): Promise<void> {
    // It was begun again meanwhile, by a redeploy.
    if (this.#timer) return;
    this.#seen = undefined;
    this.#other = undefined;
    const text = await this.#read();
    if (parse(text ?? "")?.id === this.#self.id) await rm(this.#path, { force: true });
  }

  /** @returns undefined if there is no file, or if it cannot be read: then none can be made either */
  #read(): Promise<string | undefined> {
    return readFile(this.#path, "utf8").catch(() => undefined);
  }

  /** Whether an owner on this machine has ended. One with the ID of this process is the one before it. */
  #hasEnded({ pid, host }: FolderUser): boolean {
    return host === this.#self.host && (pid === this.#self.pid || !isRunning(pid));
  }

  #tell(other: FolderUser | undefined): void {
    if (other?.id === this.#other?.id) return;
    this.#other = other;
    this.#changed();
  }
}

function parse(text: string): FolderUser | undefined {
  try {
    const { id, pid, host } = JSON.parse(text) as Partial<FolderUser>;
    if (typeof id !== "string" || typeof host !== "string") return undefined;
    return Number.isInteger(pid) && pid! > 0 ? { id, pid: pid!, host } : undefined;
  } catch {
    return undefined;
  }
}
