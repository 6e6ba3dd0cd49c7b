import type { PlayerChange, Session } from "../../src";

export interface PlayerListener {
  /** The state that is known at the beginning, and then each change. */
  changed(change: PlayerChange): void;
  /** Playback could not be read. */
  troubled(): void;
}

/** Listens to the player of a session. */
export class PlayerWatch {
  readonly session: Session;
  readonly #listener: PlayerListener;

  constructor(session: Session, listener: PlayerListener) {
    this.session = session;
    this.#listener = listener;
    session.player.on("change", listener.changed);
    session.player.on("trouble", listener.troubled);
    const { state } = session.player;
    if (state) listener.changed({ state, previous: undefined, changed: [] });
  }

  stop(): void {
    this.session.player.off("change", this.#listener.changed);
    this.session.player.off("trouble", this.#listener.troubled);
  }
}
