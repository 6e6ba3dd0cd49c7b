/** A process that uses the folder in its argument: its lock beats with each message, and it ends when nothing is left to do. */
import { FolderLock } from "../../src/store/folder-lock";

const lock = new FolderLock(process.argv[2]!, () => undefined);
const beat = async (): Promise<void> => {
  await lock.begin();
  process.send?.("beaten");
};
void beat();
if (process.channel) process.on("message", () => void beat());
