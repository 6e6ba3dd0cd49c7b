import { SpotifyError } from "./errors";
import { didYouMean } from "./nearest-scope";
import { strangeCharacters } from "./strange-characters";

const MAX_SCOPES = 64;
/** Fewer characters than JavaScript's `\s`: a zero-width space inside a name is reported, and does not split it. */
const SEPARATORS = /[ \t\r\n\f\v\u00a0,]+/;
/** The characters of every known scope. No other may enter a request's address. */
const SCOPE = /^[a-z0-9][a-z0-9-]{0,63}$/;

/**
 * Scopes from what a flow gives: a text with commas or spaces, or an array of such texts (an environment variable may
 * have filled several scopes into one place).
 * @returns each once, in the order given
 * @throws SpotifyError INVALID_ARGUMENT for anything that is no list of scopes
 */
export function parseScopes(input: unknown): string[] {
  const scopes = new Set<string>();
  for (const scope of namesIn(input)) {
    if (!SCOPE.test(scope)) throw notAScope(scope);
    scopes.add(scope);
    if (scopes.size > MAX_SCOPES) {
      throw new SpotifyError("INVALID_ARGUMENT", `At most ${MAX_SCOPES} scopes can be asked for at once.`);
    }
  }
  return [...scopes];
}

function* namesIn(input: unknown): Generator<string> {
  for (const item of (Array.isArray(input) ? input : [input]) as unknown[]) {
    // An environment variable of the type JSON puts a list into the list.
    if (Array.isArray(item)) yield* namesIn(item.filter((inner) => !Array.isArray(inner)));
    else if (typeof item === "string")
      yield* item
        .split(SEPARATORS)
        .map((name) => name.trim())
        .filter((name) => name !== "");
    else {
      throw new SpotifyError(
        "INVALID_ARGUMENT",
        "Scopes are a list of texts, or one text with commas or spaces.",
      );
    }
  }
}

function notAScope(text: string): SpotifyError {
  const strange = strangeCharacters(text);
  const why = strange.length > 0 ? `: it has ${strange.join(" and ")} in it` : "";
  const shown = text.slice(0, 80);
  return new SpotifyError(
    "INVALID_ARGUMENT",
    `"${shown}" is not the form of a scope${why}.${didYouMean([text])}`,
  );
}

/** A key that is equal for equal sets of scopes, in any order. */
export function scopesKey(scopes: readonly string[]): string {
  return scopes.toSorted().join(" ");
}
