// Faster than the global `performance`, which is looked up by a getter each time.
import { performance } from "node:perf_hooks";
import type { Audience, MintedToken, Token } from "../core/token";
import { comparedFast } from "./scope-texts";

/** A token is not handed out if it expires sooner than this, in ms. */
export const MINIMUM_LEFT = 60_000;
/** We store no token that lives longer than this, in ms. */
const MAX_LIFETIME = 24 * 60 * 60_000;
/** A token in use is renewed when this part of its life is left, … */
const RENEWAL_SHARE = 0.2;
/** … or up to this part earlier, so that tokens that were minted together are not renewed together. */
const RENEWAL_JITTER = 0.02;
/** If the two clocks differ by more than this, in ms, one of them has jumped. */
const JUMP = 1_000;

/** How many tokens were made in this process. */
let made = 0;

/** The number of the newest token: each one that is made later has a higher one. */
export function newestToken(): number {
  return made;
}

/** A token as it is stored. */
export interface StoredToken {
  accessToken: string;
  scopes: string[] | null;
  requested: string[];
  clientId: string;
  source: Token["source"];
  mintedAt: number;
  expiresAt: number;
}

/**
 * A token in the cache: what it may be used for, how long it is valid, and whether it is in use.
 *
 * Its age is counted on two clocks. The calendar clock counts the hours that the machine slept; the monotonic clock
 * cannot be set back. The clock that says older is believed, and the end on the other one is set right.
 */
export class CachedToken {
  /** Newer tokens have higher numbers. */
  readonly number = ++made;
  readonly clientId: string;
  readonly source: Token["source"];
  /** The scopes it was requested with. It is renewed with the same. */
  readonly requested: readonly string[];
  /** It is renewed when this much of its life is left, in ms. */
  readonly renewalLeft: number;
  /** What `left` said last: reading the clocks is most of what it costs to hand a token out. */
  lastLeft = 0;
  /** Whether it was handed out. */
  inUse = false;
  /** Whether a server has refused it. */
  isRefused = false;
  /** Where it works, as far as is known now. */
  audience: Audience = "spotify-internal";
  #token: Omit<StoredToken, "requested">;
  /** The scopes it has; if Spotify did not say, those that were requested. */
  readonly #granted: ReadonlySet<string>;
  #endsMonotonic: number;

  constructor(stored: StoredToken, now = Date.now()) {
    const { requested, ...token } = stored;
    this.#token = token;
    this.clientId = token.clientId;
    this.source = token.source;
    this.requested = requested;
    this.#granted = new Set(comparedFast(token.scopes ?? requested));
    const lifetime = token.expiresAt - token.mintedAt;
    const share = RENEWAL_SHARE + RENEWAL_JITTER * Math.random();
    this.renewalLeft = Math.max(lifetime * share, MINIMUM_LEFT);
    this.#endsMonotonic = performance.now() + Math.min(token.expiresAt - now, lifetime);
  }

  /** @param askedAt ms since the epoch: a token's life is counted from when it was requested */
  static minted(
    minted: MintedToken,
    clientId: string,
    requested: readonly string[],
    askedAt: number,
  ): CachedToken {
    const { accessToken, lifetime, scopes, source } = minted;
    const life = { mintedAt: askedAt, expiresAt: askedAt + lifetime * 1000 };
    return new CachedToken({ accessToken, scopes, requested: [...requested], clientId, source, ...life });
  }

  get accessToken(): string {
    return this.#token.accessToken;
  }

  /** ms since the epoch, by the calendar as it is set now. */
  get expiresAt(): number {
    return this.#token.expiresAt;
  }

  /** Whether its scopes hold each of `scopes`. */
  covers(scopes: readonly string[]): boolean {
    for (let i = 0; i < scopes.length; i++) if (!this.#granted.has(scopes[i]!)) return false;
    return true;
  }

  /** Whether it may be given to who asks this source for a token with at least a minute left. */
  serves(source: Token["source"], clientId: string, scopes: readonly string[]): boolean {
    if (this.source !== source || this.clientId !== clientId) return false;
    return !this.isRefused && this.covers(scopes) && this.left() >= MINIMUM_LEFT;
  }

  /** The scopes that it has; those requested if the answer did not say. */
  get granted(): readonly string[] {
    return [...this.#granted];
  }

  /** ms of life left. */
  left(): number {
    const calendar = this.#token.expiresAt - Date.now();
    const monotonic = this.#endsMonotonic - performance.now();
    const ahead = calendar - monotonic;
    if (ahead > JUMP) this.#moveCalendar(-ahead);
    else if (ahead < -JUMP) this.#endsMonotonic += ahead;
    this.lastLeft = ahead < 0 ? calendar : monotonic;
    return this.lastLeft;
  }

  /** The calendar was set back: the same moments have other numbers now. */
  #moveCalendar(by: number): void {
    const { mintedAt, expiresAt } = this.#token;
    this.#token = {
      ...this.#token,
      mintedAt: Math.round(mintedAt + by),
      expiresAt: Math.round(expiresAt + by),
    };
  }

  /** A new token object, so that callers do not share one. @param left ms of life */
  toToken(left = this.left()): Token {
    const { accessToken, expiresAt, scopes, clientId, source } = this.#token;
    return {
      accessToken,
      tokenType: "Bearer",
      expiresIn: Math.trunc(left / 1000),
      expiresAt,
      scopes: scopes ? scopes.slice() : null,
      clientId,
      source,
      audience: this.audience,
    };
  }

  toStored(): StoredToken {
    return { ...this.#token, requested: [...this.requested] };
  }
}

/** The token of a stored document; undefined as for `readStoredToken`. */
export function parseStoredToken(document: unknown, now = Date.now()): CachedToken | undefined {
  const stored = readStoredToken(document, now);
  return stored && new CachedToken(stored, now);
}

/** A stored document; undefined if it is malformed, has expired, or comes from a clock that ran ahead. */
export function readStoredToken(document: unknown, now = Date.now()): StoredToken | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  const { accessToken, scopes, requested, clientId, source, mintedAt, expiresAt } =
    document as Partial<StoredToken>;
  if (typeof accessToken !== "string" || accessToken === "" || typeof clientId !== "string") return undefined;
  if (scopes !== null && !isTextList(scopes)) return undefined;
  if (!isTextList(requested)) return undefined;
  if (source !== "keymaster" && source !== "login5" && source !== "oauth") return undefined;
  if (typeof mintedAt !== "number" || typeof expiresAt !== "number") return undefined;
  if (!(mintedAt <= now + MINIMUM_LEFT) || !(expiresAt - now >= MINIMUM_LEFT)) return undefined;
  if (!(expiresAt - mintedAt <= MAX_LIFETIME)) return undefined;
  return { accessToken, scopes, requested, clientId, source, mintedAt, expiresAt };
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
