import { CLIENT_IDS, SpotifyError, type SpotifyErrorCode } from "../../src";
import type { SourceRequest } from "../../src/tokens/decide";
import type { ListChange } from "../../src/tokens/pool-options";
import { RefusalMemory, type KeptRefusals, type KeymasterState } from "../../src/tokens/refusal-memory";

const SCOPES = ["streaming", "user-read-email"];
/** What tests ask for if they do not say otherwise. */
export const REQUEST: SourceRequest = { source: "keymaster", clientId: CLIENT_IDS.android, scopes: SCOPES };

/** A request that differs from `REQUEST` in some respects. */
export type Changes = Partial<SourceRequest>;

export function refusalBySpotify(code: SpotifyErrorCode, retryAfter?: number): SpotifyError {
  return new SpotifyError(code, "No.", retryAfter === undefined ? {} : { retryAfter });
}

/** What the sessions of one account store of refusals, in JSON. */
export class StoredRefusals implements KeptRefusals {
  list: readonly unknown[] = [];
  keymaster: KeymasterState | undefined;
  /** How often something was stored. */
  writes = 0;

  keepKeymaster(state: KeymasterState | undefined): void {
    this.keymaster = state;
    this.writes++;
  }

  keepRefusals(change: ListChange): void {
    this.list = JSON.parse(JSON.stringify(change(this.list))) as unknown[];
    this.writes++;
  }

  /** A session of the account that reads what is stored now. */
  session(): RememberingSession {
    const session = new RememberingSession(this);
    session.memory.restore(this.keymaster, this.list);
    return session;
  }
}

/** One session's memory of refusals. */
export class RememberingSession {
  readonly memory: RefusalMemory;

  constructor(stored: KeptRefusals) {
    this.memory = new RefusalMemory(stored);
  }

  /** Remembers what a request failed with. */
  learn(error: unknown, changes: Changes = {}): unknown {
    return this.memory.learn(error, { ...REQUEST, ...changes });
  }

  /** Remembers an error of Spotify. @returns the one to throw */
  fail(error: SpotifyError, changes: Changes = {}): SpotifyError {
    return this.learn(error, changes) as SpotifyError;
  }

  served(changes: Changes = {}): void {
    this.memory.served({ ...REQUEST, ...changes });
  }

  refusal(changes: Changes = {}): ReturnType<RefusalMemory["refusal"]> {
    const { source, clientId, scopes } = { ...REQUEST, ...changes };
    return this.memory.refusal(source, clientId, scopes);
  }

  /** What the source refuses: the account, the client ID or the scopes. */
  refused(changes: Changes = {}): string | undefined {
    return this.refusal(changes)?.of;
  }

  isPaused(changes: Changes = {}): boolean {
    const { source, clientId, scopes } = { ...REQUEST, ...changes };
    return this.memory.pause(source, clientId, scopes) !== undefined;
  }
}
