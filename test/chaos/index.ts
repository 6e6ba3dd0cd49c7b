/** The long form: `npm run chaos [-- --kills 200]`. Takes about a quarter of an hour. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packTarball } from "../../scripts/tarball";
import { installTarball } from "../../scripts/user-dir";
import { USER_DIR } from "../installed/installation";
import { Randomness } from "../support/randomness";
import { Chaos } from "./chaos";
import { table } from "./tally";

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { kills: { type: "string", default: "200" } } });
  const folder = await mkdtemp(join(tmpdir(), "spotify-chaos-"));
  try {
    process.env[USER_DIR] = join(folder, "user-dir");
    await installTarball(process.env[USER_DIR], await packTarball(folder));
    const begun = performance.now();
    const seconds = (): string => `${((performance.now() - begun) / 1000).toFixed(1)} s`.padStart(9);
    const tally = await Chaos.run({
      kills: Number(values.kills),
      outages: { killed: 20, paused: 4, full: 4 },
      random: new Randomness(),
      log: (line) => console.log(`${seconds()}  ${line}`),
    });
    console.log(`\n${table(tally)}`);
    const { reused, lost, keymaster, missing, resurrected, isAgreed } = tally;
    const isGood = reused.mistake + lost.mistake + missing + keymaster.twice + resurrected === 0 && isAgreed;
    process.exitCode = isGood ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

void main();
