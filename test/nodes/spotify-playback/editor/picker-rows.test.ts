import assert from "node:assert/strict";
import { deviceRows } from "../../../../nodes/spotify-playback/editor/device-rows";
import { playlistIn, playlistRows } from "../../../../nodes/spotify-playback/editor/playlist-rows";
import type { ListedDevice, Playlist } from "../../../../src";

/** Returns the last word of the key, and the values for it. */
const translate = (key: string, values: Record<string, string | number> = {}): string =>
  [...Object.values(values), key.split(".").at(-1)].join(" ");

const uriOf = (number: number): string => `spotify:playlist:${String(number).padStart(22, "0")}`;
const playlist = (number: number, about: Partial<Playlist> = {}): Playlist => ({
  uri: uriOf(number),
  name: "Dinner",
  owner: "mira",
  image: null,
  tracks: 5,
  ...about,
});
const said = (playlists: readonly Playlist[]): string[] =>
  playlistRows(playlists, translate).map(({ title, about }) => [title, ...about].join(" · "));

describe("A row of the list of playlists", () => {
  it("has the name, the owner and the number of tracks, and its value is the URI", () => {
    assert.deepEqual(said([playlist(1), playlist(2, { name: "One song", tracks: 1 })]), [
      "Dinner · mira · 5 tracks",
      "One song · mira · 1 track",
    ]);
    assert.equal(playlistRows([playlist(1)], translate)[0]?.value, uriOf(1));
  });

  it("leaves out what is not known, and a username that Spotify has generated", () => {
    assert.deepEqual(
      said([
        playlist(1, { owner: null, tracks: null }),
        playlist(2, { owner: "31uzv2uqmo5srmfvori7rq3vtria", tracks: 0 }),
      ]),
      ["Dinner", "Dinner · 0 tracks"],
    );
  });

  it("has a part of the ID if another row has the same text", () => {
    const twin = "spotify:playlist:1234567890123456789012";
    assert.deepEqual(said([playlist(1), playlist(2, { uri: twin }), playlist(3, { owner: "ada" })]), [
      "Dinner · mira · 5 tracks · 000000…",
      "Dinner · mira · 5 tracks · 123456…",
      "Dinner · ada · 5 tracks",
    ]);
  });

  it("is found by a link as well as by the URI", () => {
    const id = uriOf(1).split(":")[2];
    for (const text of [
      uriOf(1),
      `https://open.spotify.com/intl-de/playlist/${id}?si=abc`,
      `spotify:user:mira:playlist:${id}`,
    ]) {
      assert.equal(playlistIn(text), uriOf(1), text);
    }
    for (const text of ["", "jazz", `spotify:album:${id}`, `${uriOf(1)}0`])
      assert.equal(playlistIn(text), text);
  });
});

describe("A row of the list of devices", () => {
  const device = (id: string, about: Partial<ListedDevice> = {}): ListedDevice => ({
    id,
    name: "Kitchen",
    type: "speaker",
    volume: 50,
    canSetVolume: true,
    isPrivate: false,
    isActive: false,
    isAsleep: false,
    ...about,
  });

  it("has the name as its value, and shows the type and the activity of the device", () => {
    const rows = deviceRows(
      [device("a", { isActive: true }), device("b", { name: "TV", type: "tv", isAsleep: true })],
      translate,
    );
    assert.deepEqual(
      rows.map(({ value, title, about }) => [value, title, ...about]),
      [
        ["Kitchen", "Kitchen", "active", "speaker"],
        ["TV", "TV", "asleep", "tv"],
      ],
    );
  });

  it("has the ID as its value, and shows a part of it, if another device has the same name, or it has none", () => {
    const rows = deviceRows(
      [device("abcdefgh"), device("bcdefghi"), device("cdefghij", { name: null })],
      translate,
    );
    assert.deepEqual(
      rows.map(({ value, title, about }) => [value, title, about.at(-1)]),
      [
        ["abcdefgh", "Kitchen", "abcdef…"],
        ["bcdefghi", "Kitchen", "bcdefg…"],
        ["cdefghij", "cdefghij", "cdefgh…"],
      ],
    );
  });
});
