/**
 * The server's half of keep-alive: a ping at once, a pong ack for each pong, and 60 s after the ack the next
 * ping. Source: librespot core/src/session.rs (`KeepAliveState`).
 */
import { Command } from "./framing";

/** From a pong ack to the next ping. */
const PING_INTERVAL_MS = 60_000;

export interface KeepAliveOptions {
  send(cmd: number, payload: Buffer): void;
  /** Faults: whether pings, or pong acks, are kept back at this moment. */
  isSilent(what: "pings" | "pong-acks"): boolean;
}

export class KeepAlive {
  readonly #options: KeepAliveOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: KeepAliveOptions) {
    this.#options = options;
  }

  /** Carries the server's time in seconds. Source: librespot, `time_delta`. */
  ping(): void {
    if (this.#options.isSilent("pings")) return;
    const time = Buffer.alloc(4);
    time.writeUInt32BE(Math.floor(Date.now() / 1000) >>> 0);
    this.#options.send(Command.Ping, time);
  }

  pong(): void {
    this.stop();
    if (this.#options.isSilent("pong-acks")) return;
    this.#options.send(Command.PongAck, Buffer.alloc(4));
    this.#timer = setTimeout(() => this.ping(), PING_INTERVAL_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
