import { createHash } from "node:crypto";
import { join } from "node:path";
import type { NodeAPI } from "node-red";
import type { SessionSettings } from "./settings";

const FOLDER = "spotify-session";

/** The folder of the accounts' files; undefined if nothing may be written. */
export function stateFolder({ settings }: Pick<NodeAPI<SessionSettings>, "settings">): string | undefined {
  const { userDir, readOnly } = settings;
  return !userDir || readOnly ? undefined : join(userDir, FOLDER);
}

/** The name of an account's files, without an ending. A node ID comes from a flow file, so it may not be safe in a path. */
export function fileName(nodeId: string): string {
  return /^[\w-]{1,64}$/.test(nodeId) ? nodeId : createHash("sha256").update(nodeId).digest("hex");
}
