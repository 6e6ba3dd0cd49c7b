import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import RED from "node-red";
import { Simulator } from "../simulator";
import { DIST } from "./library";
import { middle, number, perSecond, report } from "./measure";

const MESSAGES = 50_000;
/** How many messages are under way at once: a busy flow, but not so many that the garbage collector is measured. */
const IN_FLIGHT = 100;
const ROUNDS = 7;
const PLACE = { z: "tab", x: 100, y: 100 };
const CHANGE = [{ t: "set", p: "payload", pt: "msg", to: "changed", tot: "str" }];
const TOKEN = {
  session: "session",
  scopes: ["user-read-playback-state"],
  clientId: "best",
  source: "auto",
  emit: "input",
  authorizationHeader: true,
};

/** Parts of the API that Node-RED's typings leave out. */
interface NodeLookup {
  getNode(id: string): { receive(msg: object): void };
}

/** A node that counts the messages that arrive, in the same Node-RED. */
const COUNTER = `module.exports = (RED) => RED.nodes.registerType("bench-counter", function (config) {
  RED.nodes.createNode(this, config);
  this.on("input", (msg, send, done) => { globalThis.benchCounter?.(); done(); });
});`;

declare global {
  var benchCounter: (() => void) | undefined;
}

/** Messages per second through spotify-token, compared with core's change node, in turn in one Node-RED runtime. */
export async function benchMessages(): Promise<void> {
  const simulator = await Simulator.start();
  const userDir = mkdtempSync(join(tmpdir(), "spotify-session-bench-"));
  try {
    await startNodeRed(userDir, simulator);
    const rates: Record<"token" | "change", number[]> = { token: [], change: [] };
    for (let round = 0; round <= ROUNDS; round++) {
      for (const id of ["token", "change"] as const) {
        const rate = await throughput(id, round === 0 ? 1_000 : MESSAGES);
        if (round > 0) rates[id].push(rate);
      }
    }
    const [token, changed] = [middle(rates.token), middle(rates.change)];
    report(
      "messages per second through spotify-token",
      number(token),
      `core's change node: ${number(changed)}; ratio ${number(token / changed, 2)}`,
      token / changed >= 0.8,
    );
  } finally {
    await RED.stop();
    await simulator.close();
    rmSync(userDir, { recursive: true, force: true });
  }
}

async function startNodeRed(userDir: string, simulator: Simulator): Promise<void> {
  const counter = join(userDir, "counter");
  mkdirSync(counter);
  writeFileSync(join(counter, "counter.js"), COUNTER);
  writeFileSync(join(counter, "counter.html"), "");
  const flows = [
    { id: "tab", type: "tab", label: "bench" },
    { id: "session", type: "spotify-session", clientId: "", followClientId: true },
    { id: "token", type: "spotify-token", ...PLACE, ...TOKEN, wires: [["counter"]] },
    { id: "change", type: "change", ...PLACE, rules: CHANGE, wires: [["counter"]] },
    { id: "counter", type: "bench-counter", ...PLACE, wires: [] },
  ];
  const credentials = { session: { librespotCredentials: simulator.addAccount().credentialsJson } };
  writeFileSync(join(userDir, "flows.json"), JSON.stringify(flows));
  writeFileSync(join(userDir, "flows_cred.json"), JSON.stringify(credentials));
  const settings = {
    uiHost: "127.0.0.1",
    uiPort: 0,
    userDir,
    flowFile: "flows.json",
    credentialSecret: false,
    nodesDir: [join(DIST, "nodes"), counter],
    httpAdminRoot: false,
    httpNodeRoot: false,
    disableEditor: true,
    logging: { console: { level: "off" } },
    spotifySessionEndpoints: simulator.endpoints,
    spotifySessionAccessPointKey: simulator.accessPointKey,
  };
  RED.init(createServer(), settings as unknown as Parameters<typeof RED.init>[1]);
  const started = new Promise((resolve) => RED.events.once("flows:started", resolve));
  await RED.start();
  await started;
}

function throughput(id: string, count: number): Promise<number> {
  const source = (RED.nodes as unknown as NodeLookup).getNode(id);
  return new Promise((resolve) => {
    const started = performance.now();
    let received = 0;
    let sent = 0;
    const send = (): void => {
      if (sent < count) source.receive({ payload: sent++ });
    };
    globalThis.benchCounter = () => {
      if (++received === count) resolve(perSecond(count, performance.now() - started));
      else send();
    };
    for (let i = 0; i < IN_FLIGHT; i++) send();
  });
}
