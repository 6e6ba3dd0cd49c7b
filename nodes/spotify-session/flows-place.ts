import { access, readFile, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { NodeAPI } from "node-red";
import type { SessionSettings } from "./settings";

/** Of a project without git: what is there is all there is. */
const NO_BRANCH = "no branch";
/** Of a project whose HEAD is a commit. Each commit would count as flows of its own. */
const NO_NAMED_BRANCH = "a commit";

/** Where flows come from: one user directory has several if it has projects, or is started with several files. */
export interface FlowsPlace {
  /** The flows file: relative to the user directory, if it lies in there. */
  file: string;
  /** The branch of a project that is checked out, as git's HEAD says; "a commit" without a branch; "" without a project. */
  branch: string;
}

type RuntimeSettings = Pick<NodeAPI<SessionSettings>, "settings">["settings"] & {
  editorTheme?: { projects?: { enabled?: boolean; path?: string } };
};

/**
 * Where the flows that run come from.
 *
 * Source: Node-RED 4.1, @node-red/runtime/lib/storage/localfilesystem/projects/index.js.
 */
export async function placeOfFlows({
  settings,
}: Pick<NodeAPI<SessionSettings>, "settings">): Promise<FlowsPlace> {
  const folder = projectFolder(settings);
  const given: unknown = settings.flowFile;
  if (folder === undefined) {
    const name = typeof given === "string" && given !== "" ? given : `flows_${hostname()}.json`;
    const file = await flowsFile(settings.userDir!, name);
    return { file: shortened(settings.userDir!, file), branch: "" };
  }
  const file = join(folder, await flowsFileOf(folder));
  return { file: shortened(settings.userDir!, file), branch: await branchOf(folder) };
}

/** Whether two places are the same. */
export function isSamePlace(a: FlowsPlace, b: FlowsPlace): boolean {
  return a.file === b.file && a.branch === b.branch;
}

/**
 * Whether the flows of a place name a node.
 * @returns `unknown` for a branch that is not checked out or a file that cannot be read; `no` for a branch that was deleted;
 *   `gone` for a missing file or folder
 */
export async function flowsName(
  { settings }: Pick<NodeAPI<SessionSettings>, "settings">,
  { file, branch }: FlowsPlace,
  nodeId: string,
): Promise<"yes" | "no" | "unknown" | "gone"> {
  const userDir = resolve(settings.userDir!);
  const path = resolve(userDir, file);
  const project = branch === "" ? undefined : await projectAround(path, userDir);
  if (project && project.branch !== branch)
    return (await mayHaveBranch(project.folder, branch)) ? "unknown" : "no";
  try {
    const text = await readFile(path, "utf8");
    return text.includes(JSON.stringify(nodeId)) ? "yes" : "no";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "gone" : "unknown";
  }
}

/** The folder of the project that is open. */
function projectFolder(settings: RuntimeSettings): string | undefined {
  const { enabled, path } = settings.editorTheme?.projects ?? {};
  if (enabled !== true) return undefined;
  const kept = settings.get("projects") as { activeProject?: unknown } | undefined;
  const name = kept?.activeProject;
  if (typeof name !== "string" || name === "") return undefined;
  return resolve(path ?? join(settings.userDir!, "projects"), name);
}

/** As Node-RED looks for it: in the folder in which it was started, then in the user directory. */
async function flowsFile(userDir: string, name: string): Promise<string> {
  if (isAbsolute(name)) return name;
  const here = resolve(name);
  if (name.startsWith("./")) return here;
  return access(here).then(
    () => here,
    () => join(userDir, name),
  );
}

async function flowsFileOf(project: string): Promise<string> {
  try {
    const text = await readFile(join(project, "package.json"), "utf8");
    const { "node-red": kept } = JSON.parse(text) as { "node-red"?: { settings?: { flowFile?: unknown } } };
    const name = kept?.settings?.flowFile;
    return typeof name === "string" ? name : "";
  } catch {
    return "";
  }
}

async function branchOf(project: string): Promise<string> {
  return readFile(join(project, ".git", "HEAD"), "utf8").then(
    (text) => (text.startsWith("ref:") ? text.trim() : NO_NAMED_BRANCH),
    () => NO_BRANCH,
  );
}

/** Whether a branch is there, as git's HEAD names it. Source: git's documentation, gitrepository-layout. */
async function mayHaveBranch(project: string, branch: string): Promise<boolean> {
  const [, ref] = /^ref: (refs\/\S+)$/.exec(branch) ?? [];
  if (ref === undefined) return true;
  const git = join(project, ".git");
  // A repository may keep its branches in another form (reftable).
  if ((await kindOf(join(git, "refs", "heads"))) !== "folder") return true;
  if ((await kindOf(join(git, ref))) !== "missing") return true;
  const packed = await readFile(join(git, "packed-refs"), "utf8").catch(emptyIfMissing);
  return packed === undefined || packed.split("\n").some((line) => line.endsWith(` ${ref}`));
}

async function kindOf(path: string): Promise<"folder" | "missing" | "other"> {
  return stat(path).then(
    (found) => (found.isDirectory() ? "folder" : "other"),
    (error: unknown) => (emptyIfMissing(error) === "" ? "missing" : "other"),
  );
}

/** An empty text for a file that is not there; undefined if it cannot be read. */
function emptyIfMissing(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code === "ENOENT" ? "" : undefined;
}

/**
 * The project in which a file lies, and its branch; undefined without git. The file's folder may be missing on this branch.
 * The user directory may be in a repository of its own, which is not the project's.
 */
async function projectAround(
  file: string,
  userDir: string,
): Promise<{ folder: string; branch: string } | undefined> {
  let folder = file;
  do {
    folder = dirname(folder);
    if (isIn(folder, userDir)) return undefined;
    const branch = await branchOf(folder);
    if (branch !== NO_BRANCH) return { folder, branch };
  } while (dirname(folder) !== folder);
  return undefined;
}

function shortened(userDir: string, file: string): string {
  return isIn(userDir, file) ? relative(userDir, file) : file;
}

function isIn(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
