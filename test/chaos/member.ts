/** One of the Node-REDs that share an account: a user directory, a relay to Spotify, and a process to kill. */
import { appendFile, copyFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "../../scripts/docs";
import { NodeRedProcess } from "../../scripts/node-red-process";
import { writeFlows, writeSettings } from "../../scripts/user-dir";
import { AdminClient } from "../installed/admin-client";
import { copyInstallation } from "../installed/installation";
import { AccountsRelay } from "./accounts-relay";
import { NAME, type HouseholdFlow } from "./flow";

/** What all members have in common. */
export interface MemberOptions {
  /** Base URL of Spotify's accounts service. */
  accounts: string;
  /** For settings.js, as JSON. */
  settings: Record<string, unknown>;
  env: NodeJS.ProcessEnv;
  flow: HouseholdFlow;
  store: { url: string; secret: string };
}

/** Nodes that come with Node-RED, take long to load, and are not used in any flow here. */
const UNUSED_NODES = [
  ["05-tls.js", "06-httpproxy.js", "10-mqtt.js", "21-httpin.js", "21-httprequest.js", "22-websocket.js"],
  ["32-udp.js", "90-exec.js", "10-file.js", "23-watch.js", "16-range.js", "17-split.js", "18-sort.js"],
  ["19-batch.js", "70-CSV.js", "70-HTML.js", "70-JSON.js", "70-XML.js", "70-YAML.js", "80-template.js"],
].flat();

export class Member {
  readonly name: string;
  readonly relay: AccountsRelay;
  readonly #userDir: string;
  readonly #env: NodeJS.ProcessEnv;
  #red: NodeRedProcess | undefined;
  /** What earlier processes have printed. */
  #said = "";

  private constructor(name: string, relay: AccountsRelay, userDir: string, env: NodeJS.ProcessEnv) {
    this.name = name;
    this.relay = relay;
    this.#userDir = userDir;
    this.#env = { ...env, [NAME]: name };
  }

  /** Creates its user directory, and starts nothing. @param own further settings for this Node-RED only */
  static async make(
    name: string,
    userDir: string,
    { accounts, settings, env, flow, store }: MemberOptions,
    own: Record<string, unknown> = {},
  ): Promise<Member> {
    const relay = await AccountsRelay.start(name, accounts);
    await copyInstallation(userDir);
    // As `npm install redis` would do in the user directory.
    const redis = dirname(require.resolve("redis/package.json"));
    await symlink(redis, join(userDir, "node_modules", "redis"), "dir");
    const endpoints = { ...(settings["spotifySessionEndpoints"] as object), accounts: relay.url };
    await writeSettings(userDir, {
      ...settings,
      nodesExcludes: UNUSED_NODES,
      ...own,
      spotifySessionEndpoints: endpoints,
    });
    // The settings from the documentation, unchanged.
    await copyFile(join(root, "docs", "many-instances", "settings.js"), join(userDir, "documented.js"));
    const take = `const { spotifySessionStore, credentialSecret } = require("./documented.js");
Object.assign(module.exports, { spotifySessionStore, credentialSecret });
`;
    await appendFile(join(userDir, "settings.js"), take);
    await writeFlows(userDir, flow.nodes);
    await writeFile(join(userDir, "flows_cred.json"), JSON.stringify(flow.credentials), { mode: 0o600 });
    const documented = { SPOTIFY_STORE: store.url, CREDENTIAL_SECRET: store.secret };
    return new Member(name, relay, userDir, { ...env, ...documented });
  }

  get isRunning(): boolean {
    return this.#red !== undefined;
  }

  get url(): string {
    if (!this.#red) throw new Error(`${this.name} is not running.`);
    return this.#red.url;
  }

  /** A browser in its editor. */
  get admin(): AdminClient {
    return new AdminClient(this.url);
  }

  /** All that its processes have printed. */
  get output(): string {
    return this.#said + (this.#red?.output ?? "");
  }

  async start(): Promise<void> {
    this.#red = await NodeRedProcess.start({ userDir: this.#userDir, env: this.#env });
  }

  /** Ends the process at once, like a power cut. Resolves when the process is gone. */
  async kill(): Promise<void> {
    const red = this.#taken();
    if (red.pid !== undefined) process.kill(red.pid, "SIGKILL");
    await red.exited;
    this.#said += red.output;
  }

  async close(): Promise<void> {
    if (this.#red) {
      const red = this.#taken();
      await red.stop();
      this.#said += red.output;
    }
    await this.relay.close();
  }

  #taken(): NodeRedProcess {
    const red = this.#red;
    if (!red) throw new Error(`${this.name} is not running.`);
    this.#red = undefined;
    return red;
  }
}
