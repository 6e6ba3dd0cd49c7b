import { SpotifyError } from "../errors";

const MAX_SCOPES = 64;
/** What every scope that was ever seen is made of; nothing else may enter a request's address. */
const SCOPE = /^[a-z0-9][a-z0-9-]{0,63}$/;

/**
 * Scopes from what a flow gives: an array, or a text with commas or spaces.
 * @returns each once, in the order given
 * @throws SpotifyError INVALID_ARGUMENT for anything that is no list of scopes
 */
export function parseScopes(input: unknown): string[] {
  const items: unknown[] =
    typeof input === "string" ? input.split(/[\s,]+/) : Array.isArray(input) ? input : [undefined];
  const scopes = new Set<string>();
  for (const item of items) {
    if (typeof item !== "string") {
      throw new SpotifyError(
        "INVALID_ARGUMENT",
        "Scopes are a list of texts, or one text with commas or spaces.",
      );
    }
    const scope = item.trim();
    if (scope === "") continue;
    if (!SCOPE.test(scope)) {
      throw new SpotifyError("INVALID_ARGUMENT", `"${scope.slice(0, 80)}" is not the form of a scope.`);
    }
    scopes.add(scope);
    if (scopes.size > MAX_SCOPES) {
      throw new SpotifyError("INVALID_ARGUMENT", `At most ${MAX_SCOPES} scopes can be asked for at once.`);
    }
  }
  return [...scopes];
}

/** The same for the same set, whatever the order. */
export function scopesKey(scopes: readonly string[]): string {
  return scopes.toSorted().join(" ");
}
