import { EventEmitter } from "node:events";
import type { Authorization } from "../oauth/authorization";
import type { DevicePairing } from "../oauth/device-pairing";
import type { Account } from "./account";
import type { AccountChanges } from "./account-changes";
import type { ImportForm } from "./credential-file";
import type { FileSignIn } from "./file-sign-in";
import type { Grants } from "./grants";
import type { OwnAppSignIn } from "./own-app-sign-in";
import type { PairingSignIn } from "./pairing-sign-in";
import { listSignIns, type SignIn } from "./sign-in-list";
import type { SignOut } from "./sign-out";

/** Every way to sign in and out. */
export interface SignInWays {
  pairing: PairingSignIn;
  ownApp: OwnAppSignIn;
  file: FileSignIn;
  signOut: SignOut;
}

/**
 * The sign-ins of the account, and the ways to sign in and out. Spotify names the account of each sign-in, and accounts never mix.
 *
 * Emits `change` when a sign-in was added, has ended or was removed.
 */
export class SignIns extends EventEmitter<{ change: [] }> {
  readonly #account: Account;
  readonly #grants: Grants;
  readonly #changes: AccountChanges;
  readonly #ways: SignInWays;

  constructor(account: Account, grants: Grants, changes: AccountChanges, ways: SignInWays) {
    super();
    this.#account = account;
    this.#grants = grants;
    this.#changes = changes;
    this.#ways = ways;
  }

  /** The sign-ins of the session. */
  list(): SignIn[] {
    return listSignIns(this.#account, this.#grants);
  }

  /** Resolves when the remembered sign-ins have been read. Never rejects. */
  ready(): Promise<void> {
    return this.#changes.loaded();
  }

  /**
   * Begins to pair with a code, for the desktop client ID.
   * @throws SpotifyError as `DevicePairing.begin`
   */
  beginPairing(signal?: AbortSignal): Promise<DevicePairing> {
    return this.#ways.pairing.begin(signal);
  }

  /**
   * Waits until the user has typed the code, then signs in: with an access point session, and a grant. If the session
   * closes meanwhile, the next session of the account can finish the same pairing.
   * @returns the account's username
   * @throws SpotifyError as `DevicePairing.wait`; INVALID_ARGUMENT for another account; what the login is refused with;
   *   CLOSED
   */
  finishPairing(pairing: DevicePairing, cancelled: AbortSignal): Promise<string> {
    return this.#ways.pairing.finish(pairing, cancelled);
  }

  /**
   * Begins a sign-in with an app of the user's own.
   * @param scopes a list, or a text with commas or spaces
   * @throws SpotifyError INVALID_ARGUMENT for a client ID, scope or redirect address that cannot be right; INVALID_SCOPE
   *   for scopes that an own app may not have; RATE_LIMITED if Spotify has told this app to wait
   */
  beginAuthorization(
    clientId: string,
    scopes: readonly string[] | string,
    redirectUri: string,
  ): Authorization {
    return this.#ways.ownApp.begin(clientId, scopes, redirectUri);
  }

  /**
   * Ends a sign-in with the address that the browser came back to. If the Web API does not tell whose account it is,
   * the grant is kept, and gives no token until that is known.
   * @returns the account's username, if it is known
   * @throws SpotifyError as `Authorization.finish`; PREMIUM_REQUIRED, REQUEST_REFUSED as `usernameOf`; INVALID_ARGUMENT for
   *   another account; PROTOCOL_ERROR if Spotify gives no refresh token; CLOSED, and then the next session of the account
   *   can finish the same authorization
   */
  finishAuthorization(
    authorization: Authorization,
    callback: string,
    cancelled?: AbortSignal,
  ): Promise<string | undefined> {
    return this.#ways.ownApp.finish(authorization, callback, cancelled);
  }

  /**
   * Signs in with a file of another program. It is tried before it is kept, and Spotify's answer says whose account it is:
   * the name in a file may be an e-mail address.
   * @throws SpotifyError INVALID_ARGUMENT if the file has none of the known forms, or is of another account; what the
   *   login is refused with
   */
  import(text: string, cancelled?: AbortSignal): Promise<{ username: string; form: ImportForm }> {
    return this.#ways.file.import(text, cancelled);
  }

  /**
   * Signs out of one sign-in.
   * @param id as `list` gives it
   * @throws SpotifyError INVALID_ARGUMENT if there is no such sign-in, or if a restart would bring it back because the
   *   state cannot be written
   */
  signOut(id: string): Promise<void> {
    return this.#ways.signOut.of(id);
  }

  /**
   * Signs out of everything, and forgets all that was remembered.
   * @throws SpotifyError INVALID_ARGUMENT if a restart would bring it back because the state cannot be written
   */
  signOutOfAll(): Promise<void> {
    return this.#ways.signOut.ofAll();
  }
}
