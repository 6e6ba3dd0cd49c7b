import { createHash } from "node:crypto";
import { join } from "node:path";
import type { NodeAPI } from "node-red";
import type { SessionSettings } from "./settings";

const FOLDER = "spotify-session";

/** Where the accounts' files are; undefined where nothing may be written. */
export function stateFolder({ settings }: Pick<NodeAPI<SessionSettings>, "settings">): string | undefined {
  const { userDir, readOnly } = settings;
  return !userDir || readOnly ? undefined : join(userDir, FOLDER);
}

/** The name of an account's files, without an ending. Node IDs come from a flow file, so not every one is fit for a path. */
export function fileName(nodeId: string): string {
  return /^[\w-]{1,64}$/.test(nodeId) ? nodeId : createHash("sha256").update(nodeId).digest("hex");
}
