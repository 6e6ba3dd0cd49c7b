import { notSignedIn } from "../account/not-signed-in";
import type { Account } from "../account/account";
import { withDeadline } from "../async/deadline";
import type { Follower } from "../connect-state/follower";
import { SpotifyError } from "../core/errors";
import type { PlaybackSource } from "../player/playback-source";
import type { AccountConnection } from "./account-connection";

/** How long a connection may take that has to be opened first, ms. */
const LIMIT = 10_000;

export interface PushSourceOptions {
  account: Pick<Account, "signedIn">;
  connection: AccountConnection;
  follower: Follower;
  /** Whether the session follows playback. */
  observe: boolean;
  closing: AbortSignal;
}

/** Reads what the account plays from what Spotify pushes. */
export class PushSource implements PlaybackSource {
  constructor(private readonly options: PushSourceOptions) {}

  /**
   * @throws SpotifyError NOT_SIGNED_IN; INVALID_ARGUMENT if the session does not follow playback; CLOSED; TIMEOUT, or why
   *   there is no connection, after 10 s; as `Follower.refresh`
   */
  async refresh(signal: AbortSignal): Promise<void> {
    const { account, connection, follower, observe, closing } = this.options;
    closing.throwIfAborted();
    if (!account.signedIn) throw notSignedIn();
    if (!observe) throw new SpotifyError("INVALID_ARGUMENT", "This session was told not to follow playback.");
    const lasting = connection.whyNoToken();
    if (lasting) throw lasting;
    connection.open();
    await withDeadline(
      LIMIT,
      () => connection.trouble() ?? follower.dealer.error ?? late(),
      (either) => follower.refresh(either),
      AbortSignal.any([signal, closing]),
    );
  }
}

function late(): SpotifyError {
  return new SpotifyError("TIMEOUT", "Spotify did not say in time what the account plays.");
}
