import type { LoggedIn } from "../access-point/connector";
import type { Account } from "../account/account";
import type { Grants } from "../account/grants";
import { notSignedIn } from "../account/not-signed-in";
import { SpotifyError } from "../core/errors";
import type { MercuryChannel } from "../mercury/channel";
import type { StateKeeper } from "../store/keeper";
import type { LifeCycle } from "./life-cycle";

/** A fresh session is opened for keymaster at most once in this time, ms. */
const RENEW_AT_MOST_EVERY = 5 * 60_000;
/** How long a fresh session that was begun is taken to be on its way, ms. */
const RENEWAL_ON_ITS_WAY = 30_000;

/** The connection of the account to an access point, as the token sources and the sign-ins use it. */
export class AccountConnection {
  #renewedAt = -Infinity;

  constructor(
    private readonly lifeCycle: LifeCycle,
    private readonly channel: MercuryChannel,
    private readonly account: Account,
    private readonly grants: Grants,
    private readonly state: Pick<StateKeeper, "whyUnknown">,
  ) {}

  get isReady(): boolean {
    return this.lifeCycle.state === "ready";
  }

  /** Connects if the account is signed in, and the session is not connected and does not try to be. */
  open(): void {
    if (!this.account.signedIn) return;
    if (this.lifeCycle.state !== "idle" && this.lifeCycle.state !== "closed") return;
    this.channel.resume();
    this.lifeCycle.start();
  }

  /** Why no request over the connection can succeed now; undefined if it may. */
  whyNoToken(): SpotifyError | undefined {
    if (!this.account.signedIn) return this.state.whyUnknown ?? notSignedIn(this.grants.all().length > 0);
    return this.lifeCycle.lastingError;
  }

  /** What went wrong last, if the session is not connected. */
  trouble(): SpotifyError | undefined {
    return this.isReady ? undefined : this.lifeCycle.error;
  }

  /** Takes a new connection, and sends the pending Mercury requests on it. */
  attach({ connection }: LoggedIn): void {
    this.channel.attach(connection);
  }

  /** Ends the connection and begins anew, if the account is signed in: the credential has changed. */
  restart(): void {
    const { signedIn } = this.account;
    if (signedIn) this.channel.resume();
    else this.channel.fail(notSignedIn());
    void this.lifeCycle.restart(signedIn);
  }

  /**
   * Opens a fresh session in place of the one that keymaster refused.
   * @returns whether to ask again: Mercury keeps the request until the fresh session is there. False if one was opened a
   *   short while ago
   */
  async renew(signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    const now = performance.now();
    // A second request uses the fresh session that is on its way.
    if (!this.isReady && now - this.#renewedAt < RENEWAL_ON_ITS_WAY) return true;
    if (now - this.#renewedAt < RENEW_AT_MOST_EVERY) return false;
    this.#renewedAt = now;
    this.lifeCycle.reconnect(new SpotifyError("UNREACHABLE", "A fresh session is opened."));
    return true;
  }
}
