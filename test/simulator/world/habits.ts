/**
 * The data that a device sends about an item. The device decides this, not Spotify.
 * Sources: BridgeThing model.rs (all keys); WaveeMusic handoff-20260911-connect-detail.md (iPhone); librespot
 * connect/src/state/metadata.rs; go-librespot daemon/player_state.go and player_state_test.go.
 */
import type { ContextEntry, ItemEntry } from "./catalogue";

/**
 * `full`: desktop app. `librespot`: no title, artist or picture. `go-librespot`: title, album and pictures, but
 * no artist's name. `iphone`: title and artist's URI, but no artist's name.
 */
export type Habit = "full" | "librespot" | "go-librespot" | "iphone";

/** The metadata of the current item. */
export function itemMetadata(
  habit: Habit,
  item: ItemEntry,
  context: ContextEntry | undefined,
): Record<string, string> {
  const about = { ...contextKeys(context), duration: String(item.durationMs) };
  // The name of a local file is in its URI alone. Source: talyxel-sound's tests.
  if (item.uri.startsWith("spotify:local:")) return about;
  switch (habit) {
    case "librespot":
      return contextKeys(context);
    case "go-librespot":
      return { ...about, title: item.name, ...albumKeys(item), ...artistUris(item), ...pictureKeys(item) };
    case "iphone":
      return { ...about, title: item.name, ...artistUris(item) };
    case "full":
      return {
        ...about,
        title: item.name,
        ...artistNames(item),
        ...artistUris(item),
        ...albumKeys(item),
        ...pictureKeys(item),
        album_artist_name: item.album.artists[0]?.name ?? "",
      };
  }
}

/** The metadata of a next or previous item. Most devices send only the context. */
export function rowMetadata(
  habit: Habit,
  item: ItemEntry,
  context: ContextEntry | undefined,
  isQueued: boolean,
): Record<string, string> {
  const keys = habit === "full" ? itemMetadata(habit, item, context) : contextKeys(context);
  return { ...keys, ...(isQueued && { is_queued: "true" }) };
}

/** The `playback_speed` while an item is paused: 0 with librespot and go-librespot, 1 with others. */
export function pausedSpeed(habit: Habit): number {
  return habit === "librespot" || habit === "go-librespot" ? 0 : 1;
}

/** Whether a device reports buffering while an item is paused. Source: librespot connect/src/state.rs, `set_status`. */
export function buffersWhilePaused(habit: Habit): boolean {
  return habit === "librespot";
}

/** Whether a device reports buffering before it reports playing. */
export function saysBuffering(habit: Habit): boolean {
  return habit === "iphone" || habit === "librespot";
}

/**
 * Whether a device reports the previous item's duration until it has loaded an item. Source: librespot 0.8, whose
 * `load_track` (connect/src/spirc.rs) leaves the duration as it is; a real one does so if its metadata take over 200 ms.
 */
export function saysOldDuration(habit: Habit): boolean {
  return habit === "librespot";
}

function contextKeys(context: ContextEntry | undefined): Record<string, string> {
  return context === undefined ? {} : { context_uri: context.uri, entity_uri: context.uri };
}

/** `artist_name`, `artist_name:1`, … */
function numbered(key: string, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, number) => [number === 0 ? key : `${key}:${number}`, value]));
}

function artistNames({ artists }: ItemEntry): Record<string, string> {
  return numbered(
    "artist_name",
    artists.map(({ name }) => name),
  );
}

function artistUris({ artists }: ItemEntry): Record<string, string> {
  return numbered(
    "artist_uri",
    artists.map(({ uri }) => uri),
  );
}

/** An episode's show is in the fields of a track's album. */
function albumKeys({ album }: ItemEntry): Record<string, string> {
  return { album_title: album.name, album_uri: album.uri };
}

/** `image_url` is the one of 300 pixels. */
function pictureKeys({ album }: ItemEntry): Record<string, string> {
  const keys: Record<string, number> = {
    image_xlarge_url: 640,
    image_large_url: 640,
    image_url: 300,
    image_small_url: 64,
  };
  return Object.fromEntries(
    Object.entries(keys).flatMap(([key, size]) => {
      const picture = album.pictures.find((one) => one.size === size) ?? album.pictures[0];
      return picture === undefined ? [] : [[key, `spotify:image:${picture.fileId}`]];
    }),
  );
}
