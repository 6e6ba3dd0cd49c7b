import type { Names, NameSource } from "./names";
import type { Artist, PlaybackState, QueuedItem } from "./playback-state";
import type { Reading } from "./reading";

/** The names of all artists, with commas between them; null if none is known. */
export function artistNames(artists: readonly Artist[]): string | null {
  return artists.map(({ name }) => name).join(", ") || null;
}

/** Whether the state lacks a name that its message waits for: a title, an artist, the show of an episode. */
export function lacksNames({ type, title, artists, album }: PlaybackState): boolean {
  if (type === null) return false;
  if (title === null) return true;
  return type === "track" ? artists.length === 0 : type === "episode" && album === null;
}

/** As long as the first rows of the queue have names, the others are not looked up: each new item brings another row. */
const NAMED_ROWS = 10;

/**
 * The URIs of what is missing in the state: what plays first.
 * @param isWanted whether the name of a URI may be found
 */
export function namelessUris(state: PlaybackState, isWanted: (uri: string) => boolean): string[] {
  const { uri, images, context, queue } = state;
  const uris: string[] = [];
  if (uri !== null && (lacksNames(state) || images.length === 0)) uris.push(uri);
  if (context && context.name === null) uris.push(context.uri);
  const rows = (queue ?? []).map((row) => (isNameless(row) && isWanted(row.uri) ? [row.uri] : []));
  if (rows.slice(0, NAMED_ROWS).flat().length > 0) uris.push(...rows.flat());
  return [...new Set(uris)].filter(isWanted);
}

function isNameless({ title, artist }: QueuedItem): boolean {
  return title === null || artist === null;
}

/**
 * The reading with the names that it lacks.
 * @param before the state before it: devices leave out names that they have said once
 * @param source whose memory is read
 */
export function withNames(
  reading: Reading,
  before: PlaybackState | undefined,
  source: Pick<NameSource, "known">,
): Reading {
  const { state } = reading;
  const names: Names[] = [];
  if (before && before.uri !== null && before.uri === state.uri) names.push(before);
  const looked = state.uri === null ? undefined : source.known(state.uri);
  if (looked) names.push(looked);
  const filled = names.reduce(withNamesOf, state);
  return {
    ...reading,
    state: {
      ...filled,
      context: namedContext(state, before, source),
      queue: state.queue && state.queue.map((row) => (isNameless(row) ? namedRow(row, before, source) : row)),
    },
  };
}

function withNamesOf(state: PlaybackState, names: Names): PlaybackState {
  const artists = state.artists.length > 0 ? state.artists : names.artists;
  const images = state.images.length > 0 ? state.images : names.images;
  return {
    ...state,
    title: state.title ?? names.title,
    artists,
    artist: artistNames(artists),
    album: state.album ?? names.album,
    albumUri: state.albumUri ?? names.albumUri,
    duration: state.duration ?? names.duration,
    images,
    image: images[0]?.url ?? null,
  };
}

function namedContext(
  { context }: PlaybackState,
  before: PlaybackState | undefined,
  source: Pick<NameSource, "known">,
): PlaybackState["context"] {
  if (!context || context.name !== null) return context;
  const kept = before?.context?.uri === context.uri ? before.context.name : null;
  return { ...context, name: kept ?? source.known(context.uri)?.title ?? null };
}

function namedRow(
  row: QueuedItem,
  before: PlaybackState | undefined,
  source: Pick<NameSource, "known">,
): QueuedItem {
  const kept = before?.queue?.find(({ uri }) => uri === row.uri);
  const names = source.known(row.uri);
  return {
    ...row,
    title: row.title ?? kept?.title ?? names?.title ?? null,
    artist: row.artist ?? kept?.artist ?? artistNames(names?.artists ?? []),
  };
}
