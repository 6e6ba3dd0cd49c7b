/** A dealer under the control of its test, for cases in which the simulator behaves too well. */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { DealerConnection, type DealerListener } from "../../../src/dealer/connection";
import type { DealerMessage, DealerRequest } from "../../../src/dealer/message";
import type { SpotifyError } from "../../../src/core/errors";
import { started, type TestServer } from "../../support/wiretap";

export const TOKEN = "BQ-a-token-that-nobody-may-ever-read";

export interface RawDealer extends TestServer {
  /** URL with the token. */
  url: URL;
  /** Sends bytes to all clients, below the WebSocket layer. */
  write(bytes: Buffer): void;
}

/** @param onSocket receives each WebSocket @param onUpgrade receives each request for one, to answer it itself */
export async function rawDealer(
  onSocket: (socket: WebSocket) => void,
  onUpgrade?: (request: IncomingMessage, socket: Duplex) => void,
): Promise<RawDealer> {
  const http = createServer();
  const webSockets = new WebSocketServer({ noServer: true, autoPong: true });
  const sockets = new Set<Duplex>();
  http.on("upgrade", (request, socket, head) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    if (onUpgrade) return onUpgrade(request, socket);
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on("error", () => undefined);
      onSocket(webSocket);
    });
  });
  const server = await started(http, () => {
    http.closeAllConnections();
    for (const socket of sockets) socket.destroy();
  });
  return {
    ...server,
    url: new URL(`ws://${server.address}/?access_token=${TOKEN}`),
    write: (bytes) => {
      for (const socket of sockets) socket.write(bytes);
    },
  };
}

/** The first message of a dealer. */
export function naming(id: string): string {
  return JSON.stringify({
    type: "message",
    uri: `hm://pusher/v1/connections/${encodeURIComponent(id)}`,
    headers: { "Spotify-Connection-Id": id },
  });
}

export function message(uri: string, payloads: unknown[] = [], headers: object = {}): string {
  return JSON.stringify({ type: "message", uri, headers, payloads });
}

/** Keeps all that a connection receives. */
export class Heard implements DealerListener {
  readonly messages: DealerMessage[] = [];
  readonly requests: DealerRequest[] = [];
  readonly damages: SpotifyError[] = [];
  /** Handles each message. */
  work: (message: DealerMessage) => Promise<void> = () => Promise.resolve();

  async message(heard: DealerMessage): Promise<void> {
    await this.work(heard);
    this.messages.push(heard);
  }

  request(heard: DealerRequest): Promise<boolean> {
    this.requests.push(heard);
    return Promise.resolve(false);
  }

  damaged(error: SpotifyError): void {
    this.damages.push(error);
  }
}

export function open({ url }: RawDealer, heard: DealerListener): Promise<DealerConnection> {
  return DealerConnection.open(url, heard, new AbortController().signal);
}

/** The next text that a client sends. */
export async function nextText(socket: WebSocket): Promise<Record<string, unknown>> {
  const [data] = (await once(socket, "message")) as [Buffer];
  return JSON.parse(data.toString("utf8")) as Record<string, unknown>;
}
