import { EventEmitter } from "node:events";
import type { RedisClientType } from "redis";
import { SpotifyError } from "../core/errors";
import { storeAway, type StateProblem } from "./problem";

/** ms until a connection is given up, and until a command is. */
const CONNECT_TIMEOUT = 5_000;
const COMMAND_TIMEOUT = 3_000;
/** An idle connection is checked this often, and closed if nothing has come for this long, ms. */
const PING_EVERY = 5_000;
const SILENT_FOR = 12_000;
/** The longest wait between two attempts to connect, ms. */
const LONGEST_PAUSE = 1_000;
/** Commands that wait for an answer. */
const MAX_QUEUE = 10_000;

/** A connection that is lost is not yet said to be away, ms: a server that restarts is back in a moment. */
const AWAY_AFTER = 5_000;

type Client = RedisClientType;

/**
 * One connection to a Redis or Valkey server, for all accounts of this process. It connects with the first user, and
 * closes with the last one. It goes on trying to connect for as long as there is a user.
 *
 * Emits `ready` each time the connection is there, and `problem` when `problem` may have changed.
 */
export class RedisLine extends EventEmitter<{ ready: []; problem: [] }> {
  /** Host and port, without the password. */
  readonly place: string;
  readonly #url: string;
  #client: Client | undefined;
  #users = 0;
  #problem: StateProblem | undefined;
  /** The last error of the connection; undefined while it is there. */
  #trouble: unknown;
  #lostTimer: NodeJS.Timeout | undefined;
  /** When the connection was there again after it was lost, ms of the monotonic clock. */
  backSince = -Infinity;

  /** @throws SpotifyError INVALID_ARGUMENT if it is not an address; the error does not quote it: it may hold a password */
  constructor(url: string) {
    super();
    // One listener for each account.
    this.setMaxListeners(0);
    if (!URL.canParse(url) || !["redis:", "rediss:"].includes(new URL(url).protocol)) {
      throw new SpotifyError(
        "INVALID_ARGUMENT",
        "The address of the shared store (spotifySessionStore in settings.js) has to look like redis://host:6379.",
      );
    }
    this.#url = url;
    const { hostname, port } = new URL(url);
    this.place = `${hostname}:${port || 6379}`;
  }

  /** That the server cannot be reached, while that is so. */
  get problem(): StateProblem | undefined {
    return this.#problem;
  }

  get isReady(): boolean {
    return this.#client?.isReady === true;
  }

  /** Begins to use the connection. @throws SpotifyError INVALID_ARGUMENT if the package `redis` is not installed */
  use(): void {
    this.#client ??= this.#connect();
    this.#users++;
  }

  /** Ends one use. Never rejects. */
  async leave(): Promise<void> {
    if (--this.#users > 0) return;
    const client = this.#client!;
    this.#client = undefined;
    clearTimeout(this.#lostTimer);
    this.#tell(undefined);
    await close(client);
  }

  /**
   * Runs a command.
   * @throws an error with a `code`: that of the operating system, the first word of the server's answer (`OOM`), or
   *   ETIMEDOUT. The command may have been carried out nevertheless.
   */
  async run<T>(command: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.#ready();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(coded("ETIMEDOUT")), COMMAND_TIMEOUT);
    });
    try {
      return await Promise.race([command(client), late]);
    } catch (error) {
      throw withCode(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves when there is a connection. @throws at once if there has been none for a while */
  #ready(): Promise<Client> {
    const client = this.#client;
    if (!client) return Promise.reject(coded("ECLOSED"));
    if (client.isReady) return Promise.resolve(client);
    if (this.#problem) return Promise.reject(withCode(this.#trouble));
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.off("ready", settle).off("problem", settle);
        if (client.isReady) resolve(client);
        else reject(withCode(this.#trouble ?? coded("ECLOSED")));
      };
      this.on("ready", settle).on("problem", settle);
    });
  }

  #connect(): Client {
    const client = createClient()({
      url: this.#url,
      name: "spotify-session",
      RESP: 3,
      pingInterval: PING_EVERY,
      disableOfflineQueue: true,
      commandsQueueMaxLength: MAX_QUEUE,
      socket: {
        connectTimeout: CONNECT_TIMEOUT,
        socketTimeout: SILENT_FOR,
        reconnectStrategy: (retries) =>
          Math.min(50 * 2 ** retries, LONGEST_PAUSE) * (0.5 + Math.random() / 2),
      },
    }) as Client;
    this.#wait();
    client.on("connect", () => {
      // The package finishes the attempt that is under way when it is closed, and would keep that connection.
      if (client !== this.#client) client.destroy();
    });
    client.on("ready", () => {
      if (this.#trouble !== undefined) this.backSince = performance.now();
      this.#trouble = undefined;
      clearTimeout(this.#lostTimer);
      this.#lostTimer = undefined;
      this.#tell(undefined);
      this.emit("ready");
    });
    client.on("error", (error: unknown) => {
      if (client !== this.#client) return;
      this.#trouble = error;
      if (!client.isReady) this.#wait();
    });
    client.connect().catch(() => undefined);
    return client;
  }

  /** Says that the server is away, if it is not back in a moment. */
  #wait(): void {
    this.#lostTimer ??= setTimeout(() => {
      this.#tell(storeAway(this.place, withCode(this.#trouble ?? coded("ETIMEDOUT"))));
    }, AWAY_AFTER);
    this.#lostTimer.unref();
  }

  #tell(problem: StateProblem | undefined): void {
    this.#problem = problem;
    // Those who wait for the connection of a closed line are told, too.
    this.emit("problem");
  }
}

/** The optional package is loaded with the first account that uses it. */
function createClient(): typeof import("redis").createClient {
  try {
    return (require("redis") as typeof import("redis")).createClient;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw cause;
    const message =
      "The shared store (spotifySessionStore in settings.js) needs the package redis: run npm install redis in " +
      "Node-RED's user directory.";
    throw new SpotifyError("INVALID_ARGUMENT", message);
  }
}

async function close(client: Client): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, COMMAND_TIMEOUT)));
  // Resolves when the answers to all commands are there.
  const closed = client.isReady ? client.close().catch(() => undefined) : Promise.resolve();
  await Promise.race([closed, late]);
  clearTimeout(timer);
  try {
    // Also if it still waits for answers, which `isOpen` does not tell.
    client.destroy();
  } catch {
    // Older versions of the package throw if it is closed.
  }
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** The error with a `code`, and without its message, which may quote what was sent. */
function withCode(error: unknown): Error {
  const { code, message, errors } = error as NodeJS.ErrnoException & { errors?: unknown[] };
  // A host with several addresses fails with one error for each.
  const first = errors?.[0] as NodeJS.ErrnoException | undefined;
  const known = code ?? first?.code ?? /^-?([A-Z]{2,})\b/.exec(message)?.[1];
  return coded(known ?? (/time/i.test(message) ? "ETIMEDOUT" : "ECONNRESET"));
}
