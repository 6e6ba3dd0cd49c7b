/** The simulator as a Node-RED sees it that takes it for Spotify. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Simulator, type Account, type SimulatorOptions } from "../test/simulator";
import { startControl } from "../test/simulator/control";
import { listenImpatiently } from "../test/simulator/phone/impatient-listener";
import { plainEnvironment } from "./node-red-process";

/** ms that an item plays before somebody skips it. */
const PATIENCE = 25_000;

export interface SimulatedSpotify {
  simulator: Simulator;
  account: Account;
  /** For settings.js. */
  settings: Record<string, unknown>;
  /** For the process: with it, https://api.spotify.com is the simulator. */
  env: NodeJS.ProcessEnv;
  /** Begins to take orders over HTTP, from the page of the account's phone among others. @returns where */
  takeOrders(): Promise<{ url: string; close(): Promise<void> }>;
  /** From now on the account's music changes by itself, every 25 seconds. @returns ends that */
  keepChanging(): () => void;
}

/** @param folder for the certificate of the authority that vouches for it */
export async function startSimulatedSpotify(
  folder: string,
  options: SimulatorOptions & { username?: string } = {},
): Promise<SimulatedSpotify> {
  const { username = "newcomer", ...simulation } = options;
  const simulator = await Simulator.start(simulation);
  // Whoever pairs in the editor is to find the simulator's page, not Spotify's.
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
