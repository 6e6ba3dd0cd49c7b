import { cp, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

const MOST_TRIES = 10_000;

/** Copies a folder like `cp -r`. As for a folder that a person copies, time has passed since its files were created. */
export async function copyFolder(from: string, to: string): Promise<void> {
  const probe = `${to}.probe`;
  await mkdir(join(to, ".."), { recursive: true });
  const { birthtimeNs } = await stat(join(from, ".place"), { bigint: true });
  // The clock of a file system moves in steps of some milliseconds.
  for (let now = birthtimeNs, tries = 0; now <= birthtimeNs; tries++) {
    if (tries === MOST_TRIES) throw new Error("This file system does not say when a file was made.");
    await rm(probe, { force: true });
    await writeFile(probe, "");
    now = (await stat(probe, { bigint: true })).birthtimeNs;
  }
  await rm(probe);
  await cp(from, to, { recursive: true });
}
