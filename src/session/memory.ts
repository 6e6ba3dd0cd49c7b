import type { RateLimitGuard } from "../net/rate-limit-guard";
import type { Grants } from "../account/grants";
import type { StateKeeper } from "../store/keeper";
import type { RememberedTokens } from "../tokens/pool-options";
import type { Account } from "../account/account";
import type { DeviceId } from "./device-id";
import { EventEmitter } from "node:events";

export interface MemoryOptions {
  state: StateKeeper;
  account: Account;
  grants: Grants;
  guard: RateLimitGuard;
  deviceId: DeviceId;
}

/** What a session remembers over a restart: read once, given to those it belongs to, and forgotten as a whole. */
export class Memory extends EventEmitter<{ loaded: [] }> {
  readonly #options: MemoryOptions;
  #loading: Promise<void> | undefined;

  constructor(options: MemoryOptions) {
    super();
    this.#options = options;
  }

  /** Resolves when what was remembered is with those it belongs to. Never rejects. */
  load(): Promise<void> {
    const { state, account, grants, guard } = this.#options;
    this.#loading ??= state.load().then((remembered) => {
      grants.restore(remembered.grants);
      guard.restore(remembered.rateLimits);
      account.loaded();
      this.emit("loaded");
    });
    return this.#loading;
  }

  /** The remembered tokens of those who are signed in, and what keymaster and the Web API said to the account. */
  async tokens(): Promise<RememberedTokens> {
    await this.load();
    const { state, account, grants } = this.#options;
    // A token of an own app lives and dies with the app's grant; any other with the account that is logged in.
    const tokens = state.state.tokens.filter((token) => {
      const { source, clientId } = (token ?? {}) as { source?: unknown; clientId?: unknown };
      return source === "oauth" ? grants.get(String(clientId)) !== undefined : account.isRemembered;
    });
    return { tokens, keymaster: state.state.keymaster, webApi: state.state.webApi };
  }

  /** Resolves when everything is on disk. @throws SpotifyError INVALID_ARGUMENT if it cannot be written */
  written(): Promise<void> {
    return this.#options.state.update({});
  }

  /** Resolves when nothing is remembered any more. */
  async forget(): Promise<void> {
    const { state, account, grants, deviceId } = this.#options;
    await account.signOut();
    for (const { clientId } of grants.all()) await grants.remove(clientId);
    await state.keep({
      tokens: [],
      grants: [],
      rateLimits: [],
      accessPoints: undefined,
      clientToken: undefined,
      keymaster: undefined,
      webApi: [],
    });
    await deviceId.forget();
  }
}
