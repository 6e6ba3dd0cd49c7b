/** The people who have an account with this Spotify, and the tokens it has given out. */
import { randomBytes } from "node:crypto";
import { AuthenticationType } from "../../../src/proto/gen/authentication_pb";
import { CLIENT_IDS, DESKTOP_ONLY_SCOPES, WEB_API_SCOPES } from "../../../src/core/knowledge";
import { BoundedMap } from "../bounded-map";
import type { TokenKind } from "./memory";
import { Playback, type PlaybackNews } from "./playback";
import type { Policy } from "./policy";
import { Playlists } from "./playlists";
import { StoredCredentials } from "./stored-credentials";

/**
 * How keymaster treats an account: `refused-once` refuses every request of the first session that asks and
 * serves any session opened after it, as users report. Source: librespot#1532.
 */
export type KeymasterMood = "allowed" | "refused" | "refused-once";

/** Whether Login5 lets an account in. An account that keymaster refuses may well have Login5. */
export type Login5Mood = "ok" | "refused";

export interface AccountOptions {
  username?: string;
  /** Another name with which a person may log in. The welcome still has the account's username. */
  email?: string | undefined;
  premium?: boolean;
  keymaster?: KeymasterMood;
  login5?: Login5Mood;
}

/** A token that this Spotify gave out. */
export interface IssuedToken {
  accessToken: string;
  username: string;
  clientId: string;
  scopes: string[];
  /** Milliseconds since the epoch. */
  expiresAt: number;
  /** Number of the grant for which the token endpoint gave it. */
  grant?: number;
}

/** The properties of a token for the dealer and spclient. */
export interface ServiceToken {
  account: Account;
  clientId: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** The properties of an OAuth access token. */
export interface AccessTokenOptions {
  clientId?: string;
  scopes?: readonly string[];
}

/** More data of the token endpoint about a token. */
export interface MintOptions extends AccessTokenOptions {
  /** Seconds. */
  lifetime?: number;
  /** The grant's number. */
  grant?: number;
}

/** Receives events about the playback of an account. */
export interface PlaybackWatcher {
  /** The account has simulated devices from now on. */
  playbackStarted(playback: Playback): void;
  playbackChanged(playback: Playback, news: PlaybackNews): void;
}

export class Account {
  readonly username: string;
  readonly email: string | undefined;
  premium: boolean;
  keymaster: KeymasterMood;
  login5: Login5Mood;
  #playback: Playback | undefined;
  #playbackWatcher: PlaybackWatcher | undefined;
  readonly #oauthToken: (options: AccessTokenOptions) => string;
  readonly credentials = new StoredCredentials();
  /** For `refused-once`: the session that is refused. */
  #refusedSession: number | undefined;

  constructor(
    options: Required<Omit<AccountOptions, "email">> & Pick<AccountOptions, "email">,
    /** Mints an OAuth token for this account. */
    oauthToken: (username: string, options: AccessTokenOptions) => string,
  ) {
    this.username = options.username;
    this.email = options.email;
    this.premium = options.premium;
    this.keymaster = options.keymaster;
    this.login5 = options.login5;
    this.#oauthToken = (wanted) => oauthToken(this.username, wanted);
  }

  #playlists: Playlists | undefined;

  /** The account's list of playlists. */
  get playlists(): Playlists {
    this.#playlists ??= new Playlists(this.username);
    return this.#playlists;
  }

  /** URIs of the saved items. */
  readonly library = new Set<string>();

  /**
   * Its simulated devices and their playback. They exist once this has been read: an account whose playback
   * no test reads has no devices in its cluster, and no track ends. A fake clock must be installed before, because the
   * timer that ends a track is set here.
   */
  get playback(): Playback {
    if (this.#playback !== undefined) return this.#playback;
    const playback = new Playback();
    this.#playback = playback;
    playback.on("change", (news) => this.#playbackWatcher?.playbackChanged(playback, news));
    this.#playbackWatcher?.playbackStarted(playback);
    return playback;
  }

  /** Undefined until `playback` is read. */
  get startedPlayback(): Playback | undefined {
    return this.#playback;
  }

  /** Makes the account's cluster report its playback. */
  watchPlayback(watcher: PlaybackWatcher): void {
    this.#playbackWatcher = watcher;
  }

  /**
   * The reusable credential: a welcome message has it, and it opens a session with typ 1. It belongs to the desktop
   * client ID, as desktop sign-in, device pairing and a tap on the LAN give it.
   */
  get storedCredential(): Buffer {
    return this.credentials.of(CLIENT_IDS.keymaster);
  }

  /** The text of a librespot `credentials.json`. */
  get credentialsJson(): string {
    return this.credentialsJsonOf(CLIENT_IDS.keymaster);
  }

  /** Like `credentialsJson`, made with an OAuth token of another client ID. */
  credentialsJsonOf(clientId: string): string {
    return JSON.stringify({
      username: this.username,
      auth_type: AuthenticationType.AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS,
      auth_data: this.credentials.of(clientId).toString("base64"),
    });
  }

  /** A new OAuth access token; the desktop client ID's logs in with typ 3, too. By default it may do everything. */
  accessToken(options: AccessTokenOptions = {}): string {
    return this.#oauthToken(options);
  }

  /** Whether keymaster refuses the session with this number, according to the account's mood. */
  isRefused(session: number): boolean {
    if (this.keymaster !== "refused-once") return this.keymaster === "refused";
    this.#refusedSession ??= session;
    return this.#refusedSession === session;
  }

  /** Like "log out everywhere": earlier stored credentials are invalid from now on. */
  invalidateCredentials(): void {
    this.credentials.forget();
  }
}

/** The oldest are long expired. */
const MAX_TOKENS = 100_000;

/** The accounts, and every token that is not revoked. */
export class Accounts {
  readonly #accounts = new Map<string, Account>();
  readonly #keymasterTokens = new BoundedMap<string, IssuedToken>(MAX_TOKENS);
  readonly #oauthTokens = new BoundedMap<string, IssuedToken>(MAX_TOKENS);
  readonly #login5Tokens = new BoundedMap<string, IssuedToken>(MAX_TOKENS);
  readonly #policy: Policy;

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  add(options: AccountOptions = {}): Account {
    const username = options.username ?? `listener${this.#accounts.size + 1}`;
    const { premium = true, keymaster = "allowed", login5 = "ok", email } = options;
    const account = new Account(
      { username, email, premium, keymaster, login5 },
      (name, wanted) => this.mintOauth(name, wanted).accessToken,
    );
    this.#accounts.set(username, account);
    return account;
  }

  get(username: string): Account | undefined {
    return this.#accounts.get(username);
  }

  /** The account with this login name: a username, or an e-mail address. */
  byLogin(name: string): Account | undefined {
    return this.get(name) ?? this.all().find(({ email }) => email !== undefined && email === name);
  }

  /** All accounts, in the order in which they were added. */
  all(): Account[] {
    return [...this.#accounts.values()];
  }

  /** Tokens that keymaster gave and that are not revoked, oldest first. */
  get issuedTokens(): IssuedToken[] {
    return [...this.#keymasterTokens.values()];
  }

  mintKeymaster(username: string, clientId: string, scopes: readonly string[]): IssuedToken {
    const token = this.#newToken(username, clientId, scopes, this.#policy.tokenLifetime);
    this.#keymasterTokens.set(token.accessToken, token);
    return token;
  }

  /** By default for the desktop client ID, with every scope. */
  mintOauth(username: string, options: MintOptions = {}): IssuedToken {
    const { clientId = CLIENT_IDS.keymaster, lifetime = this.#policy.tokenLifetime, grant } = options;
    const scopes = options.scopes ?? [...WEB_API_SCOPES, ...DESKTOP_ONLY_SCOPES];
    const token = {
      ...this.#newToken(username, clientId, scopes, lifetime),
      ...(grant !== undefined && { grant }),
    };
    this.#oauthTokens.set(token.accessToken, token);
    return token;
  }

  /** Without scopes: a token for Spotify's own services. */
  mintLogin5(username: string, clientId: string): IssuedToken {
    const token = this.#newToken(username, clientId, [], this.#policy.login5TokenLifetime);
    this.#login5Tokens.set(token.accessToken, token);
    return token;
  }

  /**
   * The dealer and spclient accept a valid token of any of Spotify's own client IDs, from any source. Sources:
   * spotcast docs/architecture.md §4.3; librespot-python, whose dealer is given a token of keymaster; BridgeThing for OAuth.
   */
  serviceToken(accessToken: string): ServiceToken | undefined {
    const token = this.#login5Tokens.get(accessToken) ?? this.findToken(accessToken);
    const account = token && this.get(token.username);
    if (token === undefined || account === undefined || token.expiresAt <= Date.now()) return undefined;
    if (!this.#policy.login5ClientIds.includes(token.clientId)) return undefined;
    return { account, clientId: token.clientId, expiresAt: token.expiresAt };
  }

  /** Whether it is a token of Login5 that is not revoked, no matter how old. */
  isOfLogin5(accessToken: string): boolean {
    return this.#login5Tokens.has(accessToken);
  }

  /** The token, expired or not, but none of Login5; undefined if it was never given out, or was revoked. */
  findToken(accessToken: string): IssuedToken | undefined {
    return this.#keymasterTokens.get(accessToken) ?? this.#oauthTokens.get(accessToken);
  }

  /** The account of an OAuth token of the desktop client ID, the only one that logs in with typ 3. */
  ownerOfOauthToken(accessToken: string): Account | undefined {
    const token = this.#oauthTokens.get(accessToken);
    if (token === undefined || token.expiresAt <= Date.now()) return undefined;
    if (token.clientId !== CLIENT_IDS.keymaster) return undefined;
    return this.get(token.username);
  }

  /** @returns whether there was such a token. */
  revoke(accessToken: string): boolean {
    const all = [this.#keymasterTokens, this.#oauthTokens, this.#login5Tokens];
    return all.some((tokens) => tokens.delete(accessToken));
  }

  /** Invalidates the tokens of one grant. */
  revokeTokensOf(grant: number): void {
    for (const token of this.#oauthTokens.values()) {
      if (token.grant === grant) this.#oauthTokens.delete(token.accessToken);
    }
  }

  /** All tokens that are still valid. */
  goodTokens(): Record<TokenKind, IssuedToken[]> {
    const good = (tokens: BoundedMap<string, IssuedToken>): IssuedToken[] =>
      [...tokens.values()].filter(({ expiresAt }) => expiresAt > Date.now());
    return {
      keymaster: good(this.#keymasterTokens),
      oauth: good(this.#oauthTokens),
      login5: good(this.#login5Tokens),
    };
  }

  /** Takes over the tokens of an earlier simulator. */
  recallTokens({ keymaster, oauth, login5 }: Record<TokenKind, IssuedToken[]>): void {
    for (const token of keymaster) this.#keymasterTokens.set(token.accessToken, token);
    for (const token of oauth) this.#oauthTokens.set(token.accessToken, token);
    for (const token of login5) this.#login5Tokens.set(token.accessToken, token);
  }

  #newToken(username: string, clientId: string, scopes: readonly string[], lifetime: number): IssuedToken {
    return {
      // In the form of real ones: "BQ", about 200 characters, base64url.
      accessToken: `BQ${randomBytes(150).toString("base64url").slice(0, 198)}`,
      username,
      clientId,
      scopes: [...scopes],
      expiresAt: Date.now() + lifetime * 1000,
    };
  }
}
