/** A minimal client that sends commands to an account's devices and shows no device, for the simulator's own tests. */
import { CLIENT_IDS } from "../../../src/core/knowledge";
import type { Account, Simulator } from "../index";
import { login5Token } from "./raw-device";

export interface RemoteAnswer {
  status: number;
  /** Empty if there is none. */
  body: Record<string, unknown>;
  headers: Headers;
}

export class RawRemote {
  readonly deviceId = "c".repeat(40);
  readonly #simulator: Simulator;
  readonly #headers: Record<string, string>;

  constructor(simulator: Simulator, account: Account) {
    this.#simulator = simulator;
    const clientToken = simulator.clientTokens.grant(CLIENT_IDS.keymaster, this.deviceId, 3600).token;
    this.#headers = {
      authorization: `Bearer ${login5Token(simulator, account)}`,
      "client-token": clientToken,
      "content-type": "application/json",
    };
  }

  /** @param fields fields besides the endpoint; the command has `logging_params` unless they say otherwise */
  command(to: string, endpoint: string, fields: object = {}): Promise<RemoteAnswer> {
    return this.send(to, { command: { endpoint, logging_params: {}, ...fields }, connection_type: "wlan" });
  }

  /** A whole body for the player of a device. */
  send(to: string, body: unknown, headers: Record<string, string> = {}): Promise<RemoteAnswer> {
    return this.ask("POST", `player/command/from/${this.deviceId}/to/${to}`, body, headers);
  }

  transfer(to: string, body: object = {}): Promise<RemoteAnswer> {
    return this.ask("POST", `connect/transfer/from/${this.deviceId}/to/${to}`, body);
  }

  /** @param volume 0 to 65,535, or the bytes of a SetVolumeCommand */
  volume(to: string, volume: unknown): Promise<RemoteAnswer> {
    const path = `connect/volume/from/${this.deviceId}/to/${to}`;
    return volume instanceof Uint8Array
      ? this.ask("PUT", path, volume, { "content-type": "application/x-protobuf" })
      : this.ask("PUT", path, { volume });
  }

  wake(): Promise<RemoteAnswer> {
    return this.ask("POST", "cluster/wake-devices", "");
  }

  /** @param body an object is sent as JSON @param headers an empty one is left out */
  async ask(
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<RemoteAnswer> {
    const isRaw = typeof body === "string" || body instanceof Uint8Array;
    const all = Object.entries({ ...this.#headers, ...headers }).filter(([, value]) => value !== "");
    const response = await fetch(`${this.#simulator.endpoints.spclient}/connect-state/v1/${path}`, {
      method,
      headers: Object.fromEntries(all),
      body: isRaw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    return {
      status: response.status,
      body: isJson ? Object(JSON.parse(text)) : {},
      headers: response.headers,
    };
  }
}
