import type { SpotifyError } from "../core/errors";
import { namelessUris } from "./fill-names";
import type { NameSource } from "./names";
import type { PlaybackState } from "./playback-state";

/** The most URIs that are looked up at the same time. */
const MAX_LOOKED_UP = 500;

/** Looks up the names that a state lacks. No URI is looked up twice at the same time. */
export class MissingNames {
  readonly #source: NameSource;
  readonly #onEnd: () => void;
  /** The lookups under way, by URI. */
  readonly #lookUps = new Map<string, Promise<void>>();
  /** Aborted when the names are no longer wanted. */
  #wanted = new AbortController();

  /** @param onEnd called when a lookup has ended: the source may know more names then */
  constructor(source: NameSource, onEnd: () => void) {
    this.#source = source;
    this.#onEnd = onEnd;
  }

  /** The lookup under way for this URI. It never rejects. */
  underWay(uri: string | null): Promise<void> | undefined {
    return uri === null ? undefined : this.#lookUps.get(uri);
  }

  /** Begins to look up what is missing, if the source has a way to find it. */
  lookUp(state: PlaybackState): void {
    if (this.#lookUps.size >= MAX_LOOKED_UP) return;
    const uris = namelessUris(state, (uri) => !this.#lookUps.has(uri) && this.#source.wants(uri));
    // What plays does not wait for the name of its context.
    const context = state.context?.uri;
    this.#begin(uris.filter((uri) => uri !== context));
    this.#begin(uris.filter((uri) => uri === context));
  }

  /** Ends all lookups. */
  reset(reason: SpotifyError): void {
    this.#wanted.abort(reason);
    this.#wanted = new AbortController();
    this.#lookUps.clear();
  }

  #begin(uris: string[]): void {
    if (uris.length === 0) return;
    const { signal } = this.#wanted;
    const ended = this.#source
      .lookUp(uris, signal)
      // If the lookup fails, the names stay missing.
      .catch(() => undefined)
      .then(() => {
        if (signal.aborted) return;
        for (const uri of uris) this.#lookUps.delete(uri);
        this.#onEnd();
      });
    for (const uri of uris) this.#lookUps.set(uri, ended);
  }
}
