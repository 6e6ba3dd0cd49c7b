/**
 * A client's socket, with the distance to Spotify and the faults of the line: round-trip time,
 * slowness, dribbling. Bytes always keep their order.
 */
import type { Socket } from "node:net";
import { struck, type Faults } from "../faults";

/** A client is disconnected if more than this accumulates, in either direction. */
const MAX_QUEUED_BYTES = 8 << 20;

/** A reset discards data that the client has not read; the client has this long to read earlier data. */
const DROP_GRACE_MS = 20;

// Read now, so that a test's fake clock, which drives keep-alive, does not stop the line.
const nextTurn = setImmediate;
const realSetTimeout = setTimeout;
const realClearTimeout = clearTimeout;

interface Outgoing {
  bytes: Buffer;
  /** The time at which to write it. */
  due: number;
  /** Bytes of each segment; 0 means all in one. */
  segment: number;
  /** What to do to the socket when it is written. */
  afterwards: "end" | "drop" | undefined;
}

interface Incoming {
  bytes: Buffer;
  due: number;
}

export interface WireOptions {
  faults: Faults;
  /** Milliseconds. Half of it passes in each direction, and all of it once more for connecting. */
  roundTrip: number;
  /** The counter for bytes. */
  traffic: { bytesIn: number; bytesOut: number };
  onBytes(bytes: Buffer): void;
  onClose(): void;
}

export class Wire {
  readonly #socket: Socket;
  readonly #options: WireOptions;
  readonly #incoming: Incoming[] = [];
  readonly #outgoing: Outgoing[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  /** On loopback the client is connected at once; over a distance it would take at least this long. */
  readonly #connectedAt: number;
  #dropTimer: NodeJS.Timeout | undefined;
  #queuedBytes = 0;
  #writing = false;
  #ending = false;

  constructor(socket: Socket, options: WireOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#connectedAt = Date.now() + options.roundTrip;
    socket.setNoDelay(true);
    // A reset by the client is normal; "close" follows.
    socket.on("error", () => {});
    socket.on("data", (bytes) => this.#receive(bytes));
    socket.on("close", () => {
      for (const timer of this.#timers) clearTimeout(timer);
      realClearTimeout(this.#dropTimer);
      this.#timers.clear();
      options.onClose();
    });
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && !this.#ending;
  }

  write(bytes: Buffer, afterwards?: "end" | "drop"): void {
    if (!this.isOpen) return;
    const { faults, roundTrip } = this.#options;
    const delay = (struck(faults, "slow") ?? 0) + roundTrip / 2;
    const segment = struck(faults, "dribble") ?? 0;
    if (afterwards !== undefined) this.#ending = true;
    this.#outgoing.push({ bytes, due: Date.now() + delay, segment, afterwards });
    this.#queuedBytes += bytes.length;
    if (this.#queuedBytes + this.#socket.writableLength > MAX_QUEUED_BYTES) return this.drop();
    if (!this.#writing) this.#writeNext();
  }

  /** FIN, after what was written. */
  end(): void {
    this.write(Buffer.alloc(0), "end");
  }

  /** RST, now. */
  drop(): void {
    this.#ending = true;
    if (this.#socket.destroyed) return;
    // After our FIN, libuv refuses to reset: SO_LINGER and shutdown() cannot be combined.
    if (this.#socket.writableEnded) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  #receive(bytes: Buffer): void {
    this.#options.traffic.bytesIn += bytes.length;
    if (this.#options.roundTrip === 0) {
      if (this.isOpen) this.#options.onBytes(bytes);
      return;
    }
    const due = Math.max(Date.now(), this.#connectedAt) + this.#options.roundTrip / 2;
    this.#incoming.push({ bytes, due });
    this.#queuedBytes += bytes.length;
    if (this.#queuedBytes > MAX_QUEUED_BYTES) return this.drop();
    if (this.#incoming.length === 1) this.#readNext();
  }

  #readNext(): void {
    const next = this.#incoming[0];
    if (next === undefined) return;
    this.#at(next.due, () => {
      this.#queuedBytes -= next.bytes.length;
      if (this.isOpen) this.#options.onBytes(next.bytes);
      this.#incoming.shift();
      this.#readNext();
    });
  }

  #writeNext(): void {
    const next = this.#outgoing.shift();
    this.#writing = next !== undefined;
    if (next === undefined) return;
    this.#at(next.due, () => this.#writeSegments(next, 0));
  }

  #writeSegments(item: Outgoing, from: number): void {
    if (this.#socket.destroyed) return;
    const to = item.segment > 0 ? Math.min(from + item.segment, item.bytes.length) : item.bytes.length;
    const bytes = item.bytes.subarray(from, to);
    this.#options.traffic.bytesOut += bytes.length;
    this.#queuedBytes -= bytes.length;
    if (bytes.length > 0) this.#socket.write(bytes);
    if (to < item.bytes.length) {
      // Two turns, so that a client in this process can read between them.
      nextTurn(() => nextTurn(() => this.#writeSegments(item, to)));
    } else if (item.afterwards === "end") {
      this.#socket.end();
    } else if (item.afterwards === "drop") {
      this.#dropTimer = realSetTimeout(() => this.drop(), DROP_GRACE_MS).unref();
    } else {
      this.#writeNext();
    }
  }

  /** Without a delay, in the same turn, so that packets flow while a fake clock stands still. */
  #at(due: number, action: () => void): void {
    const delay = due - Date.now();
    if (delay <= 0) return action();
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delay);
    timer.unref();
    this.#timers.add(timer);
  }
}
