import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "redis";
import { findProgram } from "./programs";

/** The servers that can be tested on this machine, by name. */
export function redisServers(): [name: string, program: string][] {
  const redis = findProgram(["redis-server"], "redis-server");
  const valkey = findProgram(["valkey-server"]);
  return Object.entries({ Redis: redis, Valkey: valkey }).filter(
    (one): one is [string, string] => one[1] !== undefined,
  );
}

/** The first of them. @throws an Error that says what to install */
export function redisProgram(): string {
  const [first] = redisServers();
  if (first) return first[1];
  throw new Error("These tests need a Redis server: install the package redis-server.");
}

type Client = ReturnType<typeof connectionTo>;

/** A real server on a port of its own, which writes each change to its disk before it answers. */
export class RedisServer {
  #process: ChildProcess | undefined;
  readonly url: string;

  private constructor(
    private readonly program: string,
    private readonly folder: string,
    private readonly port: number,
    private readonly options: readonly string[],
  ) {
    this.url = `redis://127.0.0.1:${port}`;
  }

  /** @param options of the command line; these come after the usual ones, and replace them */
  static async start(program = redisProgram(), options: readonly string[] = []): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), "redis-"));
    const server = new RedisServer(program, folder, await freePort(), options);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const words = ["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.folder, "--save", ""];
    const lasting = ["--appendonly", "yes", "--appendfsync", "always", ...this.options];
    const child = spawn(this.program, [...words, ...lasting], { stdio: ["ignore", "pipe", "inherit"] });
    this.#process = child;
    await new Promise<void>((resolve, reject) => {
      let text = "";
      child.stdout.on("data", (part: Buffer) => {
        text += String(part);
        if (/ready to accept connections/i.test(text)) resolve();
      });
      child.once("exit", () => reject(new Error(`The Redis server did not start: ${text}`)));
    });
  }

  /** As a power cut does it, unless `signal` is another. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGCONT");
    child.kill(signal);
    await ended;
  }

  /** Answers nothing until `resume`, and keeps its connections. */
  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  /** Every key and every value, as text. */
  async dump(): Promise<string> {
    return this.ask(async (client) => {
      const keys = await client.keys("*");
      const values = keys.map(async (key) =>
        (await client.type(key)) === "hash" ? client.hGetAll(key) : client.get(key),
      );
      return JSON.stringify([keys, await Promise.all(values)]);
    });
  }

  async copyKey(from: string, to: string): Promise<void> {
    await this.ask((client) => client.copy(from, to));
  }

  /** Refuses all that needs memory, or takes it again. */
  async setFull(isFull: boolean): Promise<void> {
    const limit = isFull ? "1" : "0";
    await this.ask((client) => client.configSet({ maxmemory: limit, "maxmemory-policy": "noeviction" }));
  }

  /** Asks the server on a connection of its own. */
  async ask<T>(question: (client: Client) => Promise<T>): Promise<T> {
    const client = connectionTo(this.url);
    await client.connect();
    try {
      return await question(client);
    } finally {
      client.destroy();
    }
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

// The type of a client depends on its options.
// eslint-disable-next-line @typescript-eslint/explicit-function-return-type
function connectionTo(url: string) {
  return createClient({ url });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
