/** A real Redis, or Valkey, with a separate port and folder, that can be killed, paused and filled. */
import { spawn, type ChildProcess } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "redis";
import { lastLines } from "../../scripts/command";
import { Waiting } from "../../scripts/waiting";
import { findProgram } from "./programs";

/** By name: the program, whose name both packages of Debian have. */
const PROGRAMS = { Redis: "redis-server", Valkey: "valkey-server" };
/** ms */
const START_TIMEOUT = 20_000;
const STOP_TIMEOUT = 10_000;
/**
 * The server comes back on its port, so it must not be a port that the system could give to another test meanwhile.
 * Linux chooses ports from 32768, other systems from 49152.
 */
const KEPT_PORTS = { from: 20_000, count: 12_000 };
const MAX_TRIES = 20;

/** The servers that can be tested on this machine, by name. If there is none, Redis is installed if possible. */
export function redisServers(): [name: string, program: string][] {
  const valkey = findProgram([PROGRAMS.Valkey]);
  const redis = findProgram([PROGRAMS.Redis], valkey === undefined ? PROGRAMS.Redis : undefined);
  return Object.entries({ Redis: redis, Valkey: valkey }).filter(
    (one): one is [string, string] => one[1] !== undefined,
  );
}

/** The first of them. @throws an Error that says what to install */
function redisProgram(): string {
  const [first] = redisServers();
  if (first) return first[1];
  throw new Error("These tests need a Redis server: install the package redis-server.");
}

/**
 * A describe block for tests that need a server. Without one it is skipped, and its title says why; the CI needs one.
 * @throws an Error in the CI, if there is none
 */
export function describeWithRedis(title: string, body: (this: Mocha.Suite) => void): void {
  if (redisServers().length > 0) {
    describe(title, body);
    return;
  }
  const missing = "needs redis-server: install the package redis-server";
  if (process.env["CI"]) throw new Error(`"${title}" ${missing}.`);
  describe.skip(`${title} (skipped: ${missing})`, body);
}

type Client = ReturnType<typeof connectionTo>;

export class RedisServer {
  readonly url: string;
  readonly #command: readonly [program: string, ...words: string[]];
  readonly #folder: string;
  readonly #waiting = new Waiting();
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #output = "";

  private constructor(program: string, folder: string, port: number, options: readonly string[]) {
    this.url = `redis://127.0.0.1:${port}`;
    this.#folder = folder;
    const place = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""];
    this.#command = [program, ...place, "--appendonly", "yes", "--appendfsync", "always", ...options];
    process.once("exit", this.#onExit);
  }

  /** @param options of the command line; these come after the usual ones, and replace them */
  static async start(program = redisProgram(), options: readonly string[] = []): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), "spotify-redis-"));
    for (let tries = 1; ; tries++) {
      const port = KEPT_PORTS.from + Math.floor(Math.random() * KEPT_PORTS.count);
      const server = new RedisServer(program, folder, port, options);
      try {
        await server.start();
        return server;
      } catch (error) {
        process.off("exit", server.#onExit);
        const isTaken = /Address already in use/i.test(server.#output);
        if (isTaken && tries < MAX_TRIES) continue;
        await server.close();
        throw error;
      }
    }
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Starts it again after `stop` or `kill`: on the same port, with its data. */
  async start(): Promise<void> {
    const [program, ...words] = this.#command;
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    this.#output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
        this.#waiting.changed();
      });
    }
    this.#exited = new Promise((resolve) => {
      const ended = (): void => {
        if (this.#child === child) this.#child = undefined;
        this.#waiting.changed();
        resolve();
      };
      child.on("error", ended);
      child.on("close", ended);
    });
    const isReady = (): true | undefined => {
      if (this.#child !== child) throw new Error(`Redis did not start:\n${lastLines(this.#output)}`);
      return /Ready to accept connections/.test(this.#output) || undefined;
    };
    await this.#waiting.for(isReady, { timeout: START_TIMEOUT });
  }

  /** Asks it to end: it saves its data, and says goodbye to its clients. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    // A paused server would not receive it.
    child.kill("SIGCONT");
    child.kill("SIGTERM");
    const killer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT);
    await this.#exited;
    clearTimeout(killer);
  }

  /** Ends it at once, like a power cut. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#exited;
  }

  /** Pauses it: it answers no client, and keeps its connections. */
  pause(): void {
    this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  /** Makes it refuse everything that needs more memory, until `freeMemory`. */
  async fillMemory(): Promise<void> {
    await this.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
    await this.command("CONFIG", "SET", "maxmemory", "1");
  }

  async freeMemory(): Promise<void> {
    await this.command("CONFIG", "SET", "maxmemory", "0");
  }

  /** All data on its disk, as text. */
  async files(): Promise<string> {
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const texts = files.map(({ parentPath, name }) => readFile(join(parentPath, name), "latin1"));
    return (await Promise.all(texts)).join("\n");
  }

  /** Copies its files elsewhere, like a backup. @returns the folder of the copy */
  async backup(): Promise<string> {
    const copy = `${this.#folder}.copy`;
    await rm(copy, { recursive: true, force: true });
    await cp(this.#folder, copy, { recursive: true });
    return copy;
  }

  /** Replaces its files while it does not run. @param copy of `backup`; undefined removes them */
  async restore(copy: string | undefined): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    if (copy === undefined) await mkdir(this.#folder);
    else await cp(copy, this.#folder, { recursive: true });
  }

  /** @throws the server's error, or an error if it does not answer */
  command(...words: [string, ...string[]]): Promise<unknown> {
    return this.ask((client) => client.sendCommand(words));
  }

  /** Sends a request on a separate connection. @throws the server's error, or an error if it does not answer */
  async ask<T>(question: (client: Client) => Promise<T>): Promise<T> {
    const client = connectionTo(this.url);
    // `connect` and the request reject with the same error.
    client.on("error", () => undefined);
    await client.connect();
    try {
      return await question(client);
    } finally {
      client.destroy();
    }
  }

  /** Ends it, and removes its data. */
  async close(): Promise<void> {
    await this.kill();
    process.off("exit", this.#onExit);
    await rm(this.#folder, { recursive: true, force: true });
    await rm(`${this.#folder}.copy`, { recursive: true, force: true });
  }

  readonly #onExit = (): void => void this.#child?.kill("SIGKILL");
}

function connectionTo(url: string) {
  return createClient({ url, socket: { reconnectStrategy: false } });
}
