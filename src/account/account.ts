import { createHash } from "node:crypto";
import { AuthenticationType, type Credentials } from "../access-point/credentials";
import { SpotifyError } from "../core/errors";
import type { Slice } from "../store/slice";
import type { RememberedAccount, SignInKind } from "./remembered-account";

/**
 * The credentials that log the account in at the access point. There are two: the one that was configured, and the one that Spotify
 * handed out at a login or a sign-in, which is remembered. The remembered one is tried first, until another one is
 * configured.
 */
export class Account {
  readonly #configured: Credentials | undefined;
  readonly #configuredAs: string;
  #rememberedRefused = false;

  /**
   * @param signedOutOf the fingerprint of the configured credential that the user has signed out of
   * @param isKnown whether it has been read who is signed in; until then, the account counts as signed out
   */
  constructor(
    configured: Credentials | undefined,
    private readonly account: Slice<RememberedAccount | undefined>,
    private readonly signedOutOf: Slice<string | undefined>,
    private readonly isKnown: () => boolean = () => true,
  ) {
    this.#configured = configured;
    this.#configuredAs = configured ? fingerprint(configured) : "";
  }

  /** It is known what was remembered. If no credential is configured any more, the user is not signed out of one. */
  known(): void {
    if (!this.#configured && this.signedOutOf.value !== undefined) void this.signedOutOf.set(undefined);
  }

  /** Whether there is a credential to log in with. Certain once it is known what was remembered. */
  get signedIn(): boolean {
    return (!this.#rememberedRefused && this.isRemembered) || this.configured !== undefined;
  }

  /** The account's username for display: the one that Spotify gave, else that of the configured credential. */
  get username(): string | undefined {
    return this.knownAs ?? this.configured?.username;
  }

  /** The username that Spotify's welcome gave. Only this tells accounts apart: a file may hold an e-mail address. */
  get knownAs(): string | undefined {
    return this.#remembered?.username;
  }

  /** The configured credential, unless the user has signed out of it. */
  get configured(): Credentials | undefined {
    if (!this.isKnown() || this.signedOutOf.value === this.#configuredAs) return undefined;
    return this.#configured;
  }

  /** When Spotify handed out the remembered credential, ms since the epoch. */
  get rememberedSince(): number | undefined {
    return this.#remembered?.since;
  }

  /** The sign-in that the remembered credential came from, if there was one. */
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

  /** Another session that shares the account has signed in or out: the credential that was refused here may be gone. */
  changedElsewhere(): void {
    this.#rememberedRefused = false;
  }

  /** Remembers what a welcome handed out. @returns whether the remembered tokens are of another account */
  welcomed(username: string, credentials: Credentials): { isAnother: boolean } {
    const before = this.account.value;
    const isAnother = before !== undefined && before.username !== username;
    this.#rememberedRefused = false;
    if (credentials.authType !== AuthenticationType.AUTHENTICATION_SPOTIFY_TOKEN) {
      const welcomed = this.#toRemember(username, credentials);
      void this.account.change((known) => {
        // Another session has signed out meanwhile.
        if (before !== undefined && known === undefined) return undefined;
        if (known?.username !== username) return welcomed;
        const { since, by } = known;
        return { ...welcomed, since, ...(by && { by }) };
      });
    }
    return { isAnother };
  }

  /** Spotify handed out a credential in place of the one that was `used`. A sign-in since then is left alone. */
  renewed(username: string, authData: Uint8Array, used: Uint8Array): void {
    const [renewed, former] = [authData, used].map((data) => Buffer.from(data).toString("base64"));
    const isSame = (known: RememberedAccount | undefined): boolean =>
      known?.username === username && known.authData === former;
    if (!isSame(this.#remembered)) return;
    void this.account.change((known) => (known && isSame(known) ? { ...known, authData: renewed! } : known));
  }

  /** Takes a credential of a sign-in. Resolves when it is safe. */
  async signIn(username: string, credentials: Credentials, by: SignInKind): Promise<void> {
    this.#rememberedRefused = false;
    // Signed in again as the configured one. One of another account stays out.
    if (this.#configured?.username === username) await this.signedOutOf.set(undefined);
    await this.account.set(this.#toRemember(username, credentials, by));
  }

  /** Forgets every credential, the configured one too, until another is configured. Resolves when that is safe. */
  async signOut(): Promise<void> {
    await Promise.all([
      this.signedOutOf.set(this.#configured ? this.#configuredAs : undefined),
      this.account.set(undefined),
    ]);
  }

  get #remembered(): RememberedAccount | undefined {
    const account = this.isKnown() ? this.account.value : undefined;
    return account?.configuredAs === this.#configuredAs ? account : undefined;
  }

  #toRemember(username: string, { authType, authData }: Credentials, by?: SignInKind): RememberedAccount {
    const data = Buffer.from(authData).toString("base64");
    const configuredAs = this.#configuredAs;
    return { username, authType, authData: data, configuredAs, since: Date.now(), ...(by && { by }) };
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
export function fingerprint({ username = "", authType, authData }: Credentials): string {
  return createHash("sha256").update(`${username}\n${authType}\n`).update(authData).digest("hex");
}
