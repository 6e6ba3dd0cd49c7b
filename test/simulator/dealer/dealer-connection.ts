/** One client's connection to the dealer, from the upgrade to the end. */
import { randomBytes, randomUUID } from "node:crypto";
import type { RawData, WebSocket } from "ws";
import type { Account } from "../world/accounts";
import type { Backend } from "../backend";
import { garbage, type DealerGarbage } from "./dealer-garbage";
import {
  connectionIdMessage,
  PONG,
  pushedMessage,
  readClientMessage,
  requestMessage,
  type ClientMessage,
  type MessageOptions,
  type Payload,
} from "./dealer-messages";
import { noFaults, struck, strikes, type Faults } from "../faults";

/** What a device answers to a request. */
export interface Reply {
  success: boolean;
}

/** The most requests that may wait for their reply; beyond that, the oldest is given up. */
const MAX_WAITING = 1000;
const REPLY_TIMEOUT = 10_000;
/** A client is disconnected if more than this accumulates. */
const MAX_QUEUED_BYTES = 64 << 20;

// Read now, so that a test's fake clock does not stop the time-out that reports a missing event.
const realSetTimeout = setTimeout;
const realClearTimeout = clearTimeout;

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

export class DealerConnection {
  /** `Spotify-Connection-Id`. Real ones are also base64 of about 150 characters. */
  readonly id = connectionId();
  readonly account: Account;
  /** The client ID of the token. */
  readonly clientId: string;
  /** Whether it belongs to an official app. */
  readonly isOfficial: boolean;
  readonly #faults: Faults;
  readonly #socket: WebSocket;
  readonly #backend: Backend;
  readonly #waiting = new Map<string, Waiting>();

  constructor(
    socket: WebSocket,
    owner: { account: Account; clientId: string; isOfficial: boolean },
    backend: Backend,
    onClose: (connection: DealerConnection) => void,
  ) {
    this.#socket = socket;
    this.#backend = backend;
    this.account = owner.account;
    this.clientId = owner.clientId;
    this.isOfficial = owner.isOfficial;
    this.#faults = owner.isOfficial ? noFaults() : backend.faults;
    // A reset by the client is normal; "close" follows.
    socket.on("error", () => {});
    socket.on("message", (data, isBinary) => this.#distant(() => this.#receive(data, isBinary)));
    socket.on("close", () => {
      this.#giveUp("The device's dealer connection has closed");
      onClose(this);
    });
  }

  /** Sends the first message, or does what a fault demands. */
  open(): void {
    const faults = this.#faults;
    if (strikes(faults, "dealerDrop")) return this.drop();
    const code = struck(faults, "dealerClose");
    if (code !== undefined) return this.close(code);
    if (struck(faults, "dealerSilent", (what) => what === "connection-id") !== undefined) return;
    this.send(connectionIdMessage(this.id));
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  push(uri: string, payloads: readonly Payload[], options?: MessageOptions): void {
    this.send(pushedMessage(uri, payloads, options));
  }

  /**
   * Makes the device do something.
   * @param body JSON
   * @throws Error if no reply comes in `timeout` ms, or the connection closes before
   */
  request(ident: string, body: unknown, timeout = REPLY_TIMEOUT): Promise<Reply> {
    if (!this.isOpen) return Promise.reject(new Error("The device's dealer connection has closed"));
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined && this.#waiting.size >= MAX_WAITING) {
      this.#settle(oldest)?.reject(new Error("Too many requests wait for their reply"));
    }
    const key = randomBytes(12).toString("hex");
    return new Promise((resolve, reject) => {
      const timer = realSetTimeout(() => {
        this.#settle(key)?.reject(new Error(`The device did not reply in ${timeout} ms`));
      }, timeout);
      this.#waiting.set(key, { resolve, reject, timer });
      this.send(requestMessage(key, ident, body));
    });
  }

  /** Sends an invalid message. */
  sendGarbage(kind: DealerGarbage): void {
    this.#write(garbage(kind));
  }

  /** @param text the exact message: text, or bytes for a binary message */
  send(text: string | Buffer): void {
    const kind = struck(this.#faults, "dealerGarbage");
    if (kind !== undefined) this.sendGarbage(kind);
    this.#write(text);
  }

  /** A WebSocket close frame, and the client's answer to it. */
  close(code: number, reason = ""): void {
    this.#socket.close(code, reason);
  }

  /** RST, without a close frame. */
  drop(): void {
    // Only its own drop() gives access to the socket without a close frame.
    this.#socket.terminate();
  }

  #write(data: string | Buffer): void {
    this.#distant(() => {
      if (!this.isOpen) return;
      this.#backend.journal.stats.bytesOut += data.length;
      this.#socket.send(data);
      if (this.#socket.bufferedAmount > MAX_QUEUED_BYTES) this.drop();
    });
  }

  /** Runs half a round trip later; timers of the same length keep their order. */
  #distant(action: () => void): void {
    const { roundTrip } = this.#backend;
    if (roundTrip === 0) action();
    else setTimeout(action, roundTrip / 2).unref();
  }

  #receive(data: RawData, isBinary: boolean): void {
    const { journal } = this.#backend;
    // A Buffer, because of the binaryType.
    const text = (data as Buffer).toString("utf8");
    journal.stats.bytesIn += text.length;
    const message: ClientMessage = isBinary ? { type: "" } : readClientMessage(text);
    if (
      message.type === "ping" &&
      struck(this.#faults, "dealerSilent", (what) => what === "pong") === undefined
    ) {
      this.send(PONG);
    }
    if (message.type === "reply" && message.key !== undefined) {
      this.#settle(message.key)?.resolve({ success: message.success === true });
    }
    if (this.isOfficial) return;
    const record = { username: this.account.username, ...message, at: Date.now() };
    journal.record(journal.stats.dealerMessages, record);
    journal.happened("dealerMessage", record, this);
  }

  #settle(key: string): Waiting | undefined {
    const waiting = this.#waiting.get(key);
    realClearTimeout(waiting?.timer);
    this.#waiting.delete(key);
    return waiting;
  }

  #giveUp(why: string): void {
    for (const key of this.#waiting.keys()) this.#settle(key)?.reject(new Error(why));
  }
}

/**
 * Like real ones: base64 of a text like "724d6035-…+dealer+tcp://0ab15008.ip.gew4.spotify.net:5700+D84128B1…". The text
 * is such that its base64 has no "+" and no "/": librespot-java decodes the header as if it were part of a URL.
 */
function connectionId(): string {
  const server = `${randomBytes(4).toString("hex")}.ip.gew4.spotify.net:5700`;
  const secret = randomBytes(32).toString("hex").toUpperCase();
  return Buffer.from(`${randomUUID()}+dealer+tcp://${server}+${secret}`).toString("base64");
}
