/**
 * The server's half of keep-alive: a ping at once, a pong ack for each pong, and the next ping 60 s after
 * the ack. Source: librespot core/src/session.rs (`KeepAliveState`). A client that does not answer a ping is given up.
 */
import { Command } from "./framing";

/** From a pong ack to the next ping. */
const PING_INTERVAL_MS = 60_000;
/** Clients answer a ping after 60 s. It is not published how long Spotify waits; here it is twice as long. */
const PATIENCE_MS = 120_000;

// Read now, because sockets do not know a test's fake clock.
const nextTurn = setImmediate;

export interface KeepAliveOptions {
  send(cmd: number, payload: Buffer): void;
  /** Faults: whether pings, or pong acks, are withheld at this moment. */
  isSilent(what: "pings" | "pong-acks"): boolean;
  /** Called when the client no longer answers. */
  giveUp(): void;
}

export class KeepAlive {
  readonly #options: KeepAliveOptions;
  #timer: NodeJS.Timeout | undefined;
  #patience: NodeJS.Timeout | undefined;

  constructor(options: KeepAliveOptions) {
    this.#options = options;
  }

  /** Contains the server's time in seconds. Source: librespot, `time_delta`. */
  ping(): void {
    if (this.#options.isSilent("pings")) return;
    const time = Buffer.alloc(4);
    time.writeUInt32BE(Math.floor(Date.now() / 1000) >>> 0);
    this.#options.send(Command.Ping, time);
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.#listenOnce(), PATIENCE_MS);
    this.#patience.unref();
  }

  pong(): void {
    this.stop();
    if (this.#options.isSilent("pong-acks")) return;
    this.#options.send(Command.PongAck, Buffer.alloc(4));
    this.#timer = setTimeout(() => this.ping(), PING_INTERVAL_MS);
    this.#timer.unref();
  }

  /** If a fake clock has moved far, the pong may be on its way, so data from the sockets is read first. */
  #listenOnce(): void {
    const { giveUp } = this.#options;
    const waited = this.#patience;
    nextTurn(() => nextTurn(() => waited === this.#patience && giveUp()));
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#patience);
    this.#timer = this.#patience = undefined;
  }
}
