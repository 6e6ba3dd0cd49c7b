/** A minimal client of the dealer and connect-state: a device for the simulator's own tests. */
// oxlint-disable no-await-in-loop -- reading waits for one message after the other
import { once } from "node:events";
import { create, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import WebSocket from "ws";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import {
  MemberType,
  PutStateReason,
  PutStateRequestSchema,
  type PutStateRequest,
} from "../../../src/proto/gen/connect_pb";
import type { Account, Simulator } from "../index";

export type Message = Record<string, unknown> & { uri?: string; payloads?: unknown[] };
export type PutRequest = Exclude<MessageInitShape<typeof PutStateRequestSchema>, PutStateRequest>;

/** The status with which the dealer refuses an upgrade. */
export class Refused extends Error {
  readonly status: number;
  readonly retryAfter: string | undefined;

  constructor(status: number, retryAfter: string | undefined) {
    super(`The dealer refuses with ${status}`);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export class RawDevice {
  readonly token: string;
  readonly clientToken: string;
  readonly deviceId: string;
  readonly #simulator: Simulator;
  readonly #socket: WebSocket;
  readonly #messages: (string | Buffer)[] = [];
  #wake: () => void = () => {};
  /** The code with which the connection was closed. */
  closeCode: number | undefined;
  connectionId = "";

  private constructor(simulator: Simulator, url: string, token: string, deviceId: string) {
    this.#simulator = simulator;
    this.token = token;
    this.deviceId = deviceId;
    this.clientToken = simulator.clientTokens.grant(CLIENT_IDS.keymaster, deviceId, 3600).token;
    this.#socket = new WebSocket(url, {
      perMessageDeflate: false,
      maxPayload: 64 << 20,
    });
    this.#socket.on("message", (data, isBinary) => {
      const bytes = data as Buffer;
      this.#messages.push(isBinary ? bytes : bytes.toString("utf8"));
      this.#wake();
    });
    this.#socket.on("error", () => {});
    this.#socket.on("close", (code) => {
      this.closeCode = code;
      this.#wake();
    });
  }

  /** Connects, without waiting for a message. @throws Refused */
  static async connect(
    simulator: Simulator,
    account: Account,
    { token = login5Token(simulator, account), path = "/", deviceId = "d".repeat(40) } = {},
  ): Promise<RawDevice> {
    const url = `${simulator.endpoints.dealer}${path}?access_token=${encodeURIComponent(token)}`;
    const device = new RawDevice(simulator, url, token, deviceId);
    await new Promise<void>((resolve, reject) => {
      device.#socket.once("open", () => resolve());
      device.#socket.once("unexpected-response", (request, { statusCode = 0, headers }) => {
        request.destroy();
        reject(new Refused(statusCode, headers["retry-after"]));
      });
    });
    return device;
  }

  /** Connects, and reads its connection ID. */
  static async open(simulator: Simulator, account: Account, deviceId?: string): Promise<RawDevice> {
    const device = await RawDevice.connect(simulator, account, deviceId === undefined ? {} : { deviceId });
    const { headers } = await device.receive();
    device.connectionId = String(Object(headers)["Spotify-Connection-Id"]);
    return device;
  }

  send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** The next message as received: text, or bytes of a binary one. */
  async receiveRaw(): Promise<string | Buffer> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      if (this.closeCode !== undefined) throw new Error(`Closed with ${this.closeCode}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async receive(): Promise<Message> {
    return JSON.parse(String(await this.receiveRaw())) as Message;
  }

  /** Whether all received messages were read. Everything sent before the answer to a ping has arrived with it. */
  async isQuiet(): Promise<boolean> {
    this.send({ type: "ping" });
    return (await this.receive())["type"] === "pong";
  }

  async closed(): Promise<number> {
    while (this.closeCode === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.closeCode;
  }

  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, "close");
    this.#socket.terminate();
    await closed;
  }

  /** Any request to connect-state, with all required headers unless `headers` say otherwise. */
  ask(
    method: string,
    body?: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
    path = `/${this.deviceId}`,
  ): Promise<Response> {
    return fetch(`${this.#simulator.endpoints.spclient}/connect-state/v1/devices${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        "client-token": this.clientToken,
        "content-type": "application/protobuf",
        "x-spotify-connection-id": this.connectionId,
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
  }

  /** Registers as a device that apps see. */
  put(request: PutRequest = {}): Promise<Response> {
    return this.ask("PUT", registration(request));
  }

  /** Registers like the web player, hidden and with JSON. */
  observe(): Promise<Response> {
    const capabilities = { can_be_player: false, hidden: true, needs_full_player_state: true };
    const body = { member_type: "CONNECT_STATE", device: { device_info: { capabilities } } };
    const headers = { "content-type": "application/json" };
    return this.ask("PUT", JSON.stringify(body), headers, `/hobs_${this.deviceId}`);
  }
}

export function login5Token(simulator: Simulator, account: Account): string {
  return simulator.accounts.mintLogin5(account.username, CLIENT_IDS.keymaster).accessToken;
}

/** The bytes of a PutStateRequest. */
export function registration(request: PutRequest = {}): Uint8Array<ArrayBuffer> {
  const complete = create(PutStateRequestSchema, {
    memberType: MemberType.CONNECT_STATE,
    putStateReason: PutStateReason.NEW_DEVICE,
    device: { deviceInfo: { name: "Node-RED", clientId: CLIENT_IDS.keymaster, canPlay: true } },
    ...request,
  });
  return Buffer.from(toBinary(PutStateRequestSchema, complete));
}
