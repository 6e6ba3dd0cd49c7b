/** An app's connection to Spotify: its dealer connection, and its registration at connect-state. */
import { once } from "node:events";
import { gunzipSync } from "node:zlib";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import WebSocket from "ws";
import {
  ClusterSchema,
  ClusterUpdateSchema,
  DeviceType,
  MemberType,
  PutStateRequestSchema,
  type Cluster,
  type PlayerState,
  type PutStateReason,
} from "../../../src/proto/gen/connect_pb";

export interface LineOptions {
  /** Base URLs. */
  dealer: string;
  spclient: string;
  accessToken: string;
  clientToken: string;
}

/** An app's data about itself. */
export interface AppDevice {
  deviceId: string;
  clientId: string;
  name: string;
  brand: string;
  model: string;
}

interface PushedMessage {
  uri?: string;
  headers?: Record<string, string>;
  payloads?: unknown[];
}

const CLUSTER_URI = "hm://connect-state/v1/cluster";
const PATIENCE = 10_000;

export class AppLine {
  readonly #options: LineOptions;
  readonly #device: AppDevice;
  readonly #socket: WebSocket;
  readonly #connectionId: string;
  #messageId = 0;
  #cluster: Cluster | undefined;

  private constructor(options: LineOptions, device: AppDevice, socket: WebSocket, connectionId: string) {
    this.#options = options;
    this.#device = device;
    this.#socket = socket;
    this.#connectionId = connectionId;
    socket.on("message", (data) => this.#receive(parseMessage(data)));
  }

  /** @throws Error if the dealer refuses it */
  static async open(options: LineOptions, device: AppDevice): Promise<AppLine> {
    const url = `${options.dealer}/?${new URLSearchParams({ access_token: options.accessToken }).toString()}`;
    const socket = new WebSocket(url, { perMessageDeflate: false });
    const [data] = await once(socket, "message");
    const connectionId = parseMessage(data as WebSocket.RawData).headers?.["Spotify-Connection-Id"] ?? "";
    // A reset does not matter to a test; the next caller gets an error.
    socket.on("error", () => {});
    return new AppLine(options, device, socket, connectionId);
  }

  /** The last cluster. */
  get cluster(): Cluster | undefined {
    return this.#cluster;
  }

  /** @returns the cluster. @throws Error if connect-state refuses it */
  async put(reason: PutStateReason, playerState?: PlayerState): Promise<Cluster> {
    const request = create(PutStateRequestSchema, {
      device: {
        deviceInfo: {
          ...this.#device,
          canPlay: true,
          volume: 0x8000,
          deviceType: DeviceType.SMARTPHONE,
          deviceSoftwareVersion: "Spotify/simulated",
          spircVersion: "3.2.6",
          capabilities: {
            canBePlayer: true,
            isControllable: true,
            isObservable: true,
            volumeSteps: 64,
            supportedTypes: ["audio/track", "audio/episode"],
            commandAcks: true,
            supportsGzipPushes: true,
            supportsTransferCommand: true,
            supportsCommandRequest: true,
          },
        },
        ...(playerState !== undefined && { playerState }),
      },
      memberType: MemberType.CONNECT_STATE,
      isActive: playerState !== undefined,
      putStateReason: reason,
      messageId: ++this.#messageId,
      clientSideTimestamp: BigInt(Date.now()),
    });
    const answer = await this.#ask("PUT", Buffer.from(toBinary(PutStateRequestSchema, request)));
    this.#cluster = fromBinary(ClusterSchema, answer);
    return this.#cluster;
  }

  /** Signs off and closes. */
  async leave(): Promise<void> {
    await this.#ask("DELETE");
    await this.close();
  }

  /** Closes without a goodbye, like a phone that has lost its network. */
  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, "close");
    this.#socket.terminate();
    await closed;
  }

  async #ask(method: string, body?: Buffer<ArrayBuffer>): Promise<Uint8Array> {
    const { spclient, accessToken, clientToken } = this.#options;
    const path = `/connect-state/v1/devices/${encodeURIComponent(this.#device.deviceId)}`;
    const response = await fetch(`${spclient}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${accessToken}`,
        "client-token": clientToken,
        "content-type": "application/protobuf",
        "x-spotify-connection-id": this.#connectionId,
        connection: "close",
      },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!response.ok) throw new Error(`connect-state answers ${response.status} to the official app`);
    return new Uint8Array(await response.arrayBuffer());
  }

  #receive({ uri, headers = {}, payloads = [] }: PushedMessage): void {
    const [payload] = payloads;
    if (uri !== CLUSTER_URI || typeof payload !== "string") return;
    const bytes = Buffer.from(payload, "base64");
    const update = fromBinary(
      ClusterUpdateSchema,
      headers["Transfer-Encoding"] === "gzip" ? gunzipSync(bytes) : bytes,
    );
    this.#cluster = update.cluster;
  }
}

function parseMessage(data: WebSocket.RawData): PushedMessage {
  return JSON.parse((data as Buffer).toString("utf8")) as PushedMessage;
}
