import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { CLIENT_IDS } from "../../src/core/knowledge";
import { Simulator } from "../simulator";
import { login5Token } from "../simulator/clients/raw-device";
import type { CommandsResult, CommandsTask } from "./commands-child";
import { middle, number, report } from "./measure";

const RUNS = 200;
/** The ID of the device that sends the bare requests. */
const BARE_DEVICE = "b".repeat(40);
/** How much time the library may add, ms. */
const OWN_TIME = 5;

/**
 * The time from a command to its confirmation, beside the same request without the library, from the same process: a bare POST,
 * and the push that follows it on a bare WebSocket. The simulator is in this process.
 */
export async function benchCommands(): Promise<void> {
  for (const roundTrip of [0, 20]) {
    // oxlint-disable-next-line no-await-in-loop
    const { ours, bare } = await measure(roundTrip);
    const took = middle(ours);
    report(
      `command → confirmed, at a round trip of ${roundTrip} ms`,
      `${number(took, 2)} ms`,
      `bare request and push: ${number(middle(bare), 2)} ms`,
      took - middle(bare) < OWN_TIME,
    );
  }
}

async function measure(roundTrip: number): Promise<CommandsResult> {
  const simulator = await Simulator.start({ roundTrip });
  const child = fork(join(__dirname, "commands-child.ts"), {
    execArgv: ["--require", "tsx/cjs"],
    cwd: join(__dirname, "..", ".."),
  });
  try {
    const account = simulator.addAccount();
    const task: CommandsTask = {
      runs: RUNS,
      credentials: account.credentialsJson,
      endpoints: { ...simulator.endpoints },
      accessPointKey: simulator.accessPointKey,
      device: account.playback.speaker.id,
      bare: {
        deviceId: BARE_DEVICE,
        token: login5Token(simulator, account),
        clientToken: simulator.clientTokens.grant(CLIENT_IDS.keymaster, BARE_DEVICE, 3600).token,
      },
    };
    child.send(task);
    const ended = once(child, "exit").then(() => {
      throw new Error("The process that sends commands ended.");
    });
    const [result] = (await Promise.race([once(child, "message"), ended])) as [CommandsResult];
    return result;
  } finally {
    child.kill();
    await simulator.close();
  }
}
