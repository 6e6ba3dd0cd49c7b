import type { WebSocket } from "ws";
import { SpotifyError } from "../core/errors";
import { Serial } from "../async/serial";
import { readDealerText, type DealerMessage, type DealerRequest } from "./message";
import { openWebSocket } from "./web-socket";

/** ms. Source: go-librespot dealer/dealer.go. */
const PING_INTERVAL = 30_000;
const PONG_LIMIT = 10_000;
/** How long the server may take to name the connection, ms. */
const OPENING_LIMIT = 15_000;
/** The most text that waits to be handled, in bytes. Above this, the socket is paused. */
const MOST_WAITING = 256 << 10;
/** The memory of a waiting message beyond its text, in bytes. */
const MESSAGE_BYTES = 512;
/** The most replies that wait for a server that does not read them, in bytes. */
const MAX_UNSENT_BYTES = 1 << 20;
const MAX_CONNECTION_ID = 4096;
const CONNECTION_URI = "hm://pusher/v1/connections/";

export interface DealerListener {
  /** A message. The next one waits until this resolves. */
  message(message: DealerMessage): Promise<void>;
  /** A request. @returns whether this device has done it */
  request(request: DealerRequest): Promise<boolean>;
  /** A message cannot be read. The connection goes on. */
  damaged(error: SpotifyError): void;
}

/**
 * One WebSocket to a dealer, from its opening to its end. Messages are handled one after another, in the order in
 * which they came.
 *
 * Source: librespot core/src/dealer/mod.rs.
 */
export class DealerConnection {
  /** The ID by which connect-state knows this connection. Rejects if the connection ends without one. */
  readonly id: Promise<string>;
  /** Resolves with the reason when the connection has ended. */
  readonly closed: Promise<SpotifyError>;
  readonly #socket: WebSocket;
  readonly #listener: DealerListener;
  #named!: (id: string) => void;
  #unnamed!: (error: SpotifyError) => void;
  #end!: (reason: SpotifyError) => void;
  #isOver = false;
  /** Text that waits to be handled, in bytes. */
  #waiting = 0;
  readonly #work = new Serial();
  #pinging: NodeJS.Timeout | undefined;
  #lastReceived = performance.now();

  private constructor(socket: WebSocket, listener: DealerListener) {
    this.#socket = socket;
    this.#listener = listener;
    this.id = new Promise((resolve, reject) => {
      this.#named = resolve;
      this.#unnamed = reject;
    });
    this.id.catch(() => undefined);
    this.closed = new Promise((resolve) => (this.#end = resolve));
    const opening = setTimeout(
      () => this.close(new SpotifyError("TIMEOUT", "Spotify's dealer gave the connection no ID in time.")),
      OPENING_LIMIT,
    );
    void this.id.catch(() => undefined).finally(() => clearTimeout(opening));
    socket.on("message", (data, isBinary) => this.#receive(data as Buffer, isBinary));
    socket.on("ping", (data) => this.#write(() => socket.pong(data, true, () => undefined)));
    socket.on("close", (code) =>
      this.close(new SpotifyError("UNREACHABLE", `Spotify's dealer closed the connection (${code}).`)),
    );
    socket.on("error", (error: NodeJS.ErrnoException) => this.#onError(error));
    this.#planPing();
    socket.resume();
  }

  /**
   * @param url with the token in its query
   * @throws SpotifyError as `openWebSocket`
   */
  static async open(url: URL, listener: DealerListener, signal: AbortSignal): Promise<DealerConnection> {
    return new DealerConnection(await openWebSocket(url, signal), listener);
  }

  /** Ends the connection. The listener is told nothing more. */
  close(reason: SpotifyError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#pinging);
    this.#socket.removeAllListeners("message");
    this.#socket.terminate();
    this.#unnamed(reason);
    this.#end(reason);
  }

  #receive(data: Buffer, isBinary: boolean): void {
    this.#lastReceived = performance.now();
    const size = data.length + MESSAGE_BYTES;
    this.#waiting += size;
    if (this.#waiting > MOST_WAITING) this.#socket.pause();
    void this.#work.run(async () => {
      try {
        if (!this.#isOver) await this.#read(data, isBinary);
      } catch (error) {
        const damaged = error instanceof SpotifyError && error.code === "PROTOCOL_ERROR";
        if (damaged) this.#listener.damaged(error);
      }
      this.#waiting -= size;
      if (this.#waiting <= MOST_WAITING && this.#socket.isPaused && !this.#isOver) this.#socket.resume();
    });
  }

  async #read(data: Buffer, isBinary: boolean): Promise<void> {
    if (isBinary) throw new SpotifyError("PROTOCOL_ERROR", "Spotify's dealer sent a binary message.");
    const text = readDealerText(data);
    if (text?.type === "request") {
      const success = await this.#listener.request(text);
      this.#send({ type: "reply", key: text.key, payload: { success } });
    } else if (text?.type === "message") {
      this.#readName(text);
      await this.#listener.message(text);
    }
  }

  /** The first message holds the ID of the connection. */
  #readName({ uri, headers }: DealerMessage): void {
    const id = headers["spotify-connection-id"];
    if (id !== undefined && id.length <= MAX_CONNECTION_ID && uri.startsWith(CONNECTION_URI)) this.#named(id);
  }

  #send(document: object): void {
    this.#write(() => this.#socket.send(JSON.stringify(document), () => undefined));
  }

  #write(write: () => void): void {
    if (this.#isOver) return;
    if (this.#socket.bufferedAmount > MAX_UNSENT_BYTES) {
      return this.close(new SpotifyError("UNREACHABLE", "Spotify's dealer does not read what it is sent."));
    }
    write();
  }

  #planPing(delay = PING_INTERVAL): void {
    this.#pinging = setTimeout(() => {
      const asked = performance.now();
      this.#send({ type: "ping" });
      if (this.#isOver) return;
      this.#pinging = setTimeout(() => {
        if (this.#lastReceived >= asked) return this.#planPing(PING_INTERVAL - PONG_LIMIT);
        this.close(new SpotifyError("UNREACHABLE", "The connection to Spotify's dealer went silent."));
      }, PONG_LIMIT);
      this.#pinging.unref();
    }, delay);
    this.#pinging.unref();
  }

  /** Handles errors of the WebSocket protocol. All others arrive with `close`. */
  #onError({ code }: NodeJS.ErrnoException): void {
    if (!code?.startsWith("WS_ERR_")) return;
    const what =
      code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"
        ? "a message that is too large"
        : "something that is not a WebSocket message";
    this.close(new SpotifyError("PROTOCOL_ERROR", `Spotify's dealer sent ${what}.`));
  }
}
