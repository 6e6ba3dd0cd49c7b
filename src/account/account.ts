import { createHash } from "node:crypto";
import { AuthenticationType, type Credentials } from "../access-point/credentials";
import { SpotifyError } from "../core/errors";
import type { StateKeeper } from "../store/keeper";
import type { SignInKind } from "../store/state";

/**
 * Who is signed in at the access point: the credential that was configured, and the one that Spotify handed out, for it
 * or for a sign-in, and that is remembered. The remembered one goes first, for as long as the configured one is the same.
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

  /** The state is here. Where nothing is configured any more, there is nothing left to have signed out of. */
  loaded(): void {
    if (!this.#configured && this.#state.state.signedOutOf !== undefined) {
      void this.#state.update({ signedOutOf: undefined });
    }
  }

  /** Whether there is anything to log in with. Known once the state is loaded. */
  get signedIn(): boolean {
    return (!this.#rememberedRefused && this.isRemembered) || this.configured !== undefined;
  }

  /** The account's username, as far as it can be shown: Spotify's own, or else the configured credential's word. */
  get username(): string | undefined {
    return this.knownAs ?? this.configured?.username;
  }

  /** The name that Spotify's welcome gave the account. Only this tells accounts apart: a file may hold an e-mail address. */
  get knownAs(): string | undefined {
    return this.#remembered?.username;
  }

  /** The configured credential, unless the user has signed out of it. */
  get configured(): Credentials | undefined {
    return this.#state.state.signedOutOf === this.#configuredAs ? undefined : this.#configured;
  }

  /** When Spotify handed out the remembered credential, ms since the epoch. */
  get rememberedSince(): number | undefined {
    return this.#remembered?.since;
  }

  /** The sign-in that the remembered credential came from, where one did. */
  get signedInBy(): SignInKind | undefined {
    return this.#remembered?.by;
  }

  /** Whether there is a credential that Spotify handed out. */
  get isRemembered(): boolean {
    return this.#remembered !== undefined;
  }

  /** What to log in with. */
  get credentials(): Credentials | undefined {
    const account = this.#rememberedRefused ? undefined : this.#remembered;
    if (!account) return this.configured;
    return {
      username: account.username,
      authType: account.authType as AuthenticationType,
      authData: Buffer.from(account.authData, "base64"),
    };
  }

  /** The credential to log in with, if Spotify handed it out: only such a one works for Login5. */
  get storedCredential(): { username: string; data: Uint8Array } | undefined {
    const { username, authType, authData } = this.credentials ?? {};
    const isStored = authType === AuthenticationType.AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS;
    return isStored && username !== undefined && authData ? { username, data: authData } : undefined;
  }

  /** Whether these are still the ones to log in with. */
  uses({ authType, authData }: Credentials): boolean {
    const now = this.credentials;
    return now?.authType === authType && Buffer.from(authData).equals(now.authData);
  }

  /** Spotify refused the credential. @returns whether there is another one to try */
  refused(): boolean {
    if (this.#rememberedRefused || !this.#remembered || !this.configured) return false;
    this.#rememberedRefused = true;
    return true;
  }

  /** Spotify refused each credential: the next login begins with the remembered one again. */
  allRefused(): void {
    this.#rememberedRefused = false;
  }

  /** Remembers what a welcome handed out. @returns whether it is another account than the remembered tokens' */
  welcomed(username: string, credentials: Credentials): { isAnother: boolean } {
    const before = this.#state.state.account;
    const isAnother = before !== undefined && before.username !== username;
    this.#rememberedRefused = false;
    if (credentials.authType !== AuthenticationType.AUTHENTICATION_SPOTIFY_TOKEN) {
      const { since, by } = isAnother || !before ? {} : before;
      void this.#remember(username, credentials, since, by);
    }
    return { isAnother };
  }

  /** Spotify handed out a credential in place of the one that was `used`. A sign-in since then is left alone. */
  renewed(username: string, authData: Uint8Array, used: Uint8Array): void {
    const remembered = this.#remembered;
    if (remembered?.username !== username) return;
    if (remembered.authData !== Buffer.from(used).toString("base64")) return;
    const authType = AuthenticationType.AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS;
    void this.#remember(username, { username, authType, authData }, remembered.since, remembered.by);
  }

  /** Takes a credential of a sign-in. Resolves when it is safe. */
  async signIn(username: string, credentials: Credentials, by: SignInKind): Promise<void> {
    this.#rememberedRefused = false;
    // Signed in again as the configured one. One of another account stays out.
    if (this.#configured?.username === username) await this.#state.keep({ signedOutOf: undefined });
    await this.#remember(username, credentials, undefined, by);
  }

  /** Forgets every credential, the configured one too, until another is configured. Resolves when that is safe. */
  async signOut(): Promise<void> {
    await this.#state.keep({
      account: undefined,
      signedOutOf: this.#configured ? this.#configuredAs : undefined,
    });
  }

  get #remembered(): NonNullable<StateKeeper["state"]["account"]> | undefined {
    const account = this.#state.state.account;
    return account?.configuredAs === this.#configuredAs ? account : undefined;
  }

  #remember(
    username: string,
    { authType, authData }: Credentials,
    since = Date.now(),
    by?: SignInKind,
  ): Promise<void> {
    const data = Buffer.from(authData).toString("base64");
    const configuredAs = this.#configuredAs;
    return this.#state.keep({
      account: { username, authType, authData: data, configuredAs, since, ...(by && { by }) },
    });
  }
}

/** A sign-in is of another account than the one that is known. */
export class AnotherAccount extends SpotifyError {
  constructor(
    readonly username: string,
    readonly known: string,
  ) {
    super(
      "INVALID_ARGUMENT",
      `This sign-in is of ${username}, and this Spotify account belongs to ${known}. Sign out of ${known} first, or add another account for ${username}.`,
    );
  }
}

/** @throws AnotherAccount */
export function checkSameAccount(username: string, known: string | undefined): void {
  if (known !== undefined && known !== username) throw new AnotherAccount(username, known);
}

/** Tells credentials apart without holding them. */
function fingerprint({ username = "", authType, authData }: Credentials): string {
  return createHash("sha256").update(`${username}\n${authType}\n`).update(authData).digest("hex");
}
