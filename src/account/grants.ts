import { EventEmitter } from "node:events";
import { SpotifyError } from "../core/errors";
import { parseGrant, type Grant } from "./grant";

const MAX_GRANTS = 32;

/**
 * The grants of one session, one for each client ID, kept over a restart.
 *
 * Emits `ended` with a grant that Spotify no longer accepts, after its refresh token was forgotten.
 */
export class Grants extends EventEmitter<{ ended: [Grant] }> {
  readonly #grants = new Map<string, Grant>();
  readonly #keep: (grants: Grant[]) => Promise<void>;

  /** @param keep resolves when what it is given is safe on disk */
  constructor(keep: (grants: Grant[]) => Promise<void>) {
    super();
    this.#keep = keep;
  }

  restore(documents: readonly unknown[]): void {
    for (const document of documents.slice(0, MAX_GRANTS)) {
      const grant = parseGrant(document);
      if (grant) this.#grants.set(grant.clientId, grant);
    }
  }

  get(clientId: string): Grant | undefined {
    return this.#grants.get(clientId);
  }

  /** Whether there is a grant of this client ID that Spotify still accepts, as far as anybody knows. */
  isGood(clientId: string): boolean {
    const grant = this.#grants.get(clientId);
    return grant !== undefined && grant.endedAt === undefined;
  }

  get isEmpty(): boolean {
    return this.#grants.size === 0;
  }

  all(): Grant[] {
    return [...this.#grants.values()];
  }

  /**
   * A grant that is good and covers these scopes: where there are several, the one agreed to last.
   * @param isRight which client IDs come into question
   */
  covering(scopes: readonly string[], isRight: (clientId: string) => boolean): Grant | undefined {
    // Asked with every message, and therefore without making a list.
    let latest: Grant | undefined;
    for (const grant of this.#grants.values()) {
      if (grant.endedAt !== undefined || (latest && latest.authorizedAt >= grant.authorizedAt)) continue;
      if (!isRight(grant.clientId)) continue;
      if (scopes.every((scope) => grant.scopes.includes(scope))) latest = grant;
    }
    return latest;
  }

  /**
   * Adds a grant, in place of an earlier one of its client ID. Resolves when it is safe.
   * @throws SpotifyError INVALID_ARGUMENT if there are too many
   */
  async add(grant: Grant): Promise<void> {
    if (!this.#grants.has(grant.clientId) && this.#grants.size >= MAX_GRANTS) {
      throw new SpotifyError("INVALID_ARGUMENT", `An account holds at most ${MAX_GRANTS} apps.`);
    }
    this.#grants.set(grant.clientId, grant);
    await this.#keep(this.all());
  }

  /**
   * Takes what a refresh with `used` has changed: the refresh token that took its place, the scopes that are left.
   * Resolves when it is safe. Where the grant is another one by now (signed out, signed in anew), nothing is done.
   *
   * @returns whether it is still the same grant
   */
  async refreshed(
    clientId: string,
    used: string,
    { refreshToken = used, scopes }: { refreshToken?: string | undefined; scopes: readonly string[] | null },
  ): Promise<boolean> {
    const grant = this.#grants.get(clientId);
    if (grant?.refreshToken !== used) return false;
    const left = scopes === null ? grant.scopes : grant.scopes.filter((scope) => scopes.includes(scope));
    if (refreshToken === used && left.length === grant.scopes.length) return true;
    this.#grants.set(clientId, { ...grant, refreshToken, scopes: left });
    await this.#keep(this.all());
    return this.#grants.get(clientId)?.refreshToken === refreshToken;
  }

  /** The usernames of the accounts that they are of. */
  usernames(): string[] {
    return this.all().flatMap(({ username }) => username ?? []);
  }

  /** The Web API took a token of the app, and said whose account it is. */
  async checked(clientId: string, checkedAt: number, username: string): Promise<void> {
    const grant = this.#grants.get(clientId);
    if (!grant) return;
    this.#grants.set(clientId, { ...grant, checkedAt, username: grant.username ?? username });
    await this.#keep(this.all());
  }

  /** Spotify no longer accepts a grant: its refresh token is forgotten, and that it was there is not. */
  async end(clientId: string, used: string): Promise<boolean> {
    const grant = this.#grants.get(clientId);
    if (grant?.refreshToken !== used) return false;
    this.#grants.set(clientId, { ...grant, refreshToken: "", endedAt: Date.now() });
    await this.#keep(this.all());
    this.emit("ended", grant);
    return true;
  }

  /** Forgets a grant. @returns whether there was one */
  async remove(clientId: string): Promise<boolean> {
    if (!this.#grants.delete(clientId)) return false;
    await this.#keep(this.all());
    return true;
  }
}
