import type { Account } from "../account/account";
import type { ForgettableAccount } from "../account/sign-out";
import type { StateKeeper } from "../store/keeper";
import type { RememberedTokens, TokenMemory } from "../tokens/pool-options";
import type { Slices } from "./slices";

/** What the session remembers of its account over a restart: its tokens, and that it can be forgotten. */
export class RememberedAccount implements ForgettableAccount, TokenMemory {
  constructor(
    private readonly state: StateKeeper,
    private readonly slices: Slices,
    private readonly account: Account,
  ) {}

  load(): Promise<void> {
    return this.state.load();
  }

  written(): Promise<void> {
    return this.state.saved();
  }

  /** The remembered tokens of those who are signed in, and what keymaster and the Web API answered the account. */
  async restore(): Promise<RememberedTokens> {
    await this.state.load();
    const { tokens, grants, keymaster, webApi } = this.slices;
    // A token of an own app lives and dies with the app's grant; any other with the account that is logged in.
    const kept = tokens.value.filter((token) => {
      const { source, clientId } = (token ?? {}) as { source?: unknown; clientId?: unknown };
      if (source !== "oauth") return this.account.isRemembered;
      return grants.value.some((grant) => grant.clientId === clientId);
    });
    return { tokens: kept, keymaster: keymaster.value, webApi: webApi.value };
  }

  keep(changed: Partial<RememberedTokens>): void {
    const { tokens, keymaster, webApi } = this.slices;
    if (changed.tokens) void tokens.set(changed.tokens);
    if ("keymaster" in changed) void keymaster.set(changed.keymaster);
    if (changed.webApi) void webApi.set(changed.webApi);
  }

  /** Signs out everywhere and forgets all but the port. Resolves when storing that was tried. Never rejects. */
  async forget(): Promise<void> {
    const { tokens, grants, rateLimits, webApi, accessPoints, clientToken, keymaster, deviceId } =
      this.slices;
    await Promise.all([
      this.account.signOut(),
      ...[tokens, grants, rateLimits, webApi].map((slice) => slice.set([])),
      ...[accessPoints, clientToken, keymaster, deviceId].map((slice) => slice.set(undefined)),
    ]);
  }
}
