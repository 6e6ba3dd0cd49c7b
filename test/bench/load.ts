import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { DIST } from "./library";
import { median, number, report } from "./measure";

interface Loaded {
  ms: number;
  megabytes: number;
}

/**
 * The time and resident memory that the nodes add to a process that has loaded Node-RED: first without any
 * session in the flows, then with the modules that the first session loads.
 */
export async function benchLoad(): Promise<void> {
  const nodes = ["spotify-session", "spotify-token", "spotify-events", "spotify-now-playing"].map((type) =>
    join(DIST, "nodes", type, `${type}.js`),
  );
  await reportOn("loading the nodes", nodes, { ms: 5, megabytes: 1 });
  const first = [
    join(DIST, "nodes", "spotify-session", "session-node.js"),
    join(DIST, "nodes", "spotify-token", "token-node.js"),
    join(DIST, "nodes", "spotify-events", "events-node.js"),
    join(DIST, "nodes", "spotify-now-playing", "now-playing-node.js"),
  ];
  await reportOn("  and with the first session", [...nodes, ...first], { ms: 40, megabytes: 5 });
}

async function reportOn(what: string, files: readonly string[], limit: Loaded): Promise<void> {
  const ms = await median(5, () => load(files).ms);
  const megabytes = await median(5, () => load(files).megabytes);
  const idle = await median(5, () => load([]).megabytes);
  report(what, `${number(ms, 1)} ms`, `limit ${limit.ms}`, ms < limit.ms);
  report(
    `${what}, memory`,
    `${number(megabytes - idle, 1)} MB`,
    `a process that loads nothing: ${number(idle, 1)} MB; limit ${limit.megabytes}`,
    megabytes - idle < limit.megabytes,
  );
}

function load(files: readonly string[]): Loaded {
  const script = `
    require("node-red");
    gc(); gc();
    const before = process.memoryUsage().rss, started = performance.now();
    for (const file of ${JSON.stringify(files)}) require(file);
    const ms = performance.now() - started;
    gc(); gc();
    console.log(JSON.stringify({ ms, megabytes: (process.memoryUsage().rss - before) / 1e6 }));
    process.exit();`;
  const { stdout } = spawnSync(process.execPath, ["--expose-gc", "-e", script], {
    encoding: "utf8",
    cwd: join(DIST, ".."),
  });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Loaded;
}
