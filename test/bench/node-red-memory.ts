import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Simulator } from "../simulator";
import { DIST } from "./library";
import { median, number, report } from "./measure";

/** How many MiB one connected session with ten token nodes may add. */
const LIMIT = 14;
const RUNS = 5;

/** Starts Node-RED, waits until the account is connected and a token came out, and prints the resident memory in bytes. */
const SCRIPT = `
  const RED = require("node-red");
  const settings = JSON.parse(process.env.BENCH_SETTINGS);
  RED.init(require("node:http").createServer(), settings);
  const ready = async (account) => {
    while (account.session?.state !== "ready") await new Promise((resolve) => setTimeout(resolve, 20));
    await account.session.tokens.getToken(["user-read-playback-state"]);
  };
  RED.events.once("flows:started", async () => {
    const account = RED.nodes.getNode("session");
    if (account) await ready(account);
    await new Promise((resolve) => setTimeout(resolve, 500));
    gc(); gc();
    console.log("rss " + process.memoryUsage().rss);
    process.exit();
  });
  RED.start();`;

/** The memory that one connected session with ten token nodes adds to a whole Node-RED. */
export async function benchNodeRedMemory(): Promise<void> {
  const simulator = await Simulator.start();
  const account = simulator.addAccount();
  try {
    const without = await median(RUNS, () => memory(simulator, [], {}));
    const tokens = Array.from({ length: 10 }, (_, i) => ({
      id: `token${i}`,
      type: "spotify-token",
      z: "tab",
      session: "session",
      scopes: ["user-read-playback-state"],
      clientId: "best",
      emit: "auto",
      wires: [[]],
    }));
    const flows = [{ id: "session", type: "spotify-session", clientId: "" }, ...tokens];
    const credentials = { session: { librespotCredentials: account.credentialsJson } };
    const added = (await median(RUNS, () => memory(simulator, flows, credentials))) - without;
    report(
      "Node-RED with a session and ten token nodes, RSS",
      `+${number(added, 1)} MiB`,
      `Node-RED without: ${number(without, 1)} MiB; limit +${LIMIT}`,
      added <= LIMIT,
    );
  } finally {
    await simulator.close();
  }
}

/** MiB */
async function memory(simulator: Simulator, flows: readonly object[], credentials: object): Promise<number> {
  const userDir = mkdtempSync(join(tmpdir(), "spotify-session-bench-"));
  try {
    writeFileSync(join(userDir, "flows.json"), JSON.stringify([{ id: "tab", type: "tab" }, ...flows]));
    writeFileSync(join(userDir, "flows_cred.json"), JSON.stringify(credentials));
    const settings = {
      userDir,
      flowFile: "flows.json",
      credentialSecret: false,
      nodesDir: [join(DIST, "nodes")],
      httpAdminRoot: false,
      httpNodeRoot: false,
      logging: { console: { level: "off" } },
      spotifySessionEndpoints: simulator.endpoints,
      spotifySessionAccessPointKey: simulator.accessPointKey,
    };
    const env = { ...process.env, BENCH_SETTINGS: JSON.stringify(settings) };
    const child = spawn(process.execPath, ["--expose-gc", "-e", SCRIPT], { env, cwd: join(DIST, "..") });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    await new Promise((resolve) => child.once("exit", resolve));
    return Number(/rss (\d+)/.exec(output)?.[1]) / 2 ** 20;
  } finally {
    rmSync(userDir, { recursive: true, force: true });
  }
}
