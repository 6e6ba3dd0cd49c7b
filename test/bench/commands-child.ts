/** Pauses and resumes in turn, with the library and without it, and tells its parent how long each took. */
// oxlint-disable no-await-in-loop -- one command after another
import { Agent, request } from "node:http";
import WebSocket from "ws";
import { library } from "./library";

export interface CommandsTask {
  /** How many commands are measured in each way. */
  runs: number;
  credentials: string;
  endpoints: Record<string, string>;
  accessPointKey: string;
  /** The ID of the device that plays. */
  device: string;
  bare: { deviceId: string; token: string; clientToken: string };
}

/** ms */
export interface CommandsResult {
  ours: number[];
  bare: number[];
}

const WARM_UP = 40;

/** A device that asks for pushes, and sends commands, with nothing but a WebSocket and HTTP. */
class Bare {
  readonly #task: CommandsTask;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #onPush: (() => void) | undefined;

  constructor(task: CommandsTask) {
    this.#task = task;
  }

  async open(): Promise<void> {
    const { endpoints, bare } = this.#task;
    const socket = new WebSocket(`${endpoints["dealer"]}/?access_token=${encodeURIComponent(bare.token)}`);
    const connectionId = await new Promise<string>((resolve, reject) => {
      socket.on("error", reject);
      socket.on("message", (data: Buffer) => {
        const { uri = "", headers = {} } = JSON.parse(data.toString("utf8")) as {
          uri?: string;
          headers?: Record<string, string>;
        };
        const id = headers["Spotify-Connection-Id"];
        if (id !== undefined) resolve(id);
        if (uri.includes("/cluster")) this.#onPush?.();
      });
    });
    const capabilities = { can_be_player: false, hidden: true, needs_full_player_state: true };
    const body = { member_type: "CONNECT_STATE", device: { device_info: { capabilities } } };
    await this.#send("PUT", `devices/hobs_${bare.deviceId}`, body, {
      "x-spotify-connection-id": connectionId,
    });
  }

  /** Resolves when both the answer and the push have arrived. */
  async command(endpoint: "pause" | "resume"): Promise<void> {
    const { bare, device } = this.#task;
    const pushed = new Promise<void>((resolve) => (this.#onPush = resolve));
    const body = { command: { endpoint, logging_params: {} } };
    await Promise.all([
      this.#send("POST", `player/command/from/${bare.deviceId}/to/${device}`, body),
      pushed,
    ]);
    this.#onPush = undefined;
  }

  #send(method: string, path: string, body: object, more: Record<string, string> = {}): Promise<void> {
    const { endpoints, bare } = this.#task;
    const headers = {
      authorization: `Bearer ${bare.token}`,
      "client-token": bare.clientToken,
      "content-type": "application/json",
      "user-agent": "bench",
      ...more,
    };
    return new Promise((resolve, reject) => {
      const url = `${endpoints["spclient"]}/connect-state/v1/${path}`;
      const sent = request(url, { method, headers, agent: this.#agent }, (response) => {
        const { statusCode } = response;
        response.resume();
        response.on("end", () =>
          statusCode === 200 ? resolve() : reject(new Error(`${path}: HTTP ${statusCode}`)),
        );
      });
      sent.on("error", reject);
      sent.end(JSON.stringify(body));
    });
  }
}

async function main(task: CommandsTask): Promise<void> {
  const { Session } = library();
  const { credentials, endpoints, accessPointKey } = task;
  const session = new Session({ credentials, endpoints, accessPointKey });
  await session.connect();
  await session.player.refresh();
  const bare = new Bare(task);
  await bare.open();
  await session.player.resume();
  const took: CommandsResult = { ours: [], bare: [] };
  const measure = async (who: keyof CommandsResult, run: () => Promise<unknown>): Promise<void> => {
    const start = performance.now();
    await run();
    took[who].push(performance.now() - start);
    // What was pushed to the other client has arrived as well.
    await new Promise((resolve) => setTimeout(resolve, 15));
  };
  for (let i = 0; i < WARM_UP + task.runs; i += 2) {
    if (i === WARM_UP) took.ours = [];
    if (i === WARM_UP) took.bare = [];
    await measure("ours", () => session.player.pause());
    await measure("bare", () => bare.command("resume"));
    await measure("bare", () => bare.command("pause"));
    await measure("ours", () => session.player.resume());
  }
  process.send?.(took);
  await session.close();
}

process.once("message", (task) => void main(task as CommandsTask));
process.once("disconnect", () => process.exit());
