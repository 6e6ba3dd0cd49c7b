import { EventEmitter } from "node:events";
import { accessTokenCredentials, type Credentials } from "../access-point/credentials";
import type { Endpoints } from "../endpoints";
import { SpotifyError } from "../errors";
import type { HttpClient } from "../http/client";
import type { RateLimitGuard } from "../http/rate-limit-guard";
import { Authorization } from "../sign-in/authorization";
import { DevicePairing } from "../sign-in/device-pairing";
import { grantEnds, type Grant } from "../sign-in/grant";
import type { Grants } from "../sign-in/grants";
import { parseImportedCredentials, type ImportForm } from "../sign-in/imported-credentials";
import { checkOwnAppScopes } from "../sign-in/own-app-scopes";
import { usernameOf } from "../sign-in/profile";
import type { OAuthTokens, TokenEndpoint } from "../sign-in/token-endpoint";
import type { SignInKind } from "../state/state";
import { parseClientId } from "../tokens/client-id";
import { CLIENT_IDS, DESKTOP_ONLY_SCOPES, WEB_API_SCOPES } from "../tokens/knowledge";
import { parseScopes } from "../tokens/scopes";
import type { Account } from "./account";

/** One way in which a session is signed in. */
export interface SignIn {
  /** What to sign out of. */
  id: string;
  /** What was configured; a credential that Spotify handed out; or the grant of a client ID. */
  way: "configured" | "stored" | "app";
  /** How a stored credential came, where it is known. */
  by?: SignInKind | undefined;
  clientId: string | undefined;
  username: string | undefined;
  /** ms since the epoch, where known */
  since: number | undefined;
  until: number | undefined;
  /** Whether Spotify no longer accepts it. */
  ended: boolean;
  scopes: readonly string[];
}

/** What the sign-ins need of their session. */
export interface SignInsOptions {
  http: HttpClient;
  guard: RateLimitGuard;
  endpoint: TokenEndpoint;
  endpoints: Endpoints;
  account: Account;
  grants: Grants;
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
  /** Resolves when what is remembered is on disk. @throws SpotifyError INVALID_ARGUMENT if it cannot be written */
  kept(): Promise<void>;
}

/** The ways to sign a session in and out. Each says whose account it is, and accounts never mix. */
export class SignIns extends EventEmitter<{ change: [] }> {
  readonly #options: SignInsOptions;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: SignInsOptions) {
    super();
    this.#options = options;
  }

  /** The ways in which the session is signed in now. */
  list(): SignIn[] {
    const { account, grants } = this.#options;
    const list: SignIn[] = [];
    const credential = { clientId: undefined, until: undefined, ended: false, scopes: [] };
    if (account.configured) {
      const { username } = account.configured;
      list.push({ id: "configured", way: "configured", username, since: undefined, ...credential });
    }
    if (account.isRemembered && !account.configured) {
      list.push({
        id: "stored",
        way: "stored",
        by: account.signedInBy,
        username: account.username,
        since: account.rememberedSince,
        ...credential,
      });
    }
    for (const grant of grants.all()) list.push(appSignIn(grant));
    return list;
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
   * Waits until the code is typed, then signs in with what it gives: an access point session, and a grant.
   * @returns the account's username
   * @throws SpotifyError as `DevicePairing.wait`; INVALID_ARGUMENT for another account; what the login is refused with
   */
  async finishPairing(pairing: DevicePairing, signal: AbortSignal): Promise<string> {
    const authorizedAt = Date.now();
    const tokens = await pairing.wait(signal);
    const login = await this.#options.logInOnce(accessTokenCredentials(tokens.accessToken), signal);
    await this.#inTurn(async () => {
      this.#check(login.username);
      await this.#options.account.signIn(login.username, login.credentials, "pairing");
      await this.#addGrant(pairing.clientId, tokens, WEB_API_SCOPES, login.username, authorizedAt);
      this.#changed(true);
    });
    return login.username;
  }

  /**
   * Begins a sign-in with an app of the user's own.
   * @param scopes a list, or a text with commas or spaces
   * @throws SpotifyError INVALID_ARGUMENT for a client ID, scope or redirect address that cannot be right; INVALID_SCOPE
   *   for scopes that an own app may not have
   */
  beginAuthorization(
    clientIdNamed: string,
    scopes: readonly string[] | string,
    redirectUri: string,
  ): Authorization {
    const clientId = parseClientId(clientIdNamed);
    const wanted = checkOwnAppScopes(clientId, parseScopes(scopes), DESKTOP_ONLY_SCOPES);
    const { accounts } = this.#options.endpoints;
    return new Authorization({ accounts, clientId, redirectUri, scopes: wanted });
  }

  /**
   * Ends a sign-in with the address that the browser came back to.
   * @returns the account's username
   * @throws SpotifyError as `Authorization.finish` and `usernameOf`; INVALID_ARGUMENT for another account
   */
  async finishAuthorization(
    authorization: Authorization,
    callback: string,
    signal?: AbortSignal,
  ): Promise<string> {
    await this.#options.loaded();
    const { http, guard, endpoint, endpoints } = this.#options;
    const { clientId } = authorization;
    const authorizedAt = Date.now();
    const tokens = await authorization.finish(callback, endpoint, signal);
    const username = await usernameOf(
      { http, guard, api: endpoints.api },
      clientId,
      tokens.accessToken,
      signal,
    );
    await this.#inTurn(async () => {
      this.#check(username);
      // The Web API has just said whose account it is: the app may be used.
      await this.#addGrant(clientId, tokens, authorization.scopes, username, authorizedAt, Date.now());
      this.#changed(false);
    });
    return username;
  }

  /**
   * Signs in with a file of another program. It is tried before it is kept.
   * @throws SpotifyError INVALID_ARGUMENT for a file that is none of those, or another account; what the login is
   *   refused with
   */
  async import(
    text: string,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<{ username: string; form: ImportForm }> {
    await this.#options.loaded();
    const { credentials, form } = parseImportedCredentials(text);
    if (credentials.username !== undefined) this.#check(credentials.username);
    const login = await this.#options.logInOnce(credentials, signal);
    await this.#inTurn(async () => {
      this.#check(login.username);
      await this.#options.account.signIn(login.username, login.credentials, "import");
      this.#changed(true);
    });
    return { username: login.username, form };
  }

  /**
   * Signs in with what a Spotify app handed over on the LAN. Where this account is signed in and connected already,
   * nothing changes: an app taps whenever its user picks the device.
   * @param connected whether the session is connected
   * @throws SpotifyError INVALID_ARGUMENT for another account; what the login is refused with
   */
  async tap(credentials: Credentials, connected: boolean, signal: AbortSignal): Promise<void> {
    await this.#options.loaded();
    const { account, logInOnce } = this.#options;
    if (credentials.username !== undefined) this.#check(credentials.username);
    if (connected && account.username === credentials.username) return;
    const login = await logInOnce(credentials, signal);
    await this.#inTurn(async () => {
      this.#check(login.username);
      await account.signIn(login.username, login.credentials, "tap");
      this.#changed(true);
    });
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
        "The session was not signed in by a tap: sign out in its dialog.",
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
      await account.signOut();
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

  /** One after the other: two sign-ins that end at once must not both find the session empty. */
  #inTurn(action: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(action);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #check(username: string): void {
    const { account, grants } = this.#options;
    account.check(
      username,
      grants.all().map((grant) => grant.username),
    );
  }

  async #addGrant(
    clientId: string,
    tokens: OAuthTokens,
    asked: readonly string[],
    username: string,
    authorizedAt: number,
    checkedAt?: number,
  ): Promise<void> {
    const { refreshToken } = tokens;
    // Without one there is nothing to keep: the access token is over in an hour.
    if (!refreshToken) return;
    await this.#options.grants.add({
      clientId,
      refreshToken,
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

function appSignIn(grant: Grant): SignIn {
  return {
    id: grant.clientId,
    way: "app",
    clientId: grant.clientId,
    username: grant.username,
    since: grant.authorizedAt,
    until: grantEnds(grant),
    ended: grant.endedAt !== undefined,
    scopes: grant.scopes,
  };
}
