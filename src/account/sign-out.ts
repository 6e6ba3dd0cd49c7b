import { SpotifyError } from "../core/errors";
import type { RateLimitGuard } from "../net/rate-limit-guard";
import type { Account } from "./account";
import type { AccountChanges, RememberedAccount } from "./account-changes";
import type { Grants } from "./grants";
import { listSignIns, pairedGrant } from "./sign-in-list";

/** What the session remembers, as far as signing out needs it. */
export interface ForgettableAccount extends RememberedAccount {
  /** Forgets everything. Never rejects. */
  forget(): Promise<void>;
  /** Resolves when it is on disk. @throws SpotifyError INVALID_ARGUMENT if it cannot be written */
  written(): Promise<void>;
}

/** Signs out: of one sign-in, or of all. */
export class SignOut {
  constructor(
    private readonly changes: AccountChanges,
    private readonly account: Account,
    private readonly grants: Grants,
    private readonly guard: RateLimitGuard,
    private readonly remembered: ForgettableAccount,
  ) {}

  /**
   * @throws SpotifyError INVALID_ARGUMENT if there is no such sign-in, or the state cannot be written; UNREACHABLE if it
   *   cannot be read
   */
  async of(id: string): Promise<void> {
    await this.changes.known();
    const signIn = listSignIns(this.account, this.grants).find((other) => other.id === id);
    if (!signIn) throw new SpotifyError("INVALID_ARGUMENT", "There is no such sign-in.");
    if (signIn.way === "app") {
      await this.grants.remove(id);
      this.guard.forget(id);
      this.changes.appsChanged();
    } else {
      const paired = pairedGrant(this.account, this.grants);
      await this.account.signOut();
      if (paired) await this.grants.remove(paired.clientId);
      this.changes.credentialChanged();
    }
    await this.remembered.written();
  }

  /** Ends each sign-in of an account that gives way to another one. What belongs to the device is kept. */
  async ofFormerAccount(): Promise<void> {
    await this.account.signOut();
    for (const { clientId } of this.grants.all()) {
      await this.grants.remove(clientId);
      this.guard.forget(clientId);
    }
    this.changes.credentialChanged();
  }

  /** @throws SpotifyError INVALID_ARGUMENT if the state cannot be written; UNREACHABLE if it cannot be read */
  async ofAll(): Promise<void> {
    await this.changes.known();
    await this.remembered.forget();
    this.changes.credentialChanged();
    await this.remembered.written();
  }
}
