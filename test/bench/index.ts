/** `npm run bench`: figures of the built package, each the median of several runs after a warm-up. */
import { benchCached } from "./cached";
import { benchClusters } from "./clusters";
import { benchColdStart } from "./cold-start";
import { benchCommands } from "./commands";
import { benchFirstToken } from "./first-token";
import { benchHashcash } from "./hashcash";
import { benchInstalledSize } from "./installed-size";
import { benchLoad } from "./load";
import { benchMessages } from "./messages";
import { benchNodeRedMemory } from "./node-red-memory";
import { benchNowPlaying } from "./now-playing";
import { benchSessions } from "./sessions";
import { benchSharedChange } from "./shared-change";

async function main(): Promise<void> {
  console.log(
    `Node ${process.version}, ${process.platform} ${process.arch}. Medians; everything on loopback.\n`,
  );
  await benchCached();
  await benchMessages();
  await benchNowPlaying();
  await benchClusters();
  await benchCommands();
  await benchColdStart();
  await benchFirstToken();
  await benchHashcash();
  await benchLoad();
  await benchNodeRedMemory();
  benchInstalledSize();
  await benchSharedChange();
  await benchSessions();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
