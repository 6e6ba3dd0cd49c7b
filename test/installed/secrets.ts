/** Looks for secrets in places that must have none. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import type { FlowNode } from "../../scripts/user-dir";
import type { Workshop } from "./workshop";

/** All secrets: everything that Spotify gave out, and everything that signs in. */
export function secretsOf(workshop: Workshop, flows: readonly FlowNode[]): string[] {
  const { account, simulator } = workshop.spotify;
  return [
    ...simulator.issuedTokens.map(({ accessToken }) => accessToken),
    ...simulator.secrets,
    account.storedCredential.toString("base64"),
    account.storedCredential.toString("hex"),
    ...flows.flatMap(({ credentials }) => credentials?.["stateKey"] ?? []),
  ];
}

/** The first secret in `text`, as much of it as may be shown. */
export function foundIn(text: string, secrets: readonly string[]): string | undefined {
  return secrets.find((secret) => text.includes(secret))?.slice(0, 8);
}

export interface FileFacts {
  path: string;
  /** Whether anyone but the owner may read the file. */
  isOpen: boolean;
  text: string;
}

/** All files below `folder` except the installed packages. */
export async function filesBelow(folder: string): Promise<FileFacts[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(folder, path).startsWith("node_modules"));
  return Promise.all(
    files.map(async (path) => ({
      path: relative(folder, path),
      isOpen: ((await stat(path)).mode & 0o077) !== 0,
      text: await readFile(path, "latin1"),
    })),
  );
}
