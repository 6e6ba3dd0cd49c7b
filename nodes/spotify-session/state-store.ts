import { createHash } from "node:crypto";
import { join } from "node:path";
import type { NodeAPI } from "node-red";
import { FileStateStore, MemoryStateStore, type StateStore } from "../../src";
import type { SessionSettings } from "./settings";

const FOLDER = "spotify-session";
/** The state of sessions that may not write, so that at least a redeploy keeps it. By the config node's ID. */
const inMemory = new Map<string, MemoryStateStore>();

export interface StateSecrets {
  /** Made by the editor when the config node is. */
  stateKey?: string;
  librespotCredentials?: string;
}

/**
 * Where a config node's session remembers things: a sealed file under Node-RED's user directory. In memory where the
 * runtime is read-only, or where nothing secret is known that could seal the file.
 */
export function stateStore(RED: NodeAPI<SessionSettings>, nodeId: string, secrets: StateSecrets): StateStore {
  // A flow deployed without the editor has no key of its own; its credential is as secret.
  const secret = secrets.stateKey || secrets.librespotCredentials;
  const folder = stateFolder(RED);
  if (folder === undefined || !secret) {
    let store = inMemory.get(nodeId);
    if (!store) inMemory.set(nodeId, (store = new MemoryStateStore()));
    return store;
  }
  return new FileStateStore(join(folder, fileName(nodeId)), secret);
}

/** Forgets all that the session of a deleted config node remembers. */
export async function deleteState(RED: NodeAPI<SessionSettings>, nodeId: string): Promise<void> {
  inMemory.delete(nodeId);
  const folder = stateFolder(RED);
  if (folder !== undefined) await new FileStateStore(join(folder, fileName(nodeId)), "").delete();
}

function stateFolder(RED: NodeAPI<SessionSettings>): string | undefined {
  const { userDir, readOnly } = RED.settings;
  return !userDir || readOnly ? undefined : join(userDir, FOLDER);
}

/** Node IDs come from a flow file, so that not every one is fit for a path. */
function fileName(nodeId: string): string {
  const name = /^[\w-]{1,64}$/.test(nodeId) ? nodeId : createHash("sha256").update(nodeId).digest("hex");
  return `${name}.state`;
}
