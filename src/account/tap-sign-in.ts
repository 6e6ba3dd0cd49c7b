import type { Credentials } from "../access-point/credentials";
import { wait } from "../async/wait";
import { SpotifyError } from "../core/errors";
import { AnotherAccount, checkSameAccount, fingerprint, type Account } from "./account";
import type { AccountChanges } from "./account-changes";
import type { AccountLogin } from "./account-login";
import type { SignOut } from "./sign-out";
import type { TapGate } from "./tap-gate";
import { TapLimit } from "./tap-limit";
import type { WhoseAccount } from "./whose-account";

/** How many credentials that Spotify has accepted are remembered: one for each app that taps. */
const MOST_PROVEN = 16;
/** How long a tap is refused for that was not tried at Spotify, ms: about as long as a login takes. */
const LIKE_A_LOGIN = { least: 200, most: 600 };

/**
 * Signs in with the credential that a Spotify app on the LAN hands over when its user picks this device.
 *
 * Anyone in the network can tap. The account that signed in first is the owner, and only the owner's taps are accepted
 * until a person lets in others (`TapGate`). An answer does not tell whether a name is the owner's: a credential that is
 * worth nothing fails as a tap of another account does.
 */
export class TapSignIn {
  readonly #limit = new TapLimit();
  /** Fingerprints of tapped credentials that Spotify has accepted. */
  readonly #proven = new Set<string>();

  constructor(
    private readonly changes: AccountChanges,
    private readonly login: AccountLogin,
    private readonly whose: WhoseAccount,
    private readonly account: Account,
    private readonly signOut: SignOut,
    private readonly gate: TapGate,
  ) {
    gate.on("change", () => {
      // Whom a person lets in does not wait because of taps before.
      if (gate.isOpen) this.#limit.reset();
    });
  }

  /**
   * If this account is signed in and connected already, nothing changes: an app taps each time its user picks the device.
   * @param isConnected whether the session is connected now
   * @throws SpotifyError INVALID_ARGUMENT for another account; RATE_LIMITED if there were too many taps; what the login is
   *   refused with; as `AccountChanges.known`; CLOSED
   */
  async tap(credentials: Credentials, isConnected: () => boolean, cancelled: AbortSignal): Promise<void> {
    await this.changes.known();
    if (isConnected() && this.#isProven(credentials)) return;
    this.#limit.begin();
    try {
      await this.changes.within(cancelled, (signal) => this.#try(credentials, isConnected, signal));
    } catch (error) {
      this.#limit.failed();
      if (error instanceof AnotherAccount) this.gate.refuse(error.username);
      throw error;
    }
    this.#limit.succeeded();
    this.gate.passed();
  }

  /**
   * Signs out of a tap. Anyone on the LAN may ask for that: it is done only if a person lets someone else sign in, and no
   * other sign-in is ended.
   * @throws SpotifyError REQUEST_REFUSED; as `AccountChanges.known`
   */
  async takeBack(): Promise<void> {
    await this.changes.known();
    if (!this.account.signedIn) return;
    if (this.account.signedInBy !== "tap" || !this.gate.isOpen) {
      throw new SpotifyError("REQUEST_REFUSED", "Sign out in the account's dialog.");
    }
    await this.account.signOut();
    this.changes.credentialChanged();
  }

  async #try(credentials: Credentials, isConnected: () => boolean, signal: AbortSignal): Promise<void> {
    const { username } = credentials;
    // An app names the account by its real name, so a stranger's tap is refused without a login at Spotify.
    if (!this.gate.isOpen && username !== undefined) await this.#refuseStranger(username, signal);
    const login = await this.login.once(credentials, signal);
    await this.changes.apply(async () => {
      // A person may have closed the gate during the login.
      if (this.gate.isOpen) await this.#makeRoomFor(login.username, signal);
      else await this.whose.check(login.username, signal);
      if (username === login.username) this.#prove(credentials);
      if (isConnected() && this.account.knownAs === login.username) return;
      await this.account.signIn(login.username, login.credentials, "tap");
      this.changes.credentialChanged();
    });
  }

  /** @throws AnotherAccount */
  async #refuseStranger(username: string, signal: AbortSignal): Promise<void> {
    try {
      checkSameAccount(username, this.whose.known);
    } catch (error) {
      const { least, most } = LIKE_A_LOGIN;
      await wait(least + Math.random() * (most - least), signal);
      throw error;
    }
  }

  /** Accounts never mix: if another one is signed in, all of its sign-ins end. */
  async #makeRoomFor(username: string, signal: AbortSignal): Promise<void> {
    try {
      await this.whose.check(username, signal);
    } catch (error) {
      if (!(error instanceof AnotherAccount)) throw error;
      await this.signOut.ofFormerAccount();
    }
  }

  /** Whether Spotify has accepted this credential, as the owner's. */
  #isProven(credentials: Credentials): boolean {
    if (credentials.username === undefined || credentials.username !== this.whose.known) return false;
    return this.account.uses(credentials) || this.#proven.has(fingerprint(credentials));
  }

  #prove(credentials: Credentials): void {
    const [oldest] = this.#proven;
    if (this.#proven.size >= MOST_PROVEN && oldest !== undefined) this.#proven.delete(oldest);
    this.#proven.add(fingerprint(credentials));
  }
}
