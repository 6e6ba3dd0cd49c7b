import { join } from "node:path";
import type { NodeAPI } from "node-red";
// Not from the index, which would load the whole library with the node.
import type { FileStateStore } from "../../src/store/file-store";
import type { StateProblem } from "../../src/store/problem";
import type { StateFolder } from "../../src/store/state-folder";
import { MemoryStateStore, type StateStore } from "../../src/store/store";
import type { SliceStore } from "../../src/store/slice-store";
import { deviceIdOf, instanceId } from "./instance";
import { noDisk, noKey, notShared } from "./memory-problem";
import type { SessionSettings } from "./settings";
import { movedIn, sharedStore } from "./shared-state";
import { fileName, stateFolder } from "./state-files";
import { folderKey } from "./state-key";

/** The state of sessions that may not write: it survives a redeploy. By the config node's ID. */
const inMemory = new Map<string, MemoryStateStore>();

export interface StateSecrets {
  /** Made by the editor when the config node is. */
  stateKey?: string;
  librespotCredentials?: string;
}

/**
 * Where a config node's session keeps its state: in the store of settings.js that several instances share, or for itself.
 *
 * @param before resolves when the last session of the node has stored what it had to
 * @throws SpotifyError INVALID_ARGUMENT if the store of settings.js cannot be used
 */
export function placeOfState(
  RED: NodeAPI<SessionSettings>,
  nodeId: string,
  secrets: StateSecrets,
  before: Promise<void>,
): { state: StateStore } | { sharedState: SliceStore; deviceId: string } {
  const store = sharedStore(RED);
  const local = stateStore(RED, nodeId, secrets);
  if (!store) return { state: afterwards(before, local) };
  const [secret, ...former] = given(secrets.stateKey, secrets.librespotCredentials, store.secret);
  if (secret === undefined) return { state: afterwards(before, local, notShared()) };
  const instance = instanceId(RED);
  const shared = store.open({ id: nodeId, instance, secrets: [secret, ...former] });
  return { sharedState: movedIn(shared, local, before), deviceId: deviceIdOf(nodeId, instance) };
}

/**
 * The state of a config node's session: a sealed file under Node-RED's user directory, or memory if nothing may be
 * written.
 *
 * The file is sealed with the node's own key. If the editor has not made that key yet, the file is sealed with the node's
 * credential, which is as secret, or else with the folder's key. Files sealed with one of those can still be read once
 * the node has its own key.
 */
export function stateStore(RED: NodeAPI<SessionSettings>, nodeId: string, secrets: StateSecrets): StateStore {
  const folder = stateFolder(RED);
  if (folder === undefined) {
    return memoryStore(nodeId, RED.settings.readOnly ? noDisk("readOnly in settings.js") : undefined);
  }
  const own = given(secrets.stateKey, secrets.librespotCredentials);
  const folders = folderKey(folder, own.length === 0);
  const [secret, ...former] = "key" in folders ? [...own, folders.key] : own;
  if (secret !== undefined) return inFolder(folder, fileStore(folder, nodeId, secret, former));
  return memoryStore(nodeId, "cause" in folders ? noKey(folders.file, folders.cause) : undefined);
}

function given(...secrets: (string | undefined)[]): string[] {
  return secrets.filter((secret): secret is string => secret !== undefined && secret !== "");
}

function memoryStore(nodeId: string, problem: StateProblem | undefined): StateStore {
  let memory = inMemory.get(nodeId);
  if (!memory) inMemory.set(nodeId, (memory = new MemoryStateStore()));
  return {
    problem,
    load: () => memory.load(),
    save: (document) => memory.save(document),
    update: (change) => memory.update(change),
  };
}

/** Forgets all that the session of a deleted config node remembers. */
export async function deleteState(RED: NodeAPI<SessionSettings>, nodeId: string): Promise<void> {
  inMemory.delete(nodeId);
  await sharedStore(RED)?.delete(nodeId);
  await deleteStateFile(RED, nodeId);
}

/** Deletes the account's file alone: what other instances share with it stays. */
export async function deleteStateFile(RED: NodeAPI<SessionSettings>, nodeId: string): Promise<void> {
  const folder = stateFolder(RED);
  if (folder !== undefined) await fileStore(folder, nodeId, "").delete();
}

/** The store, read when `before` has resolved. @param lasting what is wrong with it if nothing else is */
export function afterwards(before: Promise<void>, store: StateStore, lasting?: StateProblem): StateStore {
  return {
    get place() {
      return store.place;
    },
    get problem() {
      return store.problem ?? lasting;
    },
    get copyId() {
      return store.copyId;
    },
    ...(store.use && { use: (changed) => store.use!(changed) }),
    load: async () => {
      await before;
      return store.load();
    },
    save: (document) => store.save(document),
    ...(store.update && { update: (change) => store.update!(change) }),
  };
}

/**
 * The original of this user directory is gone: what its accounts remember is used here from now on.
 * @throws SpotifyError INVALID_ARGUMENT if that cannot be written
 */
export async function useStateHere(RED: NodeAPI<SessionSettings>): Promise<void> {
  const folder = stateFolder(RED);
  if (folder !== undefined) await openFolder(folder).useHere();
}

/** Whether the folder of the accounts' files is a copy, whose original may still be used. */
export async function isCopiedFolder(path: string): Promise<boolean> {
  const folder = openFolder(path);
  await folder.look();
  return folder.copyId !== undefined;
}

/** Loads the class when it is first used, so that Node-RED starts faster. */
function openFolder(path: string): StateFolder {
  const { StateFolder: Folder } =
    require("../../src/store/state-folder") as typeof import("../../src/store/state-folder");
  return Folder.at(path);
}

/** As `openFolder`. */
function inFolder(path: string, store: FileStateStore): StateStore {
  const { StoreInFolder } =
    require("../../src/store/store-in-folder") as typeof import("../../src/store/store-in-folder");
  return new StoreInFolder(openFolder(path), store);
}

/** As `openFolder`. */
function fileStore(
  folder: string,
  nodeId: string,
  secret: string,
  former?: readonly string[],
): FileStateStore {
  const { FileStateStore: Store } =
    require("../../src/store/file-store") as typeof import("../../src/store/file-store");
  return new Store(join(folder, `${fileName(nodeId)}.state`), secret, former, nodeId);
}
