import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocketServer, type WebSocket } from "ws";
import { Simulator, type Account } from "../simulator";
import { CATALOGUE, type ItemEntry } from "../simulator/world/catalogue";
import { middle, number, report } from "./measure";
import type { Arrival, NowPlayingTask } from "./now-playing-child";

const PUSHES_PER_SECOND = 100;
const WARM_UP = 300;
const PUSHES = 1_000;
/** Longer than any push takes. */
const PATIENCE = 10_000;

/**
 * The time from a push to the messages of all now-playing nodes, at 100 pushes a second. The simulator runs in a process
 * of the bench, and sends text of the same length over a bare WebSocket to the same process.
 */
export async function benchNowPlaying(): Promise<void> {
  for (const nodes of [1, 50]) {
    const { toNode, toBare } = await measure(nodes);
    const median = middle(toNode);
    report(
      `push → message out of ${nodes} now-playing node${nodes === 1 ? "" : "s"}, median`,
      `${number(median, 2)} ms`,
      `bare WebSocket: ${number(middle(toBare), 2)} ms`,
      median - middle(toBare) < (nodes === 1 ? 5 : 20),
    );
    report(
      `  the slowest in a hundred`,
      `${number(percentile99(toNode), 2)} ms`,
      `bare WebSocket: ${number(percentile99(toBare), 2)} ms`,
    );
  }
}

function percentile99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)]!;
}

async function measure(nodes: number): Promise<{ toNode: number[]; toBare: number[] }> {
  const simulator = await Simulator.start();
  const userDir = mkdtempSync(join(tmpdir(), "spotify-session-bench-"));
  const bareServer = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(bareServer, "listening");
  const child = fork(join(__dirname, "now-playing-child.ts"), {
    execArgv: ["--require", "tsx/cjs"],
    cwd: join(__dirname, "..", ".."),
  });
  try {
    const account = simulator.addAccount();
    const bare = once(bareServer, "connection");
    const task: NowPlayingTask = {
      userDir,
      nodes,
      credentials: account.credentialsJson,
      endpoints: { ...simulator.endpoints },
      accessPointKey: simulator.accessPointKey,
      bare: `ws://127.0.0.1:${(bareServer.address() as AddressInfo).port}`,
    };
    child.send(task);
    const [socket] = (await bare) as [WebSocket];
    await until(() => simulator.clusterOf(account).members.length > 0);
    await push(WARM_UP, account, child, socket);
    return await push(PUSHES, account, child, socket);
  } finally {
    child.kill();
    bareServer.close();
    await simulator.close();
    rmSync(userDir, { recursive: true, force: true });
  }
}

/** Pushes tracks that were not pushed before, and waits until each has arrived. */
async function push(
  count: number,
  account: Account,
  child: ChildProcess,
  bare: WebSocket,
): Promise<{ toNode: number[]; toBare: number[] }> {
  const sent = new Map<string, number>();
  const took: Record<"node" | "bare", number[]> = { node: [], bare: [] };
  const listen = ({ kind, uri, at }: Arrival): void => {
    const since = sent.get(uri);
    if (kind !== "ready" && since !== undefined) took[kind].push(at - since);
  };
  child.on("message", listen);
  for (let i = 0; i < count; i++) {
    const item = newTrack();
    // Half an interval apart, so that neither delays the other.
    sent.set(item.uri, now());
    if (i % 2 === 0) account.playback.play({ item });
    else bare.send(JSON.stringify({ uri: item.uri, padding: PADDING }));
    // oxlint-disable-next-line no-await-in-loop
    await new Promise((resolve) => setTimeout(resolve, 500 / PUSHES_PER_SECOND));
  }
  await until(() => took.node.length + took.bare.length === count);
  child.off("message", listen);
  return { toNode: took.node, toBare: took.bare };
}

/** As long as a push is. */
const PADDING = "x".repeat(3_000);
let tracks = 0;

function newTrack(): ItemEntry {
  const [track] = CATALOGUE.tracks;
  return { ...track!, uri: `spotify:track:${String(++tracks).padStart(22, "0")}` };
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > PATIENCE) throw new Error("The pushes have not arrived.");
    // oxlint-disable-next-line no-await-in-loop
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
