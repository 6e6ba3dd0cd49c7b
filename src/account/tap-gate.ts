import { EventEmitter } from "node:events";
import { cleanName } from "../core/clean-name";

/** How long taps of other accounts are allowed, ms: time to find the phone. */
const OPEN_FOR = 10 * 60_000;

/** The tap that was refused last, because it was of another account. */
export interface RefusedTap {
  /** The name that the app gave, cleaned and shortened. It is not verified. */
  username: string;
  /** ms since the epoch */
  at: number;
  /** How many such taps were refused, of any account, since a tap was last let in while the gate was open. */
  count: number;
}

/**
 * Whom a tap may sign in. The account that signed in first is the owner: taps of others are refused, because anyone in the
 * network can tap. A person opens the gate in the account's dialog, for ten minutes or until a tap has signed in.
 *
 * Emits `change` when it was opened or closed, and `refused` for each tap that was refused.
 */
export class TapGate extends EventEmitter<{ change: []; refused: [RefusedTap] }> {
  #openUntil: number | undefined;
  #closing: NodeJS.Timeout | undefined;
  #refused: RefusedTap | undefined;

  /** @param ending aborts when the session closes */
  constructor(ending: AbortSignal) {
    super();
    ending.addEventListener("abort", () => this.close());
  }

  /** Until when another account may sign in by a tap, ms since the epoch; undefined if only the owner may. */
  get openUntil(): number | undefined {
    return this.#openUntil;
  }

  get isOpen(): boolean {
    return this.#openUntil !== undefined;
  }

  /** The last tap that was refused; undefined if there was none since a tap was last let in while the gate was open. */
  get refused(): RefusedTap | undefined {
    return this.#refused;
  }

  /** Lets the next tap be of any account, or keeps on doing so for another ten minutes. */
  open(): void {
    clearTimeout(this.#closing);
    this.#openUntil = Date.now() + OPEN_FOR;
    this.#closing = setTimeout(() => this.close(), OPEN_FOR);
    this.#closing.unref();
    this.emit("change");
  }

  /** Lets in the owner alone. */
  close(): void {
    clearTimeout(this.#closing);
    if (!this.isOpen) return;
    this.#openUntil = undefined;
    this.emit("change");
  }

  /** A tap has signed in. If the gate was open, what was refused before no longer matters. */
  passed(): void {
    if (!this.isOpen) return;
    this.#refused = undefined;
    this.close();
  }

  /** A tap of another account was refused. */
  refuse(username: string): void {
    const count = (this.#refused?.count ?? 0) + 1;
    this.#refused = { username: cleanName(username), at: Date.now(), count };
    this.emit("refused", this.#refused);
  }
}
