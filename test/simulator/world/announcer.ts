/** Says that something has changed. What one command changes is said once, when all of it is done. */
import type { ClusterUpdateReason } from "../../../src/proto/gen/connect_pb";

/** That something has changed, as a push tells it. */
export interface PlaybackNews {
  reason: ClusterUpdateReason;
  /** Device IDs. */
  devices: string[];
  /** Of the command that caused it. */
  ackId?: string;
}

export class Announcer {
  readonly #say: (news: PlaybackNews) => void;
  #isHeldBack = false;
  #held: PlaybackNews | undefined;

  constructor(say: (news: PlaybackNews) => void) {
    this.#say = say;
  }

  /** @param isInterim whether it is said at once, because it does not stay so */
  tell(reason: ClusterUpdateReason, devices: string[], isInterim = false): void {
    if (isInterim || !this.#isHeldBack) return this.#say({ reason, devices });
    this.#held = { reason, devices: [...new Set([...(this.#held?.devices ?? []), ...devices])] };
  }

  /** Does what a command asks for, and says what it has changed with the command's `ack_id`. */
  carryOut(ackId: string, action: () => void): void {
    this.#isHeldBack = true;
    try {
      action();
    } finally {
      this.#isHeldBack = false;
      const news = this.#held;
      this.#held = undefined;
      if (news !== undefined) this.#say({ ...news, ackId });
    }
  }
}
