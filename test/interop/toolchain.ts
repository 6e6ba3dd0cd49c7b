/** Downloads a published client and its dependencies into a separate folder. */
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { lastLines, run } from "../../scripts/command";

/** Why a client cannot be tried on this machine. This is not a failure. */
export class Missing extends Error {}

/** How long a download from a slow mirror may take, ms. */
const DOWNLOAD_TIME = 10 * 60 * 1000;
/** This file is written last, so that an incomplete folder is made again. */
const COMPLETE = "complete.txt";

/**
 * A virtual environment with these packages.
 * @returns the path of its Python
 * @throws Missing if there is no Python, or a package cannot be installed
 */
export async function pythonWith(folder: string, packages: readonly string[]): Promise<string> {
  const python = join(folder, "bin", "python");
  await onceInFolder(folder, packages.join(" "), async () => {
    await tool("python3", ["-m", "venv", folder], "no virtual environment with python3", process.cwd());
    await tool(python, ["-m", "pip", "install", "--quiet", ...packages], "pip cannot install it", folder);
  });
  return python;
}

/**
 * The jars that `pom.xml` names, and the compiled driver from the same folder.
 * @returns the class path
 * @throws Missing if there is no JDK or no Maven, or a jar cannot be downloaded
 */
export async function javaWith(folder: string, source: string): Promise<string> {
  const files = ["pom.xml", "Driver.java"];
  await tool("java", ["-version"], "Java does not run", process.cwd());
  const texts = await Promise.all(files.map((name) => readFile(join(source, name), "utf8")));
  await onceInFolder(folder, texts.join("\n"), async () => {
    await Promise.all(files.map((name) => copyFile(join(source, name), join(folder, name))));
    const copy = ["-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"];
    await tool("mvn", copy, "Maven cannot get it", folder);
    // A compile error is a failure: the driver does not match the client.
    await run("javac", ["-cp", join("lib", "*"), "-d", "classes", "Driver.java"], { cwd: folder }).catch(
      missingProgram,
    );
  });
  return [join(folder, "classes"), join(folder, "lib", "*")].join(":");
}

/** @throws Missing, with the last output of the program */
async function tool(command: string, args: readonly string[], complaint: string, cwd: string): Promise<void> {
  const signal = AbortSignal.timeout(DOWNLOAD_TIME);
  try {
    await run(command, args, { cwd, signal });
  } catch (error) {
    missingProgram(error, false);
    const why = signal.aborted ? "it took too long" : lastLines(String(error)).split("\n").at(-1);
    throw new Missing(`${complaint}: ${why}`);
  }
}

/** @throws Missing if the program does not exist; any other error is thrown as it is */
function missingProgram(error: unknown, throwsOthers = true): void {
  const { code, path } = Object(error) as { code?: string; path?: string };
  if (code === "ENOENT") throw new Missing(`there is no ${path}`);
  if (throwsOthers) throw error;
}

/** Fills a folder, unless it was already made from the same `recipe`. */
async function onceInFolder(folder: string, recipe: string, make: () => Promise<void>): Promise<void> {
  const mark = join(folder, COMPLETE);
  if ((await readFile(mark, "utf8").catch(() => undefined)) === recipe) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await make();
  await writeFile(mark, recipe);
}
