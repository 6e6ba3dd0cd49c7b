/**
 * The simulator on its own, for programs in other processes.
 *
 * `tsx test/simulator/bin.ts [--port 0] [--access-points 1] [--round-trip 0] [--account NAME]… [--free]
 * [--keymaster allowed|refused|refused-once] [--login5 ok|refused] [--app REDIRECT_URI]… [--ca-file FILE]`
 *
 * `--port` is the control interface's. CONTROL/phone is a page to play and pause on; a phone takes over with
 * `curl -H 'content-type: application/json' -d '{"client":"android","via":"cluster"}' CONTROL/take-over`.
 * `--app` registers an app of the first account. With `--ca-file` it starts the TLS front too, and writes its authority's
 * certificate there. Prints one line of JSON, then serves until SIGINT or SIGTERM.
 */
import { parseArgs } from "node:util";
import type { Account, KeymasterMood, Login5Mood } from "./world/accounts";
import { startControl } from "./control";
import { Simulator, type Endpoints } from "./index";

/** The content of the line that it prints. */
export interface Announcement {
  /** For settings.js: `spotifySessionEndpoints`. */
  endpoints: Endpoints;
  /** For settings.js: `spotifySessionAccessPointKey`. */
  accessPointKey: string;
  /** Text of the first account's credentials.json. */
  credentials: string;
  accounts: { username: string; credentials: string; accessToken: string }[];
  /** The apps registered with `--app`. */
  apps: { clientId: string; redirectUris: readonly string[] }[];
  /** Base URL of the control interface. */
  control: string;
  /** For `https_proxy`, if there is a TLS front. */
  proxy?: string;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      "access-points": { type: "string", default: "1" },
      "round-trip": { type: "string", default: "0" },
      account: { type: "string", multiple: true },
      free: { type: "boolean", default: false },
      keymaster: { type: "string", default: "allowed" },
      login5: { type: "string", default: "ok" },
      app: { type: "string", multiple: true },
      "ca-file": { type: "string" },
    },
  });
  const simulator = await Simulator.start({
    accessPoints: wholeNumber("access-points", values["access-points"]),
    roundTrip: wholeNumber("round-trip", values["round-trip"]),
  });
  const keymaster = mood(values.keymaster);
  const login5 = login5Mood(values.login5);
  const names = values.account ?? ["listener1"];
  const accounts = names.map((username) =>
    simulator.addAccount({ username, premium: !values.free, keymaster, login5 }),
  );
  const apps = (values.app ?? []).map((uri) =>
    simulator.addApp({ redirectUris: [uri], ...(accounts[0] !== undefined && { owner: accounts[0] }) }),
  );

  const caFile = values["ca-file"];
  const front = caFile === undefined ? undefined : await simulator.startTlsFront({ caFile });
  const about = {
    endpoints: simulator.endpoints,
    accessPointKey: simulator.accessPointKey,
    credentials: accounts[0]?.credentialsJson ?? "",
    accounts: accounts.map(describe),
    apps: apps.map(({ clientId, redirectUris }) => ({ clientId, redirectUris })),
    ...(front !== undefined && { proxy: front.proxyUrl }),
  };
  const control = await startControl(simulator, about, wholeNumber("port", values.port));
  const announcement: Announcement = { ...about, control: control.url };

  let isClosing = false;
  const close = (): void => {
    if (isClosing) return;
    isClosing = true;
    // Nothing keeps the process alive after this, so it exits by itself, with status 0.
    Promise.all([control.close(), simulator.close()]).catch(fail);
  };
  process.on("SIGINT", close);
  process.on("SIGTERM", close);
  // A reader that goes away (`| head -1`) must not end the simulator.
  process.stdout.on("error", () => {});
  process.stdout.write(`${JSON.stringify(announcement)}\n`);
}

function describe(account: Account): Announcement["accounts"][number] {
  return {
    username: account.username,
    credentials: account.credentialsJson,
    accessToken: account.accessToken(),
  };
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new Error(`--${option} wants a whole number`);
  return Number(text);
}

function mood(text: string): KeymasterMood {
  if (text === "allowed" || text === "refused" || text === "refused-once") return text;
  throw new Error("--keymaster wants allowed, refused or refused-once");
}

function login5Mood(text: string): Login5Mood {
  if (text === "ok" || text === "refused") return text;
  throw new Error("--login5 wants ok or refused");
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  // Not exitCode, because parts that have been started would keep the process alive.
  process.exit(1);
}

main().catch(fail);
