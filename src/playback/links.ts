import { SpotifyError } from "../core/errors";

const MAX_LENGTH = 512;
/** What can be played, or be a part of what can be played. */
const KINDS: ReadonlySet<string> = new Set(["track", "episode", "playlist", "album", "artist", "show"]);
const ID = /^[0-9A-Za-z]{22}$/;
/** Such as `intl-de` in a link of a browser that is set to German. */
const LOCALE = /^intl-[a-z]{2,3}(-[a-z]{2,4})?$/i;
const HOSTS: ReadonlySet<string> = new Set(["open.spotify.com", "play.spotify.com"]);

/**
 * The Spotify URI that a text means: a URI, or an address on open.spotify.com, with or without `https://`.
 * @returns undefined if it is neither: then it is words
 * @throws SpotifyError INVALID_ARGUMENT for an address that does not say what it leads to
 */
export function toUri(text: string): string | undefined {
  const trimmed = text.trim();
  if (/^spotify:/i.test(trimmed)) return checkedUri(trimmed);
  const address = /^(?:https?:\/\/)?([\w.-]+\.[a-z]{2,})(\/[^?#\s]*)?(?:[?#]\S*)?$/i.exec(
    trimmed.slice(0, 2 * MAX_LENGTH),
  );
  if (address === null) return undefined;
  const host = address[1]!.toLowerCase();
  if (host === "spotify.link" || host === "spotify.app.link") {
    throw wrong("A short link does not say what it leads to. Open it, and use the address that it leads to.");
  }
  return HOSTS.has(host) ? fromPath(address[2] ?? "/") : undefined;
}

/** Whether a URI is one item, and not a list of items. */
export function isItem(uri: string): boolean {
  return /^spotify:(track|episode|local):/.test(uri);
}

function checkedUri(text: string): string {
  const uri = withoutExtras(text);
  const parts = uri.split(":");
  // A local file's URI has empty parts if its album is not known.
  const isWhole = parts.length >= 3 && (parts[1] === "local" || !parts.includes(""));
  if (uri.length > MAX_LENGTH || /[\s\p{C}]/u.test(uri) || !(isWhole || uri === "spotify:collection")) {
    throw wrong("This is not a Spotify URI, such as spotify:track: and 22 letters and digits.");
  }
  // The old form spotify:user:<name>:playlist:<id>.
  if (parts[1] === "user" && parts[3] === "playlist") return checkedUri(`spotify:playlist:${parts[4]}`);
  const [, named = "", last = ""] = parts;
  if (KINDS.has(named) && !ID.test(last)) {
    throw wrong(`The URI of a ${named} ends with 22 letters and digits.`);
  }
  return uri;
}

/** People write `Spotify:Track:…`, and copy what an address has after its ID. */
function withoutExtras(text: string): string {
  const match = /^spotify:([a-z]+):([0-9A-Za-z]{22})(?:[?#]\S*)?$/i.exec(text);
  if (match && KINDS.has(match[1]!.toLowerCase())) return `spotify:${match[1]!.toLowerCase()}:${match[2]}`;
  return `spotify${text.slice("spotify".length)}`;
}

function fromPath(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== "embed" && !LOCALE.test(part));
  const [kind = "", id = ""] = parts[0] === "user" && parts[2] === "playlist" ? parts.slice(2) : parts;
  if (kind === "collection")
    return id === "tracks" || id === "" ? "spotify:collection" : `spotify:collection:${id}`;
  if (!KINDS.has(kind) || !ID.test(id)) {
    throw wrong(
      "This address does not lead to a track, an episode, an album, an artist, a playlist or a show.",
    );
  }
  return `spotify:${kind}:${id}`;
}

function wrong(message: string): SpotifyError {
  return new SpotifyError("INVALID_ARGUMENT", message);
}
