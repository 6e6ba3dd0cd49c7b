import { SpotifyError } from "../core/errors";
import type { Command, CommandOptions, Outcome } from "./command";
import type { Finder } from "./finder";
import type { Lookups } from "./lookups";
import type { Route } from "./route";
import type { SceneSource } from "./scene";

export interface CommandsOptions {
  /** In the order in which `auto` tries them. */
  routes: readonly Route[];
  /** Where playback is read from now: pushes if they come, else the Web API. */
  scenes: () => SceneSource;
  finder: Finder;
  lookups: Lookups;
  closing: AbortSignal;
}

/** The commands of a session, carried out one after another, in the order in which they came. */
export class Commands {
  readonly #options: CommandsOptions;

  constructor(options: CommandsOptions) {
    this.#options = options;
  }

  /**
   * Carries out one command.
   * @returns when it has happened, or at the server's answer if `confirm` is false
   * @throws SpotifyError
   */
  run(_command: Command, _options: CommandOptions = {}): Promise<Outcome> {
    this.#options.closing.throwIfAborted();
    return Promise.reject(new SpotifyError("CLOSED", "Commands cannot be sent yet."));
  }
}
