import { isHeaderSafe } from "./exchange";

/** A client token as it is stored. */
export interface ClientTokenState {
  token: string;
  /** What it was made for. */
  clientId: string;
  deviceId: string;
  /** When it was asked for, when another should be asked for, when it ends; ms since the epoch. */
  askedAt: number;
  refreshAt: number;
  expiresAt: number;
}

/** What claims to live longer was not given by Spotify, ms: 14 days were seen. */
export const MAX_CLIENT_TOKEN_LIFETIME = 60 * 86_400_000;
/** A token that ends within this time, ms, may have ended when it arrives. */
const MINIMUM_LEFT = 60_000;

/**
 * A client token in use. Its age is counted on two clocks, as that of access tokens is: the calendar sees the hours that
 * the machine slept, the monotonic clock is not fooled by a calendar that is set back. The older age counts.
 */
export class HeldClientToken {
  readonly state: Readonly<ClientTokenState>;
  readonly #heldSince = performance.now();
  readonly #ageThen: number;

  constructor(state: ClientTokenState) {
    this.state = state;
    this.#ageThen = Math.max(0, Date.now() - state.askedAt);
  }

  /** Whether it is too early to ask for another. */
  get isFresh(): boolean {
    return this.isGood && this.#age < this.state.refreshAt - this.state.askedAt;
  }

  /** Whether it can be used. */
  get isGood(): boolean {
    return this.#age < this.state.expiresAt - this.state.askedAt - MINIMUM_LEFT;
  }

  get #age(): number {
    const monotonic = this.#ageThen + performance.now() - this.#heldSince;
    return Math.max(Date.now() - this.state.askedAt, monotonic);
  }
}

/** The client token that was stored, or undefined if it is malformed or comes from a clock that ran ahead. */
export function parseClientToken(value: unknown): ClientTokenState | undefined {
  const { token, clientId, deviceId, askedAt, refreshAt, expiresAt } = (value ?? {}) as ClientTokenState;
  const isText = [token, clientId, deviceId].every((text: unknown) => typeof text === "string");
  if (!isText || !isHeaderSafe(token) || ![askedAt, refreshAt, expiresAt].every(Number.isFinite))
    return undefined;
  if (askedAt > Date.now() + MINIMUM_LEFT || refreshAt <= askedAt || expiresAt < refreshAt) return undefined;
  if (expiresAt - askedAt > MAX_CLIENT_TOKEN_LIFETIME) return undefined;
  return { token, clientId, deviceId, askedAt, refreshAt, expiresAt };
}
