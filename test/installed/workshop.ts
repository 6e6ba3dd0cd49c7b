/** A user directory with the package in it, a simulated Spotify, and Node-REDs that run on both. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EditorClient } from "../../scripts/editor-client";
import { NodeRedProcess, type Exit } from "../../scripts/node-red-process";
import { startSimulatedSpotify, type SimulatedSpotify } from "../../scripts/simulated-spotify";
import { writeFlows, writeSettings } from "../../scripts/user-dir";
import type { Simulator } from "../simulator";
import { copyInstallation } from "./installation";
import type { Installation, Runtime } from "./runtimes";

export class Workshop {
  readonly userDir: string;
  readonly spotify: SimulatedSpotify;
  /** The output of all its Node-REDs. */
  output = "";
  readonly #folder: string;
  readonly #installation: Installation;
  #red: NodeRedProcess | undefined;
  #editor: EditorClient | undefined;

  private constructor(
    folder: string,
    userDir: string,
    spotify: SimulatedSpotify,
    installation: Installation,
  ) {
    this.#folder = folder;
    this.userDir = userDir;
    this.spotify = spotify;
    this.#installation = installation;
  }

  static async open(runtime: Runtime): Promise<Workshop> {
    const installation = await runtime.prepare();
    const folder = await mkdtemp(join(tmpdir(), "spotify-installed-"));
    const userDir = join(folder, "user-dir");
    await copyInstallation(userDir);
    await writeFlows(userDir, []);
    return new Workshop(folder, userDir, await startSimulatedSpotify(folder), installation);
  }

  get simulator(): Simulator {
    return this.spotify.simulator;
  }

  get red(): NodeRedProcess {
    if (!this.#red) throw new Error("Node-RED is not running.");
    return this.#red;
  }

  get editor(): EditorClient {
    if (!this.#editor) throw new Error("Nobody is connected.");
    return this.#editor;
  }

  /** Starts Node-RED, without an editor. */
  async run(settings: Record<string, unknown> = {}): Promise<NodeRedProcess> {
    const logging = { console: { level: "trace", metrics: false, audit: true } };
    await writeSettings(this.userDir, { ...this.spotify.settings, logging, ...settings });
    this.#red = await NodeRedProcess.start({
      ...this.#installation,
      userDir: this.userDir,
      env: this.spotify.env,
    });
    return this.#red;
  }

  /** Starts Node-RED, and connects to it. */
  async start(settings: Record<string, unknown> = {}): Promise<EditorClient> {
    await this.run(settings);
    return this.connect();
  }

  /** Connects to the running Node-RED. @param token token of a logged-in user, if there are users */
  async connect(token?: string): Promise<EditorClient> {
    this.#editor = await EditorClient.connect(this.red.url, token);
    return this.#editor;
  }

  async stop(): Promise<Exit> {
    const { red } = this;
    this.#editor?.close();
    this.#editor = undefined;
    this.#red = undefined;
    const exit = await red.stop();
    this.output += red.output;
    return exit;
  }

  async close(): Promise<void> {
    if (this.#red) await this.stop();
    await this.spotify.simulator.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
