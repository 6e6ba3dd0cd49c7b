/** The scopes as the dialog offers them: grouped, searchable, and open to names that this version does not know. Pure. */
import { DESKTOP_ONLY_SCOPES, WEB_API_SCOPES } from "../../../../src/core/knowledge";
import { isEnvReference } from "../env";

export interface ScopeGroup {
  /** The catalog key below `group.`. */
  id: string;
  scopes: readonly string[];
  /** Folded until asked for. */
  folded: boolean;
}

const GROUPS: Readonly<Record<string, readonly (typeof WEB_API_SCOPES)[number][]>> = {
  playback: ["user-read-playback-state", "user-read-currently-playing", "user-modify-playback-state"],
  history: ["user-read-recently-played", "user-top-read", "user-read-playback-position"],
  playlists: [
    "playlist-read-private",
    "playlist-read-collaborative",
    "playlist-modify-private",
    "playlist-modify-public",
    "ugc-image-upload",
  ],
  library: ["user-library-read", "user-library-modify"],
  follow: ["user-follow-read", "user-follow-modify"],
  profile: ["user-read-private", "user-read-email"],
  player: ["streaming", "app-remote-control"],
};

/** Home automation does not need these. */
const LAST = "player";

const grouped = new Set<string>(Object.values(GROUPS).flat());

const group = (id: string, scopes: readonly string[], folded: boolean): ScopeGroup => ({
  id,
  scopes,
  folded,
});

/** Every known scope, each in one group. */
export const SCOPE_GROUPS: readonly ScopeGroup[] = [
  ...Object.entries(GROUPS)
    .filter(([id]) => id !== LAST)
    .map(([id, scopes]) => group(id, scopes, false)),
  group(
    "other",
    WEB_API_SCOPES.filter((scope) => !grouped.has(scope)),
    false,
  ),
  group("desktop", DESKTOP_ONLY_SCOPES, true),
  group(LAST, GROUPS[LAST] ?? [], true),
].filter(({ scopes }) => scopes.length > 0);

const KNOWN = new Set(SCOPE_GROUPS.flatMap(({ scopes }) => scopes));

export function isKnownScope(scope: string): boolean {
  return KNOWN.has(scope);
}

/** Whether `text` could be the name of a scope: what the runtime takes for one. */
export function isScopeName(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,63}$/.test(text);
}

/** Whether `value` is a list of names of scopes. */
export function isScopeList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string" && isScopeName(one));
}

/** Whether `value` is what the property `scopes` may hold: names of scopes and of environment variables. */
export function isScopeSetting(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => isEnvReference(one) || isScopeList([one]));
}

/** The names in a text that has them separated by commas or spaces, as a flow's message may have them. */
export function splitScopes(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((part) => part !== ""))];
}

/**
 * The scopes that a text without a match would add as they stand: its words, if each could be a scope.
 *
 * @param allowsVariables whether a word may be an environment variable, `${NAME}`
 */
export function addable(text: string, chosen: readonly string[], allowsVariables = false): string[] {
  const names = splitScopes(text);
  const isGood = (name: string): boolean => isScopeName(name) || (allowsVariables && isEnvReference(name));
  return names.every(isGood) ? names.filter((name) => !chosen.includes(name)) : [];
}

/** Whether every word of `query` occurs somewhere in `texts`; letters match whatever their case and accents. */
export function matches(query: string, texts: readonly string[]): boolean {
  const haystack = fold(texts.join("\n"));
  return fold(query)
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}

function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase();
}

/** `chosen` with `scope` added at its end or taken out; a new array, as Node-RED compares old with new. */
export function toggled(chosen: readonly string[], scope: string, on: boolean): string[] {
  const others = chosen.filter((one) => one !== scope);
  return on ? [...others, scope] : others;
}
