/** Keeps what the simulated Spotify remembers in a file, so that who is signed in is so at the next start. */
import { renameSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Memory, Simulator } from "../test/simulator";

/** Spotify grants something in return for these. */
const GIVING = ["login", "keymaster", "token", "login5"] as const;

/** What `keepMemory` has kept; undefined if there is nothing, or nothing that can be read. */
export async function readMemory(file: string): Promise<Memory | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Memory;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Writes the file before an answer leaves: a refresh token that was rotated is known the next time, whatever ends this. */
export function keepMemory(simulator: Simulator, file: string): void {
  const write = (): void => {
    writeFileSync(`${file}.new`, JSON.stringify(simulator.remember()), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  for (const event of GIVING) simulator.on(event, write);
  write();
}
