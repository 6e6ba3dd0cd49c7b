import { parseScopes } from "../core/scopes";

/** A list of scopes, or a text with commas or spaces. */
export type Scopes = readonly string[] | string;

/** More texts than one account's flows use. */
const MAX_TEXTS = 64;
/** Longer texts are read anew each time, so that the memory is bounded. */
const MAX_LENGTH = 1024;

/** Lists of scopes by the text that named them: a flow sends the same text with every message. */
export class ScopeTexts {
  readonly #lists = new Map<string, readonly string[]>();

  /** The list of a text that was read before. */
  known(text: string): readonly string[] | undefined {
    return this.#lists.get(text);
  }

  /** @throws SpotifyError INVALID_ARGUMENT if it is no list of scopes */
  parse(scopes: Scopes): readonly string[] {
    if (typeof scopes !== "string") return parseScopes(scopes);
    const known = this.#lists.get(scopes);
    if (known) return known;
    const list = comparedFast(parseScopes(scopes));
    if (scopes.length > MAX_LENGTH) return list;
    if (this.#lists.size >= MAX_TEXTS) this.#lists.delete(this.#lists.keys().next().value!);
    this.#lists.set(scopes, list);
    return list;
  }
}

/** The same scopes as property names, which V8 compares by their address alone. */
export function comparedFast(scopes: readonly string[]): string[] {
  return Object.keys(Object.fromEntries(scopes.map((scope) => [scope, true])));
}
