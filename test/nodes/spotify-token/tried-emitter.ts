import { EventEmitter } from "node:events";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { AutoEmitter } from "../../../nodes/spotify-token/auto-emitter";
import type { Session, SpotifyError, Token } from "../../../src";

export const CLIENT_ID = "a".repeat(32);
export const HOUR = 3_600_000;

/** An emitter of tokens whose session answers as a test says, on a clock that stands still until it is moved. */
export class TriedEmitter {
  readonly clock: Clock & { uninstall(): void };
  readonly tokens = new EventEmitter();
  readonly signIns = new EventEmitter();
  readonly session = Object.assign(new EventEmitter(), { tokens: this.tokens, signIns: this.signIns });
  /** When the session was asked, ms since the clock was made. */
  readonly askedAt: number[] = [];
  /** The tokens that were emitted. */
  readonly emitted: string[] = [];
  /** The codes of the failures that were reported. */
  readonly reported: string[] = [];
  #emitter: AutoEmitter | undefined;
  #answer: () => Promise<{ text: string; life: number }> = async () => ({ text: "first", life: HOUR });

  constructor() {
    this.clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
  }

  async start(): Promise<void> {
    this.#emitter = new AutoEmitter(this.session as unknown as Session, {
      ask: () => this.#ask(),
      emit: ({ accessToken }) => this.emitted.push(accessToken),
      report: ({ code }) => this.reported.push(code),
    });
    await this.clock.tickAsync(0);
  }

  stop(): void {
    this.#emitter?.stop();
  }

  end(): void {
    this.stop();
    this.clock.uninstall();
  }

  /** From now on the session gives this token, which lasts so many ms. */
  give(text: string, life = HOUR): void {
    this.#answer = async () => ({ text, life });
  }

  /** From now on the session gives no token. */
  failWith(error: SpotifyError): void {
    this.#answer = async () => {
      throw error;
    };
  }

  /** From now on the session answers only when the function that this returns is called. */
  hold(): () => Promise<void> {
    const answer = this.#answer;
    const held: (() => void)[] = [];
    this.#answer = async () => {
      await new Promise<void>((resolve) => held.push(resolve));
      return answer();
    };
    return async () => {
      for (const resolve of held.splice(0)) resolve();
      await this.clock.tickAsync(0);
    };
  }

  async happens(on: EventEmitter, event: string, value: object = {}): Promise<void> {
    on.emit(event, value);
    await this.clock.tickAsync(0);
  }

  async #ask(): Promise<Token> {
    this.askedAt.push(Date.now());
    const { text, life } = await this.#answer();
    return { accessToken: text, expiresAt: Date.now() + life, clientId: CLIENT_ID } as Token;
  }
}
