import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeSync, openSync, closeSync } from "node:fs";
import fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder on a disk that can be filled. */
export interface Disk {
  readonly folder: string;
  /** Fills the disk. */
  fill(): void;
  free(): void;
  end(): void;
}

const OPTIONS = "size=256k,mode=755";

/** A separate file system of 256 KiB. */
export class SmallDisk implements Disk {
  readonly folder = mkdtempSync(join(tmpdir(), "small-disk-"));

  constructor() {
    execFileSync("mount", ["-t", "tmpfs", "-o", OPTIONS, "tmpfs", this.folder], { stdio: "ignore" });
  }

  /** Whether this user may create one. */
  static isPossible(): boolean {
    if (process.platform !== "linux" || process.geteuid?.() !== 0) return false;
    try {
      new SmallDisk().end();
      return true;
    } catch {
      return false;
    }
  }

  fill(): void {
    const file = openSync(join(this.folder, "filler"), "a");
    try {
      for (;;) writeSync(file, Buffer.alloc(4096, 1));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(join(this.folder, "filler"));
  }

  end(): void {
    execFileSync("umount", [this.folder], { stdio: "ignore" });
    rmSync(this.folder, { recursive: true });
  }
}

/** A disk that claims to be full: no file can be created on it, but existing files can be written. */
export class DiskThatSaysItIsFull implements Disk {
  readonly folder = mkdtempSync(join(tmpdir(), "full-disk-"));
  readonly #real = { writeFile: fs.writeFile, open: fs.open, rm: fs.rm };
  #isFull = false;

  /** @param code its error code @param writesInPlace false if data is written to another place, as on btrfs and ZFS */
  constructor(code: "ENOSPC" | "EDQUOT", writesInPlace = true) {
    const full = (): Error => Object.assign(new Error(`${code}: no room`), { code });
    const fails = (path: unknown): boolean => this.#isFull && String(path).startsWith(this.folder);
    fs.writeFile = (async (...args: Parameters<typeof fs.writeFile>) => {
      if (fails(args[0])) throw full();
      await this.#real.writeFile(...args);
    }) as typeof fs.writeFile;
    fs.open = async (...args) => {
      const file = await this.#real.open(...args);
      if (fails(args[0]) && !writesInPlace) file.writeFile = () => Promise.reject(full());
      return file;
    };
    fs.rm = async (...args) => {
      await this.#real.rm(...args);
      if (String(args[0]).endsWith(".reserve")) this.#isFull = false;
    };
  }

  fill(): void {
    this.#isFull = true;
  }

  free(): void {
    this.#isFull = false;
  }

  end(): void {
    Object.assign(fs, this.#real);
    rmSync(this.folder, { recursive: true });
  }
}
