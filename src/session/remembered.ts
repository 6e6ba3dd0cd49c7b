import { once } from "node:events";
import type { Account } from "../account/account";
import type { ForgettableAccount } from "../account/sign-out";
import { raceAbort } from "../async/race-abort";
import type { SpotifyError } from "../core/errors";
import { StoreAway, type StateKeeper } from "../store/keeper";
import type { ListChange, RememberedTokens, TokenMemory } from "../tokens/pool-options";
import type { KeymasterState } from "../tokens/refusal-memory";
import type { Slices } from "./slices";

/** What the session remembers of its account over a restart: its tokens, and that it can be forgotten. */
export class RememberedAccount implements ForgettableAccount, TokenMemory {
  constructor(
    private readonly state: StateKeeper,
    private readonly slices: Slices,
    private readonly account: Account,
  ) {}

  get isShared(): boolean {
    return this.state.isShared;
  }

  load(): Promise<void> {
    return this.state.load();
  }

  get whyUnknown(): SpotifyError | undefined {
    return this.state.whyUnknown;
  }

  async untilKnown(signal: AbortSignal): Promise<void> {
    await raceAbort(signal, this.state.load());
    if (this.state.whyUnknown)
      await once(this.state, "known", { signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      });
  }

  written(): Promise<void> {
    return this.state.saved();
  }

  async restore(): Promise<RememberedTokens> {
    await this.state.load();
    return this.now();
  }

  /** The remembered tokens of those who are signed in, and what keymaster and the Web API answered the account. */
  now(): RememberedTokens {
    const { tokens, grants, keymaster, refusals, webApi } = this.slices;
    // A token of an own app lives and dies with the app's grant; any other with the account that is logged in.
    const kept = tokens.value.filter((token) => {
      if (!this.state.isKnown) return false;
      const { source, clientId } = (token ?? {}) as { source?: unknown; clientId?: unknown };
      if (source !== "oauth") return this.account.isRemembered;
      return grants.value.some((grant) => grant.clientId === clientId);
    });
    const values = { keymaster: keymaster.value, refusals: refusals.value, webApi: webApi.value };
    return { tokens: kept, ...values };
  }

  keepTokens(change: ListChange): Promise<void> {
    const kept = this.slices.tokens.change(change);
    return this.isShared ? kept : Promise.resolve();
  }

  keepRefusals(change: ListChange): void {
    // A restart of the only session asks again.
    if (this.isShared) void this.slices.refusals.change(change);
  }

  keepWebApi(change: ListChange): void {
    void this.slices.webApi.change(change);
  }

  keepKeymaster(state: KeymasterState | undefined): void {
    void this.slices.keymaster.set(state);
  }

  async inTurn<T>(name: string, signal: AbortSignal, mint: () => Promise<T>): Promise<T> {
    const { tokens, keymaster, rateLimits, refusals } = this.slices;
    try {
      return await this.state.inTurn(name, [tokens, keymaster, rateLimits, refusals], signal, mint);
    } catch (error) {
      if (!(error instanceof StoreAway)) throw error;
      return mint();
    }
  }

  /** Signs out everywhere and forgets all but the port. Resolves when storing that was tried. Never rejects. */
  async forget(): Promise<void> {
    const { tokens, grants, rateLimits, refusals, webApi } = this.slices;
    const { accessPoints, clientToken, keymaster, deviceId } = this.slices;
    await Promise.all([
      this.account.signOut(),
      ...[tokens, grants, rateLimits, refusals, webApi].map((slice) => slice.set([])),
      ...[accessPoints, clientToken, keymaster, deviceId].map((slice) => slice.set(undefined)),
    ]);
  }
}
