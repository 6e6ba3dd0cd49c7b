/**
 * A real Node-RED with now-playing nodes, and a bare WebSocket that receives the same text. Tells its parent when
 * each arrives.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import RED from "node-red";
import { WebSocket } from "ws";
import { DIST } from "./library";

export interface NowPlayingTask {
  userDir: string;
  nodes: number;
  credentials: string;
  endpoints: Record<string, string>;
  accessPointKey: string;
  /** The URL of the bare WebSocket. */
  bare: string;
}

/** When a URI arrived, ms, by the clock that both processes share. */
export interface Arrival {
  kind: "node" | "bare" | "ready";
  uri: string;
  at: number;
}

declare global {
  var arrived: ((uri: unknown) => void) | undefined;
}

const ARRIVAL = `module.exports = (RED) => RED.nodes.registerType("bench-arrival", function (config) {
  RED.nodes.createNode(this, config);
  this.on("input", (msg, send, done) => { globalThis.arrived?.(msg.payload.uri); done(); });
});`;

function tell(kind: Arrival["kind"], uri = ""): void {
  process.send?.({ kind, uri, at: performance.timeOrigin + performance.now() } satisfies Arrival);
}

async function main(task: NowPlayingTask): Promise<void> {
  const { userDir, nodes } = task;
  const folder = join(userDir, "arrival");
  mkdirSync(folder);
  writeFileSync(join(folder, "arrival.js"), ARRIVAL);
  writeFileSync(join(folder, "arrival.html"), "");
  const nowPlaying = Array.from({ length: nodes }, (_, index) => ({
    id: `playing${index}`,
    type: "spotify-now-playing",
    z: "tab",
    session: "session",
    events: ["track"],
    atStart: false,
    tick: 0,
    wires: [["arrival"]],
  }));
  const flows = [
    { id: "tab", type: "tab", label: "bench" },
    { id: "session", type: "spotify-session", clientId: "", followClientId: true },
    ...nowPlaying,
    { id: "arrival", type: "bench-arrival", z: "tab", wires: [] },
  ];
  writeFileSync(join(userDir, "flows.json"), JSON.stringify(flows));
  const credentials = { session: { librespotCredentials: task.credentials } };
  writeFileSync(join(userDir, "flows_cred.json"), JSON.stringify(credentials));

  // The last node to send it reports the time at which all of them have.
  const counts = new Map<unknown, number>();
  globalThis.arrived = (uri) => {
    const count = (counts.get(uri) ?? 0) + 1;
    counts.set(uri, count);
    if (count < nodes) return;
    counts.delete(uri);
    tell("node", String(uri));
  };
  const bare = new WebSocket(task.bare);
  bare.on("message", (data: Buffer) => {
    const { uri } = JSON.parse(data.toString("utf8")) as { uri: string };
    tell("bare", uri);
  });
  const settings = {
    userDir,
    flowFile: "flows.json",
    credentialSecret: false,
    nodesDir: [join(DIST, "nodes"), folder],
    httpAdminRoot: false,
    httpNodeRoot: false,
    disableEditor: true,
    logging: { console: { level: "off" } },
    spotifySessionEndpoints: task.endpoints,
    spotifySessionAccessPointKey: task.accessPointKey,
  };
  RED.init(createServer(), settings as unknown as Parameters<typeof RED.init>[1]);
  await RED.start();
  tell("ready");
}

process.once("message", (task) => void main(task as NowPlayingTask));
process.once("disconnect", () => process.exit());
