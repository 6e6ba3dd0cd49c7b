/** The two lists of the dialog from which a person picks: the account's devices, and its playlists. */
import type { ListedDevice } from "../../../src/playback/listed-device";
import { MOST_PLAYLISTS, type Playlist } from "../../../src/playlists/playlist";
import { askForList } from "../../shared/editor/list-picker/ask-for-list";
import { listPicker, type ListPicker, type PickerOptions } from "../../shared/editor/list-picker/list-picker";
import type { PickerRow } from "../../shared/editor/list-picker/picker-row";
import type { Translate } from "../../shared/editor/translate";
import { deviceRows } from "./device-rows";
import { playlistRows } from "./playlist-rows";

/** Node-RED tells of a device that comes or goes for 30 s after it was asked. ms */
const DEVICES_EVERY = 20_000;

type Given = Pick<PickerOptions, "account" | "feeds">;

/** @param onPick is given the name of the device, or its ID if two devices have that name */
export function devicePicker(
  translate: Translate,
  given: Given,
  onPick: (device: string) => void,
): ListPicker {
  return listPicker({
    ...given,
    id: "spotify-devices",
    path: "devices",
    every: DEVICES_EVERY,
    texts: textsOf(translate, "devices", (count) => (count > 0 ? "some" : "none")),
    rows: (devices) => deviceRows(devices as ListedDevice[], translate),
    onPick: ({ value }) => onPick(value),
  });
}

export interface PlaylistPicker extends ListPicker {
  /** What a playlist is called, if it was listed; else undefined. */
  nameOf(uri: string): string | undefined;
  /** Asks once what the playlists are called, although the list is not open. A failure is not told. */
  learnNames(learned: () => void): void;
}

/** @param onPick is given the URI of the playlist */
export function playlistPicker(
  translate: Translate,
  given: Given,
  onPick: (uri: string) => void,
): PlaylistPicker {
  const names = new Map<string, string>();
  const rowsOf = (playlists: readonly unknown[]): PickerRow[] => {
    const rows = playlistRows(playlists as Playlist[], translate);
    for (const { value, title } of rows) names.set(value, title);
    return rows;
  };
  const picker = listPicker({
    ...given,
    id: "spotify-playlists",
    path: "playlists",
    texts: textsOf(translate, "playlists", (count) => {
      if (count === 0) return "none";
      return count < MOST_PLAYLISTS ? undefined : "some";
    }),
    rows: rowsOf,
    onPick: ({ value }) => onPick(value),
  });
  return {
    ...picker,
    nameOf: (uri) => names.get(uri),
    learnNames(learned) {
      const account = given.account();
      if (account === undefined) return;
      askForList(account, "playlists").then(
        (playlists) => {
          rowsOf(playlists);
          learned();
        },
        () => undefined,
      );
    },
  };
}

function textsOf(
  translate: Translate,
  which: "devices" | "playlists",
  noteFor: (count: number) => string | undefined,
): PickerOptions["texts"] {
  const own = (key: string): string => translate(`picker.${which}.${key}`);
  return {
    show: own("show"),
    refresh: own("refresh"),
    title: own("title"),
    failed: own("failed"),
    asking: translate("picker.asking"),
    noAccount: translate("picker.noAccount"),
    notDeployed: translate("picker.notDeployed"),
    note(count) {
      const key = noteFor(count);
      return key === undefined ? "" : own(key);
    },
  };
}
