import type { PlayerChange, Session } from "../../src";

/** Reports what a session's player says: the state that is known when it begins, and then each change. */
export class PlayerWatch {
  readonly session: Session;
  readonly #changed: (change: PlayerChange) => void;

  constructor(session: Session, changed: (change: PlayerChange) => void) {
    this.session = session;
    this.#changed = changed;
    session.player.on("change", changed);
    const { state } = session.player;
    if (state) changed({ state, previous: undefined, changed: [] });
  }

  stop(): void {
    this.session.player.off("change", this.#changed);
  }
}
