/** The simulator, with the settings that make a Node-RED take it for Spotify. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Simulator, type Account, type SimulatorOptions } from "../test/simulator";
import { startControl } from "../test/simulator/control";
import { listenImpatiently } from "../test/simulator/phone/impatient-listener";
import { plainEnvironment } from "./node-red-process";

/** How long an item plays before it is skipped, ms. */
const PATIENCE = 25_000;

export interface SimulatedSpotify {
  simulator: Simulator;
  account: Account;
  /** For settings.js. */
  settings: Record<string, unknown>;
  /** For the process: with it, https://api.spotify.com is the simulator. */
  env: NodeJS.ProcessEnv;
  /** Starts the control interface, which serves the page of the account's phone too. */
  takeOrders(): Promise<{ url: string; close(): Promise<void> }>;
  /** Skips to the next item every 25 seconds. @returns a function that ends this */
  keepChanging(): () => void;
}

/** @param folder for the certificate of the authority that vouches for it */
export async function startSimulatedSpotify(
  folder: string,
  options: SimulatorOptions & { username?: string } = {},
): Promise<SimulatedSpotify> {
  const { username = "newcomer", ...simulation } = options;
  const simulator = await Simulator.start(simulation);
  // Pairing in the editor leads to the simulator's page, not to Spotify's.
  simulator.policy.verificationUri = `${simulator.endpoints.accounts}/pair`;
  try {
    await mkdir(folder, { recursive: true });
    const caFile = join(folder, "simulated-authority.pem");
    const { proxyUrl } = await simulator.startTlsFront({ caFile });
    const account = simulator.accounts.get(username) ?? simulator.addAccount({ username });
    return {
      simulator,
      account,
      takeOrders: () => startControl(simulator, {}, 0),
      keepChanging: () => listenImpatiently(account, PATIENCE),
      settings: {
        spotifySessionEndpoints: simulator.endpoints,
        spotifySessionAccessPointKey: simulator.accessPointKey,
      },
      env: {
        ...plainEnvironment(),
        https_proxy: proxyUrl,
        no_proxy: "127.0.0.1,localhost",
        NODE_EXTRA_CA_CERTS: caFile,
      },
    };
  } catch (error) {
    await simulator.close();
    throw error;
  }
}
