import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Simulator } from "../simulator";
import { CLIENT_IDS } from "../../src/core/knowledge";
import { signInWithApp } from "../support/own-app";
import { makeCertificate, startDistantTls } from "./distant-tls";
import type { FirstTokenTask } from "./first-token-child";
import { library } from "./library";
import { number, report } from "./measure";

const RUNS = 5;
const SCOPES = ["user-read-playback-state"];
const run = promisify(execFile);

/** The first token after a restart, with all state but a token, from OAuth and from Login5, over TLS 1.3. */
export async function benchFirstToken(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "spotify-bench-"));
  const simulator = await Simulator.start({ policy: { refreshRotation: "keep" } });
  try {
    const certificate = await makeCertificate();
    const caFile = join(folder, "ca.pem");
    writeFileSync(caFile, certificate.cert);
    const account = simulator.addAccount();
    const { MemoryStateStore, Session } = library();
    const store = new MemoryStateStore();
    const { endpoints, accessPointKey } = simulator;
    const credentials = account.credentialsJson;
    const session = new Session({ credentials, endpoints: { ...endpoints }, accessPointKey, state: store });
    await session.connect();
    const clientId = await signInWithApp(simulator, session, account, SCOPES);
    await session.tokens.getTokenWithClientId([], CLIENT_IDS.keymaster, { source: "login5" });
    await session.close();
    const state = (await store.load()) as object;

    const measure = async (source: "oauth" | "login5", roundTrip: number): Promise<number> => {
      const fronts = await Promise.all(
        (["accounts", "login5", "clientToken"] as const).map(async (name) => {
          const front = await startDistantTls(endpoints[name], certificate, roundTrip);
          return [name, front] as const;
        }),
      );
      const task: FirstTokenTask = {
        endpoints: {
          ...endpoints,
          ...Object.fromEntries(fronts.map(([name, { url }]) => [name, url])),
        },
        accessPointKey,
        credentials,
        state,
        scopes: source === "oauth" ? SCOPES : [],
        clientId: source === "oauth" ? clientId : CLIENT_IDS.keymaster,
        source,
        runs: RUNS,
      };
      const env = { ...process.env, NODE_EXTRA_CA_CERTS: caFile, FIRST_TOKEN_TASK: JSON.stringify(task) };
      try {
        const child = join(__dirname, "first-token-child.ts");
        const { stdout } = await run(process.execPath, ["--import", "tsx", child], { env });
        return Number(stdout);
      } finally {
        for (const [, front] of fronts) front.close();
      }
    };
    for (const source of ["oauth", "login5"] as const) {
      const fast = await measure(source, 20);
      const slow = await measure(source, 100);
      const trips = (slow - fast) / 80;
      report(
        `first token after a restart from ${source}, round trips`,
        number(trips, 2),
        `TCP, TLS 1.3, HTTP = 3 (${number(fast, 1)} ms at 20 ms, ${number(slow, 1)} ms at 100 ms)`,
        trips < 3.3,
      );
    }
  } finally {
    await simulator.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
