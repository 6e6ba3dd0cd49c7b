/** The playlists of an account, as rows to pick from. Pure. */
import type { Playlist } from "../../../src/playlists/playlist";
import { isDistinct, type PickerRow } from "../../shared/editor/list-picker/picker-row";
import type { Translate } from "../../shared/editor/translate";

/** Since 2018 Spotify makes up usernames of this form. They mean nothing to a person, so they are not shown. */
const MADE_UP_USERNAME = /^[0-9a-z]{20,}$/;
/** How much of the ID is shown, if two playlists are the same in everything else. */
const SHOWN_OF_ID = 6;
const PREFIX = "spotify:playlist:";

export function playlistRows(playlists: readonly Playlist[], translate: Translate): PickerRow[] {
  const rows = playlists.map(({ uri, name, owner, image, tracks }): PickerRow => {
    const about: string[] = [];
    if (owner !== null && !MADE_UP_USERNAME.test(owner)) about.push(owner);
    if (tracks !== null)
      about.push(translate(`picker.playlists.${tracks === 1 ? "track" : "tracks"}`, { count: tracks }));
    return { value: uri, title: name, about, icon: "fa-music", image };
  });
  return rows.map((row) => {
    if (isDistinct(row, rows)) return row;
    return {
      ...row,
      about: [...row.about, `${row.value.slice(PREFIX.length, PREFIX.length + SHOWN_OF_ID)}…`],
    };
  });
}

/** The URI of the playlist that a person has written as a URI or as a link; the text itself if it is neither. */
export function playlistIn(text: string): string {
  const [, id] = /[:/]playlist[:/]([0-9A-Za-z]{22})(?![0-9A-Za-z])/.exec(text.slice(0, 500)) ?? [];
  return id === undefined ? text : PREFIX + id;
}

export function isPlaylist(uri: string): boolean {
  return uri.startsWith(PREFIX);
}
