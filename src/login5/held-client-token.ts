import type { ClientTokenState } from "../store/state";
import { isHeaderSafe } from "./exchange";

/** What claims to live longer was not given by Spotify, ms: 14 days were seen. */
export const MAX_CLIENT_TOKEN_LIFETIME = 60 * 86_400_000;
/** What is over in this, ms, may be over when it arrives. */
const MINIMUM_LEFT = 60_000;

/**
 * A client token in use. Its age is counted on two clocks, as that of access tokens is: the calendar sees the hours that
 * the machine slept, the monotonic clock is not fooled by a calendar that is set back; whichever says older is believed.
 */
export class HeldClientToken {
  readonly state: Readonly<ClientTokenState>;
  readonly #heldSince = performance.now();
  readonly #ageThen: number;

  constructor(state: ClientTokenState) {
    this.state = state;
    this.#ageThen = Math.max(0, Date.now() - state.askedAt);
  }

  /** Whether another is not to be asked for yet. */
  get isFresh(): boolean {
    return this.isGood && this.#age < this.state.refreshAt - this.state.askedAt;
  }

  /** Whether it can be shown. */
  get isGood(): boolean {
    return this.#age < this.state.expiresAt - this.state.askedAt - MINIMUM_LEFT;
  }

  get #age(): number {
    const monotonic = this.#ageThen + performance.now() - this.#heldSince;
    return Math.max(Date.now() - this.state.askedAt, monotonic);
  }
}

/** A client token that was kept, or undefined where it is malformed or comes from a clock that ran ahead. */
export function restoredClientToken(state: ClientTokenState | undefined): HeldClientToken | undefined {
  if (!state || !isHeaderSafe(state.token)) return undefined;
  const { askedAt, refreshAt, expiresAt } = state;
  if (!(askedAt <= Date.now() + MINIMUM_LEFT) || !(refreshAt > askedAt) || !(expiresAt >= refreshAt)) {
    return undefined;
  }
  return expiresAt - askedAt <= MAX_CLIENT_TOKEN_LIFETIME ? new HeldClientToken(state) : undefined;
}
