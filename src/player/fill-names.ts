import { artistNames } from "./artist-names";
import type { Names, NameSource } from "./names";
import type { PlaybackState, QueuedItem } from "./playback-state";

/** Whether the state lacks names that its message waits for: the title, a track's artists, or an episode's show. */
export function lacksNames({ type, title, artists, album }: PlaybackState): boolean {
  if (title === null) return true;
  return type === "track" ? artists.length === 0 : type === "episode" && album === null;
}

/** The whole queue is looked up when one of these first rows lacks names: one request rather than one for each new row. */
const NAMED_ROWS = 10;

/**
 * The URIs to look up for the names that the state lacks. The item that plays comes first.
 * @param isWanted whether the names of a URI may be found
 */
export function namelessUris(state: PlaybackState, isWanted: (uri: string) => boolean): string[] {
  const { uri, images, context, queue } = state;
  const uris: string[] = [];
  if (uri !== null && (lacksNames(state) || images.length === 0)) uris.push(uri);
  if (context && context.name === null) uris.push(context.uri);
  const rows = queue ?? [];
  const isLacking = rows.slice(0, NAMED_ROWS).some((row) => isNameless(row) && isWanted(row.uri));
  if (isLacking) uris.push(...rows.filter(isNameless).map((row) => row.uri));
  return [...new Set(uris)].filter(isWanted);
}

function isNameless({ title, artist }: QueuedItem): boolean {
  return title === null || artist === null;
}

/**
 * The state with the names that it lacks.
 * @param before the state before: a device may leave out names that it has sent once
 * @param source only what it remembers is used
 */
export function withNames(
  state: PlaybackState,
  before: PlaybackState | undefined,
  source: Pick<NameSource, "known">,
): PlaybackState {
  const { uri, queue } = state;
  const names = uri === null ? [] : [before?.uri === uri ? before : undefined, source.known(uri)];
  return {
    ...names.filter((known) => known !== undefined).reduce(withNamesOf, state),
    context: namedContext(state, before, source),
    queue: queue && queue.map((row) => (isNameless(row) ? namedRow(row, before, source) : row)),
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
    artist: row.artist ?? kept?.artist ?? (names ? artistNames(names.artists) : null),
  };
}
