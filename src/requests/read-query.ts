import { SpotifyError } from "../core/errors";

const MOST = 100;
const LONGEST = 8_000;

/**
 * The query of a request: what the path has, and what is given beside it, which wins.
 *
 * @param given an object of texts, numbers, truth values and lists of them; or a text such as `limit=10&offset=20`
 * @throws SpotifyError INVALID_ARGUMENT; it quotes no value
 */
export function readQuery(ofPath: URLSearchParams, given: unknown): Record<string, string> {
  const query = Object.fromEntries(ofPath);
  for (const [name, value] of entriesOf(given)) {
    const text = textOf(value, name);
    if (text !== undefined) query[name] = text;
  }
  const texts = Object.entries(query).flat();
  if (texts.length > 2 * MOST || texts.reduce((sum, { length }) => sum + length, 0) > LONGEST) {
    throw wrong(`The query is too long: at most ${MOST} names and ${LONGEST} characters.`);
  }
  return query;
}

function entriesOf(given: unknown): Iterable<readonly [string, unknown]> {
  if (given === undefined || given === null || given === "") return [];
  if (typeof given === "string") return new URLSearchParams(given);
  if (typeof given === "object" && !Array.isArray(given)) return Object.entries(given);
  throw wrong('The query must be an object, such as {"limit": 10}.');
}

/** undefined: the name is left out. */
function textOf(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value)))
    return String(value);
  if (Array.isArray(value)) {
    const texts = value.map((item) => (Array.isArray(item) ? undefined : textOf(item, name)));
    if (!texts.includes(undefined)) return texts.join(",");
  }
  throw wrong(
    `"${name.slice(0, 40)}" in the query must be a text, a number, true, false, or a list of them.`,
  );
}

function wrong(message: string): SpotifyError {
  return new SpotifyError("INVALID_ARGUMENT", message);
}
