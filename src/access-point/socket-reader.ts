import type { Socket } from "node:net";
import { SpotifyError } from "../core/errors";

/**
 * Reads exact numbers of bytes from a socket, for the steps of the handshake. Bounded: the socket is paused when as many
 * bytes as the caller asked for have arrived.
 */
export class SocketReader {
  readonly #socket: Socket;
  #buffered: Buffer = Buffer.alloc(0);
  #wanted = 0;
  #resolve: ((bytes: Buffer) => void) | undefined;
  #reject: ((error: SpotifyError) => void) | undefined;
  #failure: SpotifyError | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", this.#onData);
    socket.on("error", this.#onError);
    socket.on("close", this.#onClose);
  }

  /**
   * The next `length` bytes.
   * @throws SpotifyError UNREACHABLE if the connection ends first
   */
  async read(length: number): Promise<Buffer> {
    if (this.#buffered.length < length) {
      if (this.#failure) throw this.#failure;
      await new Promise<Buffer>((resolve, reject) => {
        this.#wanted = length;
        this.#resolve = resolve;
        this.#reject = reject;
        this.#socket.resume();
      });
    }
    const bytes = this.#buffered.subarray(0, length);
    this.#buffered = this.#buffered.subarray(length);
    return bytes;
  }

  /** Stops listening. The socket is paused, so that its next owner loses no bytes. @returns the bytes that were not read */
  release(): Buffer {
    this.#socket.pause();
    this.#socket.off("data", this.#onData);
    this.#socket.off("error", this.#onError);
    this.#socket.off("close", this.#onClose);
    return this.#buffered;
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#buffered = this.#buffered.length === 0 ? chunk : Buffer.concat([this.#buffered, chunk]);
    if (this.#resolve && this.#buffered.length >= this.#wanted) {
      this.#socket.pause();
      this.#resolve(this.#buffered);
      this.#resolve = this.#reject = undefined;
    }
  };

  readonly #onError = (cause: Error): void => this.#fail(cause);
  readonly #onClose = (): void => this.#fail(undefined);

  #fail(cause: Error | undefined): void {
    this.#failure ??= new SpotifyError("UNREACHABLE", "The access point closed the connection.", { cause });
    this.#reject?.(this.#failure);
    this.#resolve = this.#reject = undefined;
  }
}
