/**
 * Runs in the namespace: a Spotify at its real names for each client, and the client's driver.
 * Its argument is a file with a list of `Planned`. Each outcome is a line of JSON on stdout.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../scripts/command";
import { startControl } from "../simulator/control";
import { Simulator } from "../simulator";
import { CATALOGUE } from "../simulator/world/catalogue";
import type { Client, Driver } from "./clients";
import { drive, type Driven } from "./driving";
import type { Outcome } from "./outcome";
import { RealHosts } from "./real-hosts";

/** A client that has been downloaded. */
export interface Planned extends Pick<Client, "name" | "version" | "policy" | "meetsOurDevice"> {
  driver: Driver;
  /** The folder for its files. */
  folder: string;
}

/** The address for a browser's callback. Each client has a separate port, because the last port is not free at once. */
const REDIRECT_URI = "http://127.0.0.1/callback/";
const FIRST_PORT = 8123;
const OUR_DEVICE: Driver = {
  command: process.execPath,
  args: ["--import", "tsx", join(__dirname, "our-device.ts")],
};

async function main(): Promise<void> {
  const planned = JSON.parse(await readFile(process.argv[2]!, "utf8")) as Planned[];
  for (const [index, client] of planned.entries()) await tryOut(client, FIRST_PORT + index);
}

async function tryOut(client: Planned, port: number): Promise<void> {
  const { name, version, policy, meetsOurDevice, driver, folder } = client;
  const who = { client: name, version };
  const simulator = await Simulator.start(policy === undefined ? {} : { policy });
  let hosts: RealHosts | undefined;
  const control = await startControl(simulator, {}, 0);
  try {
    hosts = await RealHosts.start(simulator);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const env = await surroundings(simulator, hosts, { control: control.url, folder, port });
    const start = (program: Driver, log: string): Driven =>
      drive(program, who, { env, log: join(folder, log), report: say });
    const ours = meetsOurDevice ? start(OUR_DEVICE, "our-device.log") : undefined;
    await ours?.ready;
    await Promise.all([start(driver, "driver.log").ended, ours?.ended]);
  } finally {
    await Promise.all([hosts?.close(), control.close(), simulator.close()]);
  }
}

/** What a driver needs to know, and where its client finds the certificate authority to trust. */
async function surroundings(
  simulator: Simulator,
  hosts: RealHosts,
  { control, folder, port }: { control: string; folder: string; port: number },
): Promise<NodeJS.ProcessEnv> {
  const caFile = join(folder, "ca.pem");
  const trustStore = join(folder, "trusted.p12");
  await writeFile(caFile, hosts.ca);
  // Only Java has this tool, and only Java needs its file.
  const keytool = ["-importcert", "-noprompt", "-alias", "simulator", "-file", caFile];
  const store = ["-keystore", trustStore, "-storetype", "PKCS12", "-storepass", "changeit"];
  await run("keytool", [...keytool, ...store], { cwd: folder }).catch(() => undefined);

  const account = simulator.addAccount({ username: "listener1" });
  const app = simulator.addApp({ redirectUris: [REDIRECT_URI], owner: account });
  const [track, second] = CATALOGUE.tracks;
  const [album] = CATALOGUE.albums;
  const facts = {
    control,
    folder,
    username: account.username,
    credentials: JSON.parse(account.credentialsJson),
    accessPointKey: simulator.accessPointKey,
    clientId: app.clientId,
    port,
    deviceName: "Interop",
    devices: account.playback.devices.map(({ id, name }) => ({ id, name })),
    tracks: [track, second].map((item) => ({ uri: item?.uri, name: item?.name })),
    album: { uri: album?.uri, name: album?.name },
    playlist: { uri: CATALOGUE.dinner.uri, name: CATALOGUE.dinner.name },
  };
  const factsFile = join(folder, "facts.json");
  await writeFile(factsFile, JSON.stringify(facts));
  return {
    PATH: process.env["PATH"],
    HOME: folder,
    LANG: "C.UTF-8",
    INTEROP_FACTS: factsFile,
    PYTHONDONTWRITEBYTECODE: "1",
    SSL_CERT_FILE: caFile,
    REQUESTS_CA_BUNDLE: caFile,
    WEBSOCKET_CLIENT_CA_BUNDLE: caFile,
    NODE_EXTRA_CA_CERTS: caFile,
    JAVA_TOOL_OPTIONS: `-Djavax.net.ssl.trustStore=${trustStore} -Djavax.net.ssl.trustStorePassword=changeit`,
  };
}

function say(outcome: Outcome): void {
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}

// The drivers are in separate process groups, so Ctrl+C does not reach them: they end with this process.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(1));
main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
