/** Talks to a running Node-RED as its editor does: deploys flows, and hears what the debug panel shows. */
import { WebSocket } from "undici";
import type { FlowNode } from "./user-dir";
import { Waiting, type Limits } from "./waiting";

/** A line of the debug panel. */
export interface DebugMessage {
  /** Of the node that it comes from; absent where that is Node-RED itself. */
  id?: string;
  name?: string;
  /** The value; text as it is, everything else as parsed JSON. */
  value: unknown;
  /** Set where this is an error or a warning that no Catch node took. */
  problem?: Problem;
}

export interface Problem {
  message: string;
  code?: string;
}

export interface Status {
  fill?: string;
  shape?: string;
  text?: string;
}

export type DeployType = "full" | "nodes" | "flows" | "reload";

const TIMEOUT = 15_000;
/** What Node-RED logs as a warning or worse. */
const WARN = 30;

export class EditorClient {
  readonly debug: DebugMessage[] = [];
  /** The last status of each node, by the node's ID. */
  readonly statuses = new Map<string, Status>();
  readonly #url: string;
  readonly #token: string | undefined;
  readonly #socket: WebSocket;
  readonly #waiting = new Waiting();
  /** Revisions of the flows that were started, in that order. */
  readonly #started: string[] = [];
  /** Whether Node-RED has taken the token. */
  #isKnown = false;

  private constructor(url: string, token: string | undefined) {
    this.#url = url;
    this.#token = token;
    this.#socket = new WebSocket(new URL("comms", url.replace(/^http/, "ws")));
    this.#socket.addEventListener("message", ({ data }) => this.#heard(String(data)));
  }

  /** @param url the editor's, with a slash at the end @param token of a logged-in user, where there are users */
  static async connect(url: string, token?: string): Promise<EditorClient> {
    const client = new EditorClient(url, token);
    await new Promise<void>((resolve, reject) => {
      client.#socket.addEventListener("open", () => resolve());
      client.#socket.addEventListener("error", () => reject(new Error("Node-RED's editor does not answer.")));
    });
    if (token !== undefined) {
      client.#socket.send(JSON.stringify({ auth: token }));
      // What comes before Node-RED knows who it is from is lost.
      await client.#waiting.for(() => client.#isKnown || undefined, { timeout: TIMEOUT });
    }
    for (const topic of ["debug", "status/#", "notification/#"])
      client.#socket.send(JSON.stringify({ subscribe: topic }));
    return client;
  }

  /** Deploys these flows, with the credentials in them, and waits until they have been started. */
  async deploy(flows: readonly FlowNode[], type: DeployType = "full"): Promise<void> {
    const before = this.#started.length;
    const response = await this.request("flows", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "node-red-api-version": "v2",
        "node-red-deployment-type": type,
      },
      body: JSON.stringify({ flows }),
    });
    if (!response.ok) throw new Error(`Node-RED turned down the flows (HTTP ${response.status}).`);
    const { rev } = (await response.json()) as { rev: string };
    // The answer comes when the old ones were stopped.
    await this.#waiting.for(() => this.#started.slice(before).includes(rev) || undefined, {
      timeout: TIMEOUT,
    });
  }

  /** Presses the button of an inject node. */
  async press(nodeId: string): Promise<void> {
    const response = await this.request(`inject/${nodeId}`, { method: "POST" });
    if (!response.ok) throw new Error(`There is no button to press (HTTP ${response.status}).`);
  }

  /** A request to the admin API, as the logged-in user. */
  request(path: string, { headers, ...init }: RequestInit = {}): Promise<Response> {
    const all = new Headers(headers);
    if (this.#token !== undefined) all.set("authorization", `Bearer ${this.#token}`);
    return fetch(new URL(path, this.#url), { ...init, headers: all, signal: AbortSignal.timeout(TIMEOUT) });
  }

  /** Waits for the first message in the debug panel that `accepts` it, of those from number `from` on. */
  waitForDebug(
    accepts: (message: DebugMessage) => boolean,
    { from = 0, timeout = TIMEOUT, signal }: Partial<Limits> & { from?: number } = {},
  ): Promise<DebugMessage> {
    return this.#waiting.for(() => this.debug.slice(from).find(accepts), { timeout, signal });
  }

  /** Waits until a node's status is as `accepts` wants it. */
  waitForStatus(nodeId: string, accepts: (status: Status) => boolean): Promise<Status> {
    const find = (): Status | undefined => {
      const status = this.statuses.get(nodeId);
      return status !== undefined && accepts(status) ? status : undefined;
    };
    return this.#waiting.for(find, { timeout: TIMEOUT });
  }

  close(): void {
    this.#socket.close();
  }

  #heard(text: string): void {
    const parsed = JSON.parse(text) as Packet | Packet[];
    for (const { topic, data, auth } of Array.isArray(parsed) ? parsed : [parsed]) {
      if (auth === "ok") this.#isKnown = true;
      else if (topic === "debug" && data !== undefined) this.debug.push(toDebugMessage(data));
      else if (topic === "notification/runtime-deploy") this.#started.push(String(data?.["revision"]));
      else if (topic?.startsWith("status/") === true) {
        this.statuses.set(topic.slice("status/".length), data ?? {});
      }
    }
    this.#waiting.changed();
  }
}

interface Packet {
  topic?: string;
  auth?: string;
  data?: Record<string, unknown>;
}

/** Values of other types than text travel as JSON, with their type in `format`. */
function toDebugMessage({ id, name, msg, format, level }: Record<string, unknown>): DebugMessage {
  const isText = typeof format !== "string" || format.startsWith("string") || typeof msg !== "string";
  const value: unknown = isText ? msg : parseJson(msg);
  return {
    ...(typeof id === "string" && { id }),
    ...(typeof name === "string" && { name }),
    value,
    ...(typeof level === "number" && level <= WARN && { problem: toProblem(value) }),
  };
}

/** An error arrives wrapped: `{ __enc__, type: "error", data: { message, code, … } }`. */
function toProblem(value: unknown): Problem {
  const { message, code } = (value as { data?: Partial<Problem> } | null)?.data ?? {};
  return {
    message: message ?? (typeof value === "string" ? value : JSON.stringify(value)),
    ...(code !== undefined && { code }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
