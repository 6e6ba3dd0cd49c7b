import { createHash } from "node:crypto";
import { EventEmitter } from "node:events";
import { SpotifyError } from "../core/errors";
import type { Slice } from "../store/slice";
import { MAX_GRANTS, type Grant, type GrantedToken } from "./grant";

const NONE: readonly Grant[] = [];

/**
 * The grants of one account, one for each client ID, kept over a restart. Each change names what it replaces, so that it
 * spares what another session that shares the account has changed.
 *
 * Emits `ended` with a grant that Spotify no longer accepts, after its refresh token was forgotten.
 */
export class Grants extends EventEmitter<{ ended: [Grant] }> {
  /**
   * @param copyId the name of the copy in which they lie, while its original may still be used
   * @param isKnown whether it has been read who is signed in; until then, there are no grants
   */
  constructor(
    private readonly kept: Slice<readonly Grant[]>,
    private readonly copyId: () => string | undefined = () => undefined,
    private readonly isKnown: () => boolean = () => true,
  ) {
    super();
  }

  get(clientId: string): Grant | undefined {
    return this.all().find((grant) => grant.clientId === clientId);
  }

  /** Whether there is a grant of this client ID that Spotify has not refused. */
  isGood(clientId: string): boolean {
    const grant = this.get(clientId);
    return grant !== undefined && grant.endedAt === undefined;
  }

  /** Whether a grant was given to the original of this copy: its refresh token works once, for one of the two. */
  isHeldBack({ copyId, endedAt }: Grant): boolean {
    const here = this.copyId();
    return here !== undefined && copyId !== here && endedAt === undefined;
  }

  get isEmpty(): boolean {
    return this.all().length === 0;
  }

  all(): readonly Grant[] {
    return this.isKnown() ? this.kept.value : NONE;
  }

  /**
   * A grant that is good and covers these scopes; if there are several, the one that the user agreed to last.
   * @param isRight which client IDs may be used
   */
  covering(scopes: readonly string[], isRight: (clientId: string) => boolean): Grant | undefined {
    // Called with every message: makes no list.
    let latest: Grant | undefined;
    for (const grant of this.all()) {
      if (grant.endedAt !== undefined || (latest && latest.authorizedAt >= grant.authorizedAt)) continue;
      if (!isRight(grant.clientId)) continue;
      if (scopes.every((scope) => grant.scopes.includes(scope))) latest = grant;
    }
    return latest;
  }

  /**
   * Adds a grant, in place of an earlier one of its client ID. Resolves when storing it was tried.
   * @throws SpotifyError INVALID_ARGUMENT if there are too many
   */
  async add(given: Grant): Promise<void> {
    const copyId = this.copyId();
    const grant = copyId === undefined ? given : { ...given, copyId };
    if (!this.get(grant.clientId) && this.all().length >= MAX_GRANTS) {
      throw new SpotifyError("INVALID_ARGUMENT", `An account holds at most ${MAX_GRANTS} apps.`);
    }
    await this.kept.change((grants) => {
      const isReplaced = grants.some(({ clientId }) => clientId === grant.clientId);
      return isReplaced
        ? grants.map((one) => (one.clientId === grant.clientId ? grant : one))
        : [...grants, grant];
    });
  }

  /** Reads what other sessions have stored. @throws the store's error */
  reread(): Promise<void> {
    return this.kept.read();
  }

  /**
   * Takes what a refresh with `used` has changed: the refresh token that took its place, the scopes that are left.
   * Resolves when storing it was tried. Does nothing if another grant has taken its place (signed out, signed in again).
   *
   * @param minted the access token, if other sessions should use it too
   * @returns whether it is still the same grant
   */
  async refreshed(
    clientId: string,
    used: string,
    { refreshToken = used, scopes }: { refreshToken?: string | undefined; scopes: readonly string[] | null },
    minted?: GrantedToken,
  ): Promise<boolean> {
    const grant = this.get(clientId);
    if (!grant || !isOf(grant, used)) return false;
    const left = scopes === null ? grant.scopes : grant.scopes.filter((scope) => scopes.includes(scope));
    const isSame = refreshToken === used && left.length === grant.scopes.length;
    if (isSame && !minted) return true;
    await this.#replace(clientId, used, { refreshToken, scopes: left, ...(minted && { minted }) });
    return this.get(clientId)?.refreshToken === refreshToken;
  }

  /** The usernames of the accounts that have granted them. */
  usernames(): string[] {
    return this.all().flatMap(({ username }) => username ?? []);
  }

  /** The Web API took a token of the app, and said whose account it is. */
  async checked(clientId: string, checkedAt: number, username: string): Promise<void> {
    const grant = this.get(clientId);
    if (!grant) return;
    await this.#replace(clientId, grant.refreshToken, { checkedAt, username: grant.username ?? username });
  }

  /**
   * Spotify refused the refresh token `used`: it is forgotten, and the grant is kept as ended.
   * @returns false if the grant has another refresh token by now
   */
  async end(clientId: string, used: string): Promise<boolean> {
    const grant = this.get(clientId);
    if (grant?.refreshToken !== used) return false;
    const ended = { refreshToken: "", endedAt: Date.now(), endedWith: fingerprint(used) };
    await this.#replace(clientId, used, ended);
    this.emit("ended", grant);
    return true;
  }

  /** Forgets a grant. @returns whether there was one */
  async remove(clientId: string): Promise<boolean> {
    if (!this.get(clientId)) return false;
    await this.kept.change((grants) => grants.filter((grant) => grant.clientId !== clientId));
    return true;
  }

  /**
   * Changes a grant if its refresh token is still the one that was `used`; or if another session was refused that one and
   * has ended the grant for it: a refresh that was under way then knows better.
   */
  #replace(clientId: string, used: string, change: Partial<Grant>): Promise<void> {
    return this.kept.change((grants) =>
      grants.map((grant) => {
        if (grant.clientId !== clientId || !isOf(grant, used)) return grant;
        if (change.refreshToken === undefined) return { ...grant, ...change };
        const { endedAt: _endedAt, endedWith: _endedWith, minted: _minted, ...alive } = grant;
        return { ...alive, ...change };
      }),
    );
  }
}

/** Whether a refresh token is that of a grant, or the one that the grant has ended with. */
function isOf({ refreshToken, endedWith }: Grant, used: string): boolean {
  return refreshToken === used || endedWith === fingerprint(used);
}

function fingerprint(refreshToken: string): string {
  return createHash("sha256").update(refreshToken).digest("hex");
}
