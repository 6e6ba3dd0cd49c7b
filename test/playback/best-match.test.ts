import assert from "node:assert/strict";
import { bestMatch, type Match } from "../../src/playback/best-match";

const song = (title: string, ...artists: string[]): Match => ({
  uri: `spotify:track:${title}`,
  title,
  artists,
});
const artist = (title: string): Match => ({ uri: `spotify:artist:${title}`, title, artists: [] });
const playlist = (title: string): Match => ({ uri: `spotify:playlist:${title}`, title, artists: [] });

const COVER = song("Yesterday", "A Choir");
const ORIGINAL = song("Yesterday", "The Few");
const OTHER = song("Tomorrow Never", "Somebody");
const LONG = song("Yesterday Once Again", "Somebody");

/** The search results, in Spotify's order, and which of them is the best match. */
const CASES: readonly (readonly [string, string, readonly Match[], Match])[] = [
  ["the title is the words", "yesterday", [OTHER, LONG, ORIGINAL], ORIGINAL],
  ["of two such titles, the first one", "yesterday", [COVER, ORIGINAL], COVER],
  ["title and artist have all the words", "the few yesterday", [COVER, ORIGINAL], ORIGINAL],
  ["words are whole words", "day", [OTHER, song("Someday"), song("A Day Off")], song("A Day Off")],
  ["accents, case and punctuation do not matter", "CA VA", [OTHER, song("Ça va?")], song("Ça va?")],
  ["punctuation is no word", "rock live", [song("Live Rock"), song("Rock – Live!")], song("Rock – Live!")],
  ["letters of other scripts", "ВЫСОЦКИЙ", [OTHER, artist("Высоцкий")], artist("Высоцкий")],
  [
    "an artist before a song of the same name",
    "the few",
    [song("The Few"), artist("The Few")],
    artist("The Few"),
  ],
  ["a song before a playlist of the same name", "yesterday", [ORIGINAL, playlist("Yesterday")], ORIGINAL],
  [
    "a playlist of that name before a song with the words",
    "evening jazz",
    [song("Evening", "Jazz"), playlist("Evening Jazz")],
    playlist("Evening Jazz"),
  ],
  ["nothing has the words: the first one", "qwertz", [OTHER, ORIGINAL], OTHER],
  ["no titles are known: the first one", "yesterday", [song(""), song("")], song("")],
  ["nothing but punctuation: the first one", "?!", [OTHER, ORIGINAL], OTHER],
];

describe("The best match", () => {
  for (const [name, words, matches, meant] of CASES) {
    it(name, () => assert.deepEqual(bestMatch(words, matches), meant));
  }
});
