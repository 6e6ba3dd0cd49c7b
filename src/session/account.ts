import { createHash } from "node:crypto";
import { AuthenticationType, type Credentials } from "../access-point/credentials";
import type { StateKeeper } from "../state/keeper";

/**
 * Who is signed in: the credential that was configured, and the one that Spotify handed out for it and that is
 * remembered. The remembered one goes first, for as long as the configured one is the same.
 */
export class Account {
  readonly #configured: Credentials | undefined;
  readonly #configuredAs: string;
  readonly #state: StateKeeper;
  #rememberedRefused = false;

  constructor(configured: Credentials | undefined, state: StateKeeper) {
    this.#configured = configured;
    this.#configuredAs = configured ? fingerprint(configured) : "";
    this.#state = state;
  }

  /** Whether there is anything to log in with. Known once the state is loaded. */
  get signedIn(): boolean {
    return this.credentials !== undefined;
  }

  /** The account's username, where it is known. */
  get username(): string | undefined {
    return this.#remembered?.username ?? this.#configured?.username;
  }

  /** What to log in with. */
  get credentials(): Credentials | undefined {
    const account = this.#rememberedRefused ? undefined : this.#remembered;
    if (!account) return this.#configured;
    return {
      username: account.username,
      authType: account.authType as AuthenticationType,
      authData: Buffer.from(account.authData, "base64"),
    };
  }

  /** Whether what is remembered of tokens belongs to this account. */
  get ownsRememberedTokens(): boolean {
    return this.#remembered !== undefined;
  }

  /** Spotify refused the credential. @returns whether there is another one to try */
  refused(): boolean {
    if (this.#rememberedRefused || !this.#remembered || !this.#configured) return false;
    this.#rememberedRefused = true;
    return true;
  }

  /** Remembers what a welcome handed out. @returns whether it is another account than the remembered tokens' */
  welcomed(username: string, credentials: Credentials): { isAnother: boolean } {
    const isAnother =
      this.#state.state.account !== undefined && this.#state.state.account.username !== username;
    this.#rememberedRefused = false;
    if (credentials.authType !== AuthenticationType.AUTHENTICATION_SPOTIFY_TOKEN) {
      void this.#state.update({
        account: {
          username,
          authType: credentials.authType,
          authData: Buffer.from(credentials.authData).toString("base64"),
          configuredAs: this.#configuredAs,
        },
      });
    }
    return { isAnother };
  }

  get #remembered(): NonNullable<StateKeeper["state"]["account"]> | undefined {
    const account = this.#state.state.account;
    return account?.configuredAs === this.#configuredAs ? account : undefined;
  }
}

/** Tells credentials apart without holding them. */
function fingerprint({ username = "", authType, authData }: Credentials): string {
  return createHash("sha256").update(`${username}\n${authType}\n`).update(authData).digest("hex");
}
