import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { Serial } from "../async/serial";
import { whileBusy } from "./while-busy";

const FILE = ".place";

/** What the file of a place says. */
interface Marks {
  /** Of the file itself; texts, because they are longer than a number is exact. */
  inode: string;
  bornAt: string;
  /** The name of the copy that this folder is, until it is used as the original was. */
  copyId?: string | undefined;
}

/**
 * Tells a folder from its copy: a file in it remembers its own inode number and the time it was made. Copying changes both.
 * A new container on the same volume keeps both, and a file system that loses one of them keeps the other.
 *
 * The image of a whole disk is no such copy: nothing in it differs.
 */
export class Place {
  readonly #folder: string;
  /** Of two looks at once, each would give the copy a name. */
  readonly #turns = new Serial();
  #copyId: string | undefined;

  /** @param folder is made if it is not there */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The name of this copy, if the folder is one whose original may still be used. A copy of a copy has another name.
   * It is a name and no time, because the clocks of two machines differ.
   */
  get copyId(): string | undefined {
    return this.#copyId;
  }

  /** Looks whether the folder is a copy. A folder that cannot be read or written stays what it was. Never rejects. */
  async look(): Promise<void> {
    await this.#turns.run(() => this.#look()).catch(() => undefined);
  }

  /**
   * Makes this folder the place of what lies in it: it is no copy any more.
   * @throws the error of the operating system if that cannot be written
   */
  async useHere(): Promise<void> {
    await this.#turns.run(() => this.#write(undefined));
    this.#copyId = undefined;
  }

  async #look(): Promise<void> {
    const found = await this.#read();
    if (!found) return this.#write(undefined);
    const { told, real } = found;
    const differs = [told.inode !== real.inode, told.bornAt !== real.bornAt];
    this.#copyId = differs.every(Boolean) ? randomUUID() : told.copyId;
    // What a file system cannot keep may change again: each change is remembered, so that no two add up to a copy.
    if (differs.some(Boolean)) await this.#write(this.#copyId);
  }

  /** @returns undefined without a file, as in earlier versions, or if it is damaged */
  async #read(): Promise<{ told: Marks; real: Marks } | undefined> {
    let file: FileHandle;
    try {
      file = await open(join(this.#folder, FILE), "r");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    try {
      const told = parse(await file.readFile("utf8"));
      return told && { told, real: await marksOf(file) };
    } finally {
      await file.close();
    }
  }

  /** Replaces the file in one step. A rename changes neither its inode number nor when it was made. */
  async #write(copyId: string | undefined): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, FILE);
    const temporary = `${path}.new`;
    try {
      const file = await open(temporary, "w", 0o600);
      try {
        await file.writeFile(`${JSON.stringify({ ...(await marksOf(file)), copyId })}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await whileBusy(() => rename(temporary, path));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

async function marksOf(file: FileHandle): Promise<Marks> {
  const { ino, birthtimeNs } = await file.stat({ bigint: true });
  return { inode: String(ino), bornAt: String(birthtimeNs) };
}

function parse(text: string): Marks | undefined {
  try {
    const { inode, bornAt, copyId } = JSON.parse(text) as Partial<Marks>;
    if (typeof inode !== "string" || typeof bornAt !== "string") return undefined;
    return { inode, bornAt, copyId: typeof copyId === "string" ? copyId : undefined };
  } catch {
    return undefined;
  }
}
