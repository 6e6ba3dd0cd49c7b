import { join } from "node:path";
import type { NodeAPI } from "node-red";
// Not from the index, which would load the whole library with the node.
import { FileStateStore } from "../../src/state/file-store";
import { MemoryStateStore, type StateStore } from "../../src/state/store";
import type { SessionSettings } from "./settings";
import { fileName, stateFolder } from "./state-files";
import { folderKey } from "./state-key";

/** The state of sessions that may not write, so that at least a redeploy keeps it. By the config node's ID. */
const inMemory = new Map<string, MemoryStateStore>();

export interface StateSecrets {
  /** Made by the editor when the config node is. */
  stateKey?: string;
  librespotCredentials?: string;
}

/**
 * Where a config node's session remembers things: a sealed file under Node-RED's user directory. In memory where nothing
 * may be written.
 *
 * The file is sealed with the node's own key. Where the editor has not made one yet, with its credential, which is as
 * secret; else with the folder's key. What was sealed with one of those is read when the node's own is there.
 */
export function stateStore(RED: NodeAPI<SessionSettings>, nodeId: string, secrets: StateSecrets): StateStore {
  const folder = stateFolder(RED);
  if (folder === undefined) return memoryStore(nodeId);
  const own = [secrets.stateKey, secrets.librespotCredentials].filter(
    (secret) => secret !== undefined && secret !== "",
  );
  const all = [...own, folderKey(folder, own.length === 0)].filter((secret) => secret !== undefined);
  const [secret, ...former] = all;
  return secret ? new FileStateStore(stateFile(folder, nodeId), secret, former) : memoryStore(nodeId);
}

function memoryStore(nodeId: string): MemoryStateStore {
  let store = inMemory.get(nodeId);
  if (!store) inMemory.set(nodeId, (store = new MemoryStateStore()));
  return store;
}

/** Forgets all that the session of a deleted config node remembers. */
export async function deleteState(RED: NodeAPI<SessionSettings>, nodeId: string): Promise<void> {
  inMemory.delete(nodeId);
  const folder = stateFolder(RED);
  if (folder !== undefined) await new FileStateStore(stateFile(folder, nodeId), "").delete();
}

/** The store, read when `before` has resolved. */
export function afterwards(before: Promise<void>, store: StateStore): StateStore {
  return {
    load: async () => {
      await before;
      return store.load();
    },
    save: (document) => store.save(document),
  };
}

function stateFile(folder: string, nodeId: string): string {
  return join(folder, `${fileName(nodeId)}.state`);
}
