/** The package as npm would publish it. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { npm } from "./command";

const ROOT = join(__dirname, "..");

export interface Tarball {
  file: string;
  name: string;
  version: string;
  /** Of its contents: the same tarball has the same. */
  integrity: string;
}

/** Builds the package and packs it into `folder`. */
export async function packTarball(folder: string, signal?: AbortSignal): Promise<Tarball> {
  await mkdir(folder, { recursive: true });
  await npm(["run", "--silent", "build"], { cwd: ROOT, signal });
  const output = await npm(["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: ROOT,
    signal,
  });
  const [packed] = Object.values(
    JSON.parse(output) as Record<string, Omit<Tarball, "file"> & { filename: string }>,
  );
  if (packed === undefined) throw new Error("npm pack made no tarball.");
  const { filename, name, version, integrity } = packed;
  return { file: join(folder, filename), name, version, integrity };
}
