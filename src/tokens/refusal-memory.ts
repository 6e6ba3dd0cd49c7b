import { SpotifyError, type SpotifyErrorCode } from "../core/errors";
import { CLIENT_IDS } from "../core/knowledge";
import { scopesKey } from "../core/scopes";
import type { TokenSourceName } from "../core/token";
import type { Refusal, SourceRefusal, SourceRequest } from "./decide";
import { errorOf, nameOf, parseKeptRefusal, toKept } from "./kept-refusal";
import type { ListChange } from "./pool-options";
import { refusedAccount, repeated, UnexpectedAnswer } from "./token-errors";

/** Whether keymaster serves an account, as it is kept over a restart. */
export interface KeymasterState {
  serves: boolean;
  /** Since when, ms since the epoch. */
  since: number;
}

interface Entry {
  error: SpotifyError;
  /** ms since the epoch */
  since: number;
  /** ms */
  duration: number;
  /** ms of the monotonic clock */
  until: number;
}

/** Where refusals are kept, for a restart and for the other sessions of the account. */
export interface KeptRefusals {
  keepKeymaster(keymaster: KeymasterState | undefined): void;
  keepRefusals(change: ListChange): void;
}

/** How long a refused client ID (403/4) is not asked for again, in ms. */
export const REFUSED_FOR = 15 * 60_000;
/** How long refused scopes (400/3) are not asked for again, in ms: short, because the answer costs Spotify little. */
const INVALID_SCOPE_FOR = 60_000;
/** How long a refused account is not asked for again, in ms: Spotify has let some accounts in again. */
const REFUSED_ACCOUNT_FOR = 24 * 60 * 60_000;
/** The pauses after unexpected answers, in ms: each is twice the last one. */
const FIRST_PAUSE = 30_000;
const LONGEST_PAUSE = 15 * 60_000;
/** More than one account's flows ask for. */
const MAX_ENTRIES = 1024;
/** Of these, how many are stored for other sessions. */
const MAX_KEPT = 128;

/** The refusals that a source is not asked to repeat. An OAuth refusal ends the grant, and need not be remembered. */
const REMEMBERED: Record<TokenSourceName, ReadonlySet<SpotifyErrorCode>> = {
  keymaster: new Set(["INVALID_SCOPE", "REQUEST_REFUSED", "RATE_LIMITED"]),
  login5: new Set(["BAD_CREDENTIALS", "INVALID_CLIENT", "REQUEST_REFUSED", "RATE_LIMITED"]),
  oauth: new Set(),
};

/**
 * What the sources refused this account, so that no request is sent that can only fail: scopes, client IDs, and (by
 * keymaster) the whole account. Unexpected answers are remembered too, with a growing pause.
 *
 * Keymaster's refusal of the desktop client ID on a fresh session means the account: other client IDs do not help it.
 * Source: librespot#1532.
 */
export class RefusalMemory {
  readonly #keeping: KeptRefusals;
  /** The oldest first. Those that are over stay until newer ones need the room. */
  readonly #entries = new Map<string, Entry>();
  #keymaster: KeymasterState | undefined;
  /** Whether keymaster has given a token in this session: a later refusal does not mean the account. */
  #keymasterServed = false;

  constructor(keeping: KeptRefusals) {
    this.#keeping = keeping;
  }

  /** Takes what was remembered, or what other sessions have learned since, unless it comes from a clock that ran ahead. */
  restore(keymaster: KeymasterState | undefined, refusals: readonly unknown[]): void {
    const now = Date.now();
    if (keymaster === undefined) this.#keymaster = undefined;
    else if (keymaster.since <= now) this.#keymaster = keymaster;
    for (const document of refusals) {
      const kept = parseKeptRefusal(document, now);
      const known = kept && this.#entries.get(kept.name);
      if (!kept || (known && known.since >= kept.since)) continue;
      const { name, since, duration } = kept;
      this.#add(name, { error: errorOf(kept), since, duration, until: performance.now() + kept.until - now });
    }
  }

  /** The refusal that this source would repeat. */
  refusal(source: TokenSourceName, clientId: string, scopes: readonly string[]): SourceRefusal | undefined {
    const account = source === "keymaster" ? this.#accountRefusal() : undefined;
    if (account) return { of: "account", ...account };
    const ofClient = this.#find(key("client", source, clientId));
    if (ofClient) return { of: "client", ...ofClient };
    const ofScopes = this.#find(key("scopes", source, clientId, scopes));
    return ofScopes && { of: "scopes", ...ofScopes };
  }

  /** The unexpected answer after which this source is not asked for a while. */
  pause(source: TokenSourceName, clientId: string, scopes: readonly string[]): Refusal | undefined {
    return this.#find(key("pause", source, clientId, scopes));
  }

  /** Whether keymaster refused these scopes for this client ID since the last sign-in, however long ago. */
  hasRefusedScopes(clientId: string, scopes: readonly string[]): boolean {
    // The memory is nearly always empty, and this is asked with every message.
    return this.#entries.size > 0 && this.#entries.has(key("scopes", "keymaster", clientId, scopes));
  }

  /** A source gave a token. */
  served({ source, clientId, scopes }: SourceRequest): void {
    const pause = key("pause", source, clientId, scopes);
    if (this.#entries.delete(pause)) {
      this.#keeping.keepRefusals((stored) => stored.filter((one) => nameOf(one) !== pause));
    }
    if (source !== "keymaster") return;
    this.#keymasterServed = true;
    if (this.#keymaster?.serves !== true) this.#learnKeymaster(true);
  }

  /** Remembers what a request failed with. @returns the error to throw, which may say more */
  learn(error: unknown, request: SourceRequest): unknown {
    const { source, clientId, scopes } = request;
    if (error instanceof UnexpectedAnswer) return this.#beginPause(error, request);
    if (!(error instanceof SpotifyError) || !REMEMBERED[source].has(error.code)) return error;
    if (source === "keymaster" && error.code === "REQUEST_REFUSED") {
      if (clientId === CLIENT_IDS.keymaster && !this.#keymasterServed) this.#learnKeymaster(false);
      const refusal = this.#accountRefusal();
      if (refusal) return refusedAccount(request, refusal);
    }
    if (error.code === "INVALID_SCOPE") {
      this.#remember(key("scopes", source, clientId, scopes), error, INVALID_SCOPE_FOR);
    } else {
      const duration = error.retryAfter === undefined ? REFUSED_FOR : error.retryAfter * 1000;
      this.#remember(key("client", source, clientId), error, duration);
    }
    return error;
  }

  /** Forgets everything: a new sign-in may be answered otherwise. */
  clear(): void {
    if (this.#entries.size > 0) this.#keeping.keepRefusals(() => []);
    this.#entries.clear();
    this.#keymasterServed = false;
    if (!this.#keymaster) return;
    this.#keymaster = undefined;
    this.#keeping.keepKeymaster(undefined);
  }

  #accountRefusal(): { since: number; until: number } | undefined {
    if (this.#keymaster?.serves !== false) return undefined;
    const { since } = this.#keymaster;
    const until = since + REFUSED_ACCOUNT_FOR;
    const now = Date.now();
    // If the clock was set back, the refusal must not last for years.
    return now >= since - REFUSED_ACCOUNT_FOR && now < until ? { since, until } : undefined;
  }

  #learnKeymaster(serves: boolean): void {
    this.#keymaster = { serves, since: Date.now() };
    this.#keeping.keepKeymaster(this.#keymaster);
  }

  #beginPause(error: UnexpectedAnswer, { source, clientId, scopes }: SourceRequest): SpotifyError {
    const name = key("pause", source, clientId, scopes);
    const last = this.#entries.get(name);
    const length = last ? Math.min(2 * last.duration, LONGEST_PAUSE) : FIRST_PAUSE;
    return repeated(this.#remember(name, error, length), { clientId, scopes }, Date.now());
  }

  #find(name: string): Refusal | undefined {
    const entry = this.#entries.get(name);
    if (!entry) return undefined;
    const { error, since, until } = entry;
    const left = until - performance.now();
    return left > 0 ? { error, since, until: Date.now() + Math.round(left) } : undefined;
  }

  #remember(name: string, error: SpotifyError, duration: number): Refusal {
    const since = Date.now();
    const until = since + duration;
    this.#add(name, { error, since, duration, until: performance.now() + duration });
    this.#keeping.keepRefusals((stored) => {
      const others = stored.filter((one) => nameOf(one) !== name && parseKeptRefusal(one, since));
      return [...others.slice(1 - MAX_KEPT), toKept(name, error, { since, duration, until })];
    });
    return { error, since, until };
  }

  #add(name: string, entry: Entry): void {
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    if (this.#entries.size > MAX_ENTRIES) this.#entries.delete(this.#entries.keys().next().value!);
  }
}

function key(
  kind: "client" | "scopes" | "pause",
  source: TokenSourceName,
  clientId: string,
  scopes: readonly string[] = [],
): string {
  return `${kind} ${source} ${clientId} ${scopesKey(scopes)}`;
}
