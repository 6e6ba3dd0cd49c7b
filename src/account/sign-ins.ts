import { EventEmitter } from "node:events";
import { accessTokenCredentials, type Credentials } from "../access-point/credentials";
import { SpotifyError } from "../core/errors";
import { Authorization } from "../oauth/authorization";
import { DevicePairing } from "../oauth/device-pairing";
import type { ImportForm } from "./credential-file";
import { parseImportedCredentials } from "./imported-credentials";
import { checkOwnAppScopes } from "./own-app-scopes";
import type { OAuthTokens, TokenEndpoint } from "../oauth/token-endpoint";
import { Deadline } from "../async/deadline";
import { raceAbort } from "../async/race-abort";
import { parseClientId } from "../core/client-id";
import { CLIENT_IDS, DESKTOP_ONLY_SCOPES, WEB_API_SCOPES } from "../core/knowledge";
import { parseScopes } from "../core/scopes";
import { checkSameAccount } from "./account";
import { WhoseAccount, type WhoseAccountOptions } from "./whose-account";
import { listSignIns, pairedGrant, type SignIn } from "./sign-in-list";

/** How long closing waits for what Spotify is just granting, ms: Node-RED gives a node 15 s to close. */
const CLOSE_LIMIT = 8_000;

/** What the sign-ins need of their session. */
export interface SignInsOptions extends WhoseAccountOptions {
  endpoint: TokenEndpoint;
  /** Logs in once on a connection of its own. @returns whose account it is, and a credential for the next time */
  logInOnce(
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<{ username: string; credentials: Credentials }>;
  /** Resolves when what was remembered is here. */
  loaded(): Promise<unknown>;
  /** The sign-ins have changed. @param account whether the access point's has: connect anew, or no more */
  changed(account: boolean): void;
  /** Everything is to be forgotten. */
  forget(): Promise<void>;
  /** Ends with the session. */
  closing: AbortSignal;
  /** Resolves when what is remembered is on disk. @throws SpotifyError INVALID_ARGUMENT if it cannot be written */
  kept(): Promise<void>;
}

const NEVER = new AbortController().signal;

/** The ways to sign a session in and out. Each says whose account it is, and accounts never mix. */
export class SignIns extends EventEmitter<{ change: [] }> {
  readonly #options: SignInsOptions;
  readonly #whose: WhoseAccount;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: SignInsOptions) {
    super();
    this.#options = options;
    this.#whose = new WhoseAccount(options);
  }

  /** The ways in which the session is signed in now. */
  list(): SignIn[] {
    return listSignIns(this.#options.account, this.#options.grants);
  }

  /** Resolves when what was remembered is here. */
  async ready(): Promise<void> {
    await this.#options.loaded();
  }

  /**
   * Begins to pair with a code, for the desktop client ID.
   * @throws SpotifyError as `DevicePairing.begin`
   */
  async beginPairing(signal?: AbortSignal): Promise<DevicePairing> {
    await this.#options.loaded();
    const { http, guard, endpoint, endpoints } = this.#options;
    const parts = { http, guard, endpoint, accounts: endpoints.accounts };
    return DevicePairing.begin(parts, CLIENT_IDS.keymaster, WEB_API_SCOPES, signal);
  }

  /**
   * Waits until the code is typed, then signs in with what it gives: an access point session, and a grant. Where the session
   * is closed meanwhile, the next session of the account can finish the same pairing.
   * @returns the account's username
   * @throws SpotifyError as `DevicePairing.wait`; INVALID_ARGUMENT for another account; what the login is refused with;
   *   CLOSED
   */
  async finishPairing(pairing: DevicePairing, cancelled: AbortSignal): Promise<string> {
    await this.#options.loaded();
    const signal = this.#until(cancelled);
    const authorizedAt = Date.now();
    const tokens = await pairing.wait(signal, this.#options.endpoint);
    const login = await this.#options.logInOnce(accessTokenCredentials(tokens.accessToken), signal);
    await this.#inTurn(async () => {
      await this.#whose.check(login.username, signal);
      await this.#options.account.signIn(login.username, login.credentials, "pairing");
      // The connection is what a pairing is for; without a refresh token there is no grant to keep.
      if (tokens.refreshToken) {
        await this.#addGrant(pairing.clientId, tokens, WEB_API_SCOPES, login.username, authorizedAt);
      }
      this.#changed(true);
    });
    return login.username;
  }

  /**
   * Begins a sign-in with an app of the user's own.
   * @param scopes a list, or a text with commas or spaces
   * @throws SpotifyError INVALID_ARGUMENT for a client ID, scope or redirect address that cannot be right; INVALID_SCOPE
   *   for scopes that an own app may not have; RATE_LIMITED if Spotify has told this app to wait
   */
  beginAuthorization(
    clientIdNamed: string,
    scopes: readonly string[] | string,
    redirectUri: string,
  ): Authorization {
    const clientId = parseClientId(clientIdNamed);
    const wanted = checkOwnAppScopes(clientId, parseScopes(scopes), DESKTOP_ONLY_SCOPES);
    const { guard, endpoint, endpoints } = this.#options;
    const authorization = new Authorization({
      accounts: endpoints.accounts,
      clientId,
      redirectUri,
      scopes: wanted,
    });
    // Better said now than after the user has agreed on Spotify's page.
    endpoint.check(clientId);
    guard.check(clientId, new URL(endpoints.api).host);
    return authorization;
  }

  /**
   * Ends a sign-in with the address that the browser came back to. If the Web API does not tell whose account it is,
   * the grant is kept, and gives no token until that is known.
   * @returns the account's username, if it is known
   * @throws SpotifyError as `Authorization.finish`; PREMIUM_REQUIRED, REQUEST_REFUSED as `usernameOf`; INVALID_ARGUMENT for
   *   another account; PROTOCOL_ERROR if Spotify gives nothing that lasts; CLOSED, and then the next session of the account
   *   can finish the same authorization
   */
  async finishAuthorization(
    authorization: Authorization,
    callback: string,
    cancelled: AbortSignal = NEVER,
  ): Promise<string | undefined> {
    await this.#options.loaded();
    const signal = this.#until(cancelled);
    const { clientId, scopes } = authorization;
    const authorizedAt = Date.now();
    try {
      const tokens =
        authorization.received ?? (await authorization.finish(callback, this.#options.endpoint, signal));
      if (!tokens.refreshToken) throw new NoRefreshToken(clientId);
      const username = await this.#whose.ofToken(clientId, tokens.accessToken, signal);
      await this.#inTurn(async () => {
        if (username !== undefined) await this.#whose.check(username, signal);
        const checkedAt = username === undefined ? undefined : Date.now();
        await this.#addGrant(clientId, tokens, scopes, username, authorizedAt, checkedAt);
        this.#changed(false);
      });
      return username;
    } finally {
      if (!this.#options.closing.aborted) authorization.forget();
    }
  }

  /**
   * The Web API took a token of an app, and said whose account it is.
   * @throws SpotifyError INVALID_ARGUMENT where it is another account's than the others: the app is signed out then
   */
  async appChecked(clientId: string, at: number, username: string): Promise<void> {
    const { grants } = this.#options;
    if (grants.get(clientId)?.username !== undefined) return grants.checked(clientId, at, username);
    await this.#inTurn(async () => {
      try {
        await this.#whose.check(username, this.#options.closing);
      } catch (error) {
        await grants.remove(clientId);
        throw error;
      } finally {
        await grants.checked(clientId, at, username);
        this.#changed(false);
      }
    });
  }

  /**
   * Signs in with a file of another program. It is tried before it is kept, and Spotify's answer says whose account it is:
   * the name in a file may as well be an e-mail address.
   * @throws SpotifyError INVALID_ARGUMENT for a file that is none of those, or another account; what the login is
   *   refused with
   */
  async import(
    text: string,
    cancelled: AbortSignal = NEVER,
  ): Promise<{ username: string; form: ImportForm }> {
    await this.#options.loaded();
    const { credentials, form } = parseImportedCredentials(text);
    const username = await this.#logIn(credentials, "import", this.#until(cancelled));
    return { username, form };
  }

  /**
   * Signs in with what a Spotify app handed over on the LAN. Where this account is signed in and connected already,
   * nothing changes: an app taps whenever its user picks the device.
   * @param connected whether the session is connected
   * @throws SpotifyError INVALID_ARGUMENT for another account; what the login is refused with
   */
  async tap(credentials: Credentials, connected: boolean, cancelled: AbortSignal): Promise<void> {
    await this.#options.loaded();
    const known = this.#whose.known;
    // An app names the account by its real name, so that a stranger's tap costs Spotify no login.
    if (credentials.username !== undefined) checkSameAccount(credentials.username, known);
    if (connected && known !== undefined && known === credentials.username) return;
    await this.#logIn(credentials, "tap", this.#until(cancelled));
  }

  /**
   * Takes back a tap, for anybody on the LAN may ask for that; no other sign-in.
   * @throws SpotifyError INVALID_ARGUMENT where the session is signed in in another way
   */
  async untap(): Promise<void> {
    await this.#options.loaded();
    const { account } = this.#options;
    if (!account.signedIn) return;
    if (account.signedInBy !== "tap") {
      throw new SpotifyError(
        "INVALID_ARGUMENT",
        "The account was not signed in by a tap: sign out in its dialog.",
      );
    }
    await account.signOut();
    this.#changed(true);
  }

  /**
   * Signs out of one way.
   * @param id as `list` gives it
   * @throws SpotifyError INVALID_ARGUMENT if there is no such way, or if a restart would bring it back because the state
   *   cannot be written
   */
  async signOut(id: string): Promise<void> {
    await this.#options.loaded();
    const { account, grants, guard } = this.#options;
    const signIn = this.list().find((other) => other.id === id);
    if (!signIn) throw new SpotifyError("INVALID_ARGUMENT", "There is no such sign-in.");
    if (signIn.way === "app") {
      await grants.remove(id);
      guard.forget(id);
    } else {
      const paired = pairedGrant(account, grants);
      await account.signOut();
      if (paired) await grants.remove(paired.clientId);
    }
    this.#changed(signIn.way !== "app");
    await this.#options.kept();
  }

  /**
   * Signs out of everything, and forgets all that was remembered.
   * @throws SpotifyError INVALID_ARGUMENT if a restart would bring it back because the state cannot be written
   */
  async signOutOfAll(): Promise<void> {
    await this.#options.loaded();
    await this.#options.forget();
    this.#changed(true);
    await this.#options.kept();
  }

  /** Resolves when what Spotify is just granting has been kept, or after a few seconds. Never rejects. */
  async close(): Promise<void> {
    const late = new Deadline(
      CLOSE_LIMIT,
      () => new SpotifyError("TIMEOUT", "A sign-in is still under way."),
    );
    const settled = Promise.allSettled([this.#options.endpoint.settled(), this.#turn]);
    await raceAbort(late.signal, settled).catch(() => undefined);
    late.clear();
  }

  async #logIn(credentials: Credentials, by: "import" | "tap", signal: AbortSignal): Promise<string> {
    const login = await this.#options.logInOnce(credentials, signal);
    await this.#inTurn(async () => {
      await this.#whose.check(login.username, signal);
      await this.#options.account.signIn(login.username, login.credentials, by);
      this.#changed(true);
    });
    return login.username;
  }

  /** Ends when the user cancels, or with the session. */
  #until(cancelled: AbortSignal): AbortSignal {
    return AbortSignal.any([cancelled, this.#options.closing]);
  }

  /** One after the other: two sign-ins that end at once must not both find the session empty. */
  #inTurn(action: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(() => {
      this.#options.closing.throwIfAborted();
      return action();
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #addGrant(
    clientId: string,
    tokens: OAuthTokens,
    asked: readonly string[],
    username: string | undefined,
    authorizedAt: number,
    checkedAt?: number,
  ): Promise<void> {
    await this.#options.grants.add({
      clientId,
      refreshToken: tokens.refreshToken!,
      scopes: tokens.scopes ?? [...asked],
      authorizedAt,
      username,
      ...(checkedAt !== undefined && { checkedAt }),
    });
  }

  #changed(account: boolean): void {
    this.#options.changed(account);
    this.emit("change");
  }
}

/** PROTOCOL_ERROR: a sign-in gave nothing that lasts. */
class NoRefreshToken extends SpotifyError {
  readonly lacks = "refresh_token";

  constructor(clientId: string) {
    const message =
      "Spotify gave a token for one hour, but no refresh token for the time after it. Nothing was kept. Sign in again.";
    super("PROTOCOL_ERROR", message, { clientId });
  }
}
