import type { Socket } from "node:net";
import { isOnLan } from "./lan-address";

/** Closes connections from outside the local network, and those that one address has too many of. */
export class ConnectionLimit {
  readonly #most: number;
  readonly #open = new Map<string, number>();

  /** @param most how many connections one address may have */
  constructor(most: number) {
    this.#most = most;
  }

  /** A client has connected. One that is not admitted gets no answer. */
  admit(socket: Socket): void {
    const address = socket.remoteAddress;
    const open = address === undefined ? 0 : (this.#open.get(address) ?? 0);
    if (address === undefined || !isOnLan(address) || open >= this.#most) {
      socket.destroy();
      return;
    }
    this.#open.set(address, open + 1);
    socket.once("close", () => this.#left(address));
  }

  #left(address: string): void {
    const open = this.#open.get(address)! - 1;
    if (open === 0) this.#open.delete(address);
    else this.#open.set(address, open);
  }
}
