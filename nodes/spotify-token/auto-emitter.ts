import type { Session, SpotifyError, Token, TokenNotice } from "../../src";

/** What the emitter needs of its node. */
export interface AutoEmitterOptions {
  ask(session: Session): Promise<Token>;
  emit(token: Token): void;
  /** Is given each kind of failure once, and again only if it comes back after a good while without any. */
  report(error: SpotifyError): void;
}

const RETRY_FIRST = 15_000;
const RETRY_MOST = 15 * 60_000;
/** The next token is requested at the latest this long before the last one ends, ms. */
const LAST_CHANCE = 60_000;
/** Whatever changes to and fro outside, a Catch node hears of a failure once, ms. */
const GOOD_WHILE = 5 * 60_000;

/**
 * Emits a token as soon as the session can give one, and a new one each time before the last expires.
 *
 * The token provider renews tokens in use and emits an event, to which this listens. If a renewal failed, this asks again
 * after growing waits, and at once when the session is ready.
 */
export class AutoEmitter {
  readonly #session: Session;
  readonly #options: AutoEmitterOptions;
  #last: Token | undefined;
  /** The kinds of failure that were reported. */
  readonly #reported = new Set<string>();
  #failedAt = -Infinity;
  #failures = 0;
  #asking = false;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(session: Session, options: AutoEmitterOptions) {
    this.#session = session;
    this.#options = options;
    session.tokens.on("token", this.#onToken);
    session.on("state", this.#onState);
    session.on("clientId", this.#onChange);
    session.signIns.on("change", this.#onChange);
    void this.#attempt();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#session.tokens.off("token", this.#onToken);
    this.#session.off("state", this.#onState);
    this.#session.off("clientId", this.#onChange);
    this.#session.signIns.off("change", this.#onChange);
  }

  readonly #onToken = (notice: TokenNotice): void => {
    // The node's last token may have been renewed. Tokens of other client IDs do not matter here.
    if (notice.clientId === this.#last?.clientId) void this.#attempt();
  };

  readonly #onState = ({ state }: { state: string }): void => {
    if (state === "ready" && this.#failures > 0) void this.#attempt();
  };

  /** After a change of the client ID or the sign-ins, another token may be the right one. */
  readonly #onChange = (): void => void this.#attempt();

  async #attempt(): Promise<void> {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    clearTimeout(this.#timer);
    try {
      const token = await this.#options.ask(this.#session);
      if (this.#stopped) return;
      this.#succeeded(token);
    } catch (error) {
      if (this.#stopped) return;
      this.#failed(error as SpotifyError);
    } finally {
      this.#asking = false;
      if (this.#again && !this.#stopped) {
        this.#again = false;
        void this.#attempt();
      }
    }
  }

  #succeeded(token: Token): void {
    this.#failures = 0;
    const isNew = token.accessToken !== this.#last?.accessToken;
    this.#last = token;
    this.#in(Math.max(token.expiresAt - Date.now() - LAST_CHANCE, 1_000));
    if (isNew) this.#options.emit(token);
  }

  #failed(error: SpotifyError): void {
    const now = performance.now();
    if (this.#failures === 0 && now - this.#failedAt > GOOD_WHILE) this.#reported.clear();
    this.#failedAt = now;
    const growing = Math.min(RETRY_MOST, RETRY_FIRST * 2 ** Math.min(this.#failures++, 10));
    const delay = Math.max(growing * (0.75 + Math.random() / 4), (error.retryAfter ?? 0) * 1000);
    this.#in(Math.min(delay, 24 * 60 * 60_000));
    if (this.#reported.has(error.code)) return;
    this.#reported.add(error.code);
    this.#options.report(error);
  }

  #in(delay: number): void {
    this.#timer = setTimeout(() => void this.#attempt(), delay);
    this.#timer.unref();
  }
}
