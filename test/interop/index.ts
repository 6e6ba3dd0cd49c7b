/**
 * `npm run interop [-- NAME…]`: drives the simulator with published clients of other projects, at Spotify's real host
 * names. NAME is a part of a client's name; without one, all are tried. They are downloaded into .cache/interop/ the first
 * time.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CLIENTS, type Client } from "./clients";
import type { Planned } from "./inside";
import { inNamespace, whyNoNamespace } from "./namespace";
import { tryOidcProvider } from "./oidc-provider";
import { exitCode, table, type Outcome } from "./outcome";
import { Missing } from "./toolchain";

const FOLDER = join(__dirname, "..", "..", ".cache", "interop");

async function main(): Promise<void> {
  const wanted = process.argv.slice(2).map((name) => name.toLowerCase());
  const isWanted = (name: string): boolean =>
    wanted.length === 0 || wanted.some((part) => name.toLowerCase().includes(part));
  await mkdir(FOLDER, { recursive: true });
  await rm(join(FOLDER, "oidc-provider.json"), { force: true });

  const outcomes: Outcome[] = [];
  const report = (outcome: Outcome): void => {
    outcomes.push(outcome);
    console.log(`${outcome.result.padEnd(7)}  ${outcome.client}: ${outcome.step}`);
  };
  await tryClients(
    CLIENTS.filter(({ name }) => isWanted(name)),
    report,
  );
  if (isWanted("oidc-provider")) for (const outcome of await tryOidcProvider()) report(outcome);
  console.log(`\n${table(outcomes)}`);
  process.exitCode = exitCode(outcomes);
}

async function tryClients(clients: readonly Client[], report: (outcome: Outcome) => void): Promise<void> {
  const skip = ({ name, version }: Client, problem: string): void =>
    report({ client: name, version, step: "everything", result: "skipped", problem });
  const obstacle = await whyNoNamespace(FOLDER);
  if (obstacle !== undefined) return clients.forEach((client) => skip(client, obstacle));

  const planned: Planned[] = [];
  for (const client of clients) {
    const { name, version, policy, meetsOurDevice } = client;
    const folder = join(FOLDER, name.replace(/\W+/g, "-").replace(/-$/, ""));
    try {
      console.log(`getting  ${name} ${version}`);
      const driver = await client.prepare(folder);
      const options = { ...(policy && { policy }), ...(meetsOurDevice && { meetsOurDevice }) };
      planned.push({ name, version, ...options, driver, folder: join(folder, "run") });
    } catch (error) {
      if (error instanceof Missing) skip(client, error.message);
      else report({ client: name, version, step: "start", result: "failed", problem: String(error) });
    }
  }
  if (planned.length === 0) return;

  const plan = join(FOLDER, "plan.json");
  await writeFile(plan, JSON.stringify(planned));
  const program = [process.execPath, "--import", "tsx", join(__dirname, "inside.ts"), plan];
  await inNamespace(FOLDER, program, (line) => report(JSON.parse(line) as Outcome));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
