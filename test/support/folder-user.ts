/** A process that uses the folder in its argument. Its lock beats with each message; it exits when it has no work. */
import { FolderLock } from "../../src/store/folder-lock";

const lock = new FolderLock(process.argv[2]!, () => undefined);
const beat = async (): Promise<void> => {
  await lock.begin();
  process.send?.("beaten");
};
void beat();
if (process.channel) process.on("message", () => void beat());
