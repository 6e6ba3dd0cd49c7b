import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileName } from "./state-files";

const ENDING = ".provisional";

/** A file that says that an account is not deployed yet, so that its state is deleted even after a restart. */
export interface Mark {
  nodeId: string;
  /** When the last sign-in was made, ms since the epoch. */
  since: number;
}

/** Never throws: if the disk cannot be written, there is no state to clean up either. */
export function writeMark(folder: string | undefined, mark: Mark): void {
  if (folder === undefined) return;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, fileName(mark.nodeId) + ENDING), JSON.stringify(mark), { mode: 0o600 });
  } catch {
    // See above.
  }
}

export function removeMark(folder: string | undefined, nodeId: string): void {
  if (folder !== undefined) rmSync(join(folder, fileName(nodeId) + ENDING), { force: true });
}

export function readMarks(folder: string | undefined): Mark[] {
  if (folder === undefined) return [];
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(ENDING));
    return names.flatMap((name) => readMark(join(folder, name)));
  } catch {
    return [];
  }
}

function readMark(path: string): Mark[] {
  try {
    const { nodeId, since } = JSON.parse(readFileSync(path, "utf8")) as Partial<Mark>;
    return typeof nodeId === "string" && typeof since === "number" ? [{ nodeId, since }] : [];
  } catch {
    return [];
  }
}
