import { withEither } from "../async/ending-with";
import type { Account } from "../account/account";
import type { Grants } from "../account/grants";
import { notSignedIn } from "../account/not-signed-in";
import { raceAbort } from "../async/race-abort";
import { withDeadline } from "../async/deadline";
import type { Follower } from "../connect-state/follower";
import { SpotifyError } from "../core/errors";
import { nothingPushes } from "../player/nothing-pushes";
import type { PlaybackSource } from "../player/playback-source";
import type { WebApiPoller } from "../player/web-api-poller";
import type { AccountConnection } from "./account-connection";

/** How long a reading may take, with a connection that must be opened first, ms. */
const LIMIT = 10_000;

export interface AccountPlaybackOptions {
  /** Resolves when the sign-ins have been read, or could not be. Never rejects. */
  loaded: () => Promise<void>;
  account: Account;
  grants: Grants;
  connection: AccountConnection;
  follower: Follower;
  poller: WebApiPoller;
  /** Whether the session follows playback. */
  observe: boolean;
  closing: AbortSignal;
}

/** Where an account's playback is read from: from what Spotify pushes, or from the Web API if nothing pushes. */
export class AccountPlayback implements PlaybackSource {
  readonly #options: AccountPlaybackOptions;
  #isListenedTo = false;

  constructor(options: AccountPlaybackOptions) {
    this.#options = options;
  }

  /** Whether a sign-in is there with which playback can be read. */
  get canBeRead(): boolean {
    return this.#options.account.signedIn || this.#isPolled;
  }

  get problem(): SpotifyError | undefined {
    if (!this.canBeRead) return this.#whyNotSignedIn();
    return this.#isPolled ? this.#options.poller.problem : this.#options.follower.dealer.error;
  }

  /** @param isListenedTo whether something wants to be told of changes from now on */
  listen(isListenedTo: boolean): void {
    this.#isListenedTo = isListenedTo;
    this.choose();
  }

  /** Polls the Web API, if nothing pushes and something listens. Begins anew if it does so already. */
  choose(): void {
    const { observe, poller, closing } = this.#options;
    poller.stop();
    if (observe && this.#isListenedTo && this.#isPolled && !closing.aborted) poller.start();
  }

  /**
   * @throws SpotifyError NOT_SIGNED_IN; INVALID_ARGUMENT if the session does not follow playback; CLOSED; as
   *   `WebApiPoller.refresh`; TIMEOUT, or why there is no connection, after 10 s; as `Follower.refresh`
   */
  async refresh(signal: AbortSignal): Promise<void> {
    const { account, observe, poller, closing } = this.#options;
    closing.throwIfAborted();
    if (!observe) throw new SpotifyError("INVALID_ARGUMENT", "This session was told not to follow playback.");
    await withEither([signal, closing], async (either) => {
      await raceAbort(either, this.#options.loaded());
      if (this.#isPolled) return poller.refresh(either);
      if (!account.signedIn) throw this.#whyNotSignedIn();
      await this.#refreshPushed(either);
    });
  }

  get #isPolled(): boolean {
    return nothingPushes(this.#options.account, this.#options.grants);
  }

  #whyNotSignedIn(): SpotifyError {
    return this.#options.connection.whyNoToken() ?? notSignedIn();
  }

  async #refreshPushed(signal: AbortSignal): Promise<void> {
    const { connection, follower } = this.#options;
    const lasting = connection.whyNoToken();
    if (lasting) throw lasting;
    connection.open();
    const whyLate = (): SpotifyError =>
      connection.trouble() ??
      follower.dealer.error ??
      new SpotifyError("TIMEOUT", "Spotify did not say in time what the account plays.");
    await withDeadline(LIMIT, whyLate, (either) => follower.refresh(either), signal);
  }
}
