/** The output of the token nodes of all Node-REDs. Their flows send it here over TCP, one line of JSON each. */
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Waiting } from "../../scripts/waiting";

/** A token that a node gave for the first time, or the error that it failed with. */
export interface Report {
  /** Name of the Node-RED. */
  from: string;
  source?: string;
  clientId?: string;
  accessToken?: string;
  /** Code of an error. */
  error?: string;
  /** ms of `performance.now` */
  at: number;
}

export class TokenReports {
  /** How many errors came, by code. */
  readonly errors = new Map<string, number>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Waiting();
  readonly #tokens = new Set<string>();
  /** The newest report of each Node-RED, source and client ID. */
  readonly #newest = new Map<string, Report>();
  /** When each error was last reported, by Node-RED and code. */
  readonly #failedAt = new Map<string, number>();

  private constructor() {
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async start(): Promise<TokenReports> {
    const reports = new TokenReports();
    await new Promise<void>((resolve) => reports.#server.listen(0, "127.0.0.1", resolve));
    return reports;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Whether a flow in any Node-RED received this token. */
  has(accessToken: string): boolean {
    return this.#tokens.has(accessToken);
  }

  /** The last token that this Node-RED gave. */
  newest(from: string, source: string, clientId: string): Report | undefined {
    return this.#newest.get(keyOf({ from, source, clientId }));
  }

  /** Waits for a token of this Node-RED that is newer than `after`. */
  async next(from: string, source: string, clientId: string, after = 0, timeout = 60_000): Promise<Report> {
    const find = (): Report | undefined => {
      const report = this.newest(from, source, clientId);
      return report !== undefined && report.at > after ? report : undefined;
    };
    try {
      return await this.#waiting.for(find, { timeout });
    } catch (cause) {
      throw new Error(`No token of ${source} for ${clientId} came from ${from}.`, { cause });
    }
  }

  /** Waits for an error with this code from this Node-RED that is newer than `after`. */
  async nextError(from: string, code: string, after: number, timeout = 60_000): Promise<void> {
    const find = (): true | undefined => (this.#failedAt.get(`${from} ${code}`) ?? 0) > after || undefined;
    await this.#waiting.for(find, { timeout });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    let rest = "";
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#heard(line);
      this.#waiting.changed();
    });
    // A client that was killed does not close its socket properly.
    socket.on("error", () => undefined);
    socket.on("close", () => this.#sockets.delete(socket));
  }

  #heard(line: string): void {
    const report: Report = { ...(JSON.parse(line) as Report), at: performance.now() };
    const { from, accessToken, error, at } = report;
    if (error !== undefined) {
      this.errors.set(error, (this.errors.get(error) ?? 0) + 1);
      this.#failedAt.set(`${from} ${error}`, at);
    }
    if (accessToken === undefined) return;
    this.#tokens.add(accessToken);
    this.#newest.set(keyOf(report), report);
  }
}

function keyOf({ from, source, clientId }: Pick<Report, "from" | "source" | "clientId">): string {
  return `${from} ${source} ${clientId}`;
}
