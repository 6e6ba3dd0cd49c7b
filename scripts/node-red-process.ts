/** Node-RED as a process of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { lastLines } from "./command";
import { Waiting, type Limits } from "./waiting";

export interface NodeRedOptions {
  userDir: string;
  /** Its environment. Absent: `plainEnvironment()`. */
  env?: NodeJS.ProcessEnv;
  /** Which Node-RED: folder of the installed package `node-red`. Absent: the development dependency. */
  nodeRed?: string;
  /** Which Node.js: its executable. Absent: the one that runs this. */
  node?: string;
  signal?: AbortSignal | undefined;
  /** ms until it must have started its flows. */
  timeout?: number;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const START_TIMEOUT = 60_000;
/** Node-RED gives each node 15 s to close. */
const STOP_TIMEOUT = 20_000;
/** A process that runs for weeks: of what it says, the last is kept. */
const MAX_OUTPUT = 32 * 1024 * 1024;

export class NodeRedProcess {
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #waiting = new Waiting();
  #output = "";
  #exit: Exit | undefined;
  #url = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => this.#heard(text));
    }
    this.exited = new Promise((resolve) => {
      const ended = (exit: Exit): void => {
        this.#exit ??= exit;
        this.#waiting.changed();
        resolve(this.#exit);
      };
      child.on("error", (error) => {
        this.#heard(error.message);
        ended({ code: 1, signal: null });
      });
      // Not "exit": what it said last may still be on its way then.
      child.on("close", (code, signal) => ended({ code, signal }));
    });
  }

  /** @throws an Error that says why, where it ends or does not start its flows in time */
  static async start(options: NodeRedOptions): Promise<NodeRedProcess> {
    const { userDir, nodeRed = dependency(), node = process.execPath, signal } = options;
    const red = new NodeRedProcess(
      spawn(node, [join(nodeRed, "red.js"), "--userDir", userDir], {
        cwd: userDir,
        env: options.env ?? plainEnvironment(),
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      }),
    );
    try {
      const timeout = options.timeout ?? START_TIMEOUT;
      const [, url = ""] = await red.waitForOutput(/Server now running at (http\S+)/, { timeout, signal });
      red.#url = url.endsWith("/") ? url : `${url}/`;
      await red.waitForOutput(/Started flows/, { timeout, signal });
      return red;
    } catch (error) {
      await red.stop();
      const [busy] = /port in use/i.exec(red.output) ?? [];
      throw busy === undefined ? error : new Error("Another program listens on that port.", { cause: error });
    }
  }

  /** The editor's address, with a slash at the end. */
  get url(): string {
    return this.#url;
  }

  /** All that it has written to stdout and stderr. */
  get output(): string {
    return this.#output;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Waits until what it has written matches, from character `from` on. */
  async waitForOutput(
    pattern: RegExp,
    { from = 0, timeout = START_TIMEOUT, signal }: Partial<Limits> & { from?: number } = {},
  ): Promise<RegExpExecArray> {
    const find = (): RegExpExecArray | undefined => {
      const match = pattern.exec(from === 0 ? this.#output : this.#output.slice(from));
      if (match === null && this.#exit) throw new Error("Node-RED has ended.");
      return match ?? undefined;
    };
    try {
      return await this.#waiting.for(find, { timeout, signal });
    } catch (error) {
      const { message } = error as Error;
      throw new Error(
        `Node-RED did not say ${pattern}: ${message} The last it said:\n${lastLines(this.#output)}`,
        {
          cause: error,
        },
      );
    }
  }

  /** Asks it to end, and ends it where that does not help. */
  async stop(): Promise<Exit> {
    this.#child.kill("SIGTERM");
    const killer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_TIMEOUT);
    try {
      return await this.exited;
    } finally {
      clearTimeout(killer);
    }
  }

  #heard(text: string): void {
    this.#output = (this.#output + text).slice(-MAX_OUTPUT);
    this.#waiting.changed();
  }
}

function dependency(): string {
  return join(require.resolve("node-red/package.json"), "..");
}

/** This process's environment without proxies, which would lead requests elsewhere; npm's variables hold some too. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const isKept = ([name]: [string, string | undefined]): boolean =>
    !/^npm_|_proxy$|^NODE_RED_|^NODE_EXTRA_CA_CERTS$/i.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(isKept));
}
