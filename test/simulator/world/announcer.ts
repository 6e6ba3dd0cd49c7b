/** Announces changes. All changes of one command are announced once, when it is done. */
import type { ClusterUpdateReason } from "../../../src/proto/gen/connect_pb";

/** The change, as in a push. */
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

  /** @param isInterim whether it is announced at once, because the state does not last */
  tell(reason: ClusterUpdateReason, devices: string[], isInterim = false): void {
    if (isInterim || !this.#isHeldBack) return this.#say({ reason, devices });
    this.#held = { reason, devices: [...new Set([...(this.#held?.devices ?? []), ...devices])] };
  }

  /** Carries out a command, and announces its changes with the command's `ack_id`. */
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
