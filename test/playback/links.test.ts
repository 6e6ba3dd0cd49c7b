import assert from "node:assert/strict";
import { isItem, toUri } from "../../src/playback/links";

const ID = "5TFCp6cxCaJRhbdn6IWEGh";
const OTHER = "0wKuMHryNyL3Fvj9iTFyRo";
const HOST = "https://open.spotify.com";

describe("The Spotify URI of a text", () => {
  for (const [what, text, uri] of [
    ["Liked Songs", "spotify:collection", "spotify:collection"],
    ["Liked Songs, as an address", `${HOST}/collection/tracks`, "spotify:collection"],
    ["Liked Songs, as the address of the library", `${HOST}/collection`, "spotify:collection"],
    ["saved episodes", `${HOST}/collection/your-episodes`, "spotify:collection:your-episodes"],
    ["a local file", "spotify:local:A:B:C:100", "spotify:local:A:B:C:100"],
    ["a local file without an album", "spotify:local:A::C:100", "spotify:local:A::C:100"],
    ["a list that belongs to an artist", `spotify:artist:${ID}:top`, `spotify:artist:${ID}:top`],
    ["a list of a person", "spotify:user:mira:top", "spotify:user:mira:top"],
    ["a person whose name is playlist", "spotify:user:playlist", "spotify:user:playlist"],
    [
      "a playlist in a list of another kind",
      `spotify:station:user:playlist:${ID}`,
      `spotify:station:user:playlist:${ID}`,
    ],
    ["a playlist in the old form", `spotify:user:mira:playlist:${ID}`, `spotify:playlist:${ID}`],
    ["a word with capitals after the name", "SPOTIFY:user:Mira:top", "spotify:user:Mira:top"],
    ["a name that is a link itself", `spotify:user:spotify:track:${ID}`, `spotify:user:spotify:track:${ID}`],
    ["the longest URI", `spotify:search:${"x".repeat(497)}`, `spotify:search:${"x".repeat(497)}`],
  ] as const) {
    it(`is found for ${what}`, () => assert.equal(toUri(text), uri));
  }

  for (const [what, text] of [
    ["words with a URI in them", `play spotify:track:${ID}`],
    ["words before an address", `play ${HOST}/track/${ID}`],
    ["words after an address", `${HOST}/track/${ID} please`],
    ["the name of another site", "example.com"],
    ["an address of another site", `https://example.com/track/${ID}`],
  ] as const) {
    it(`is not there for ${what}`, () => assert.equal(toUri(text), undefined));
  }

  for (const [what, text] of [
    ["a URI of two parts", "spotify:jazz"],
    ["a URI with an empty part", "spotify:user::top"],
    ["a URI with a space", "spotify:search:some jazz"],
    ["a URI with a character that is not shown", "spotify:search:jazz\u0007"],
    ["a URI of more than 512 characters", `spotify:search:${"x".repeat(498)}`],
    ["a local file with a space", "spotify:local:A B:C:D:100"],
    ["a local file of more than 512 characters", `spotify:local::${"x".repeat(500)}`],
    ["a playlist in the old form without an ID", "spotify:user:mira:playlist"],
    ["a playlist in the old form with a short ID", "spotify:user:mira:playlist:short"],
    ["the site itself", "open.spotify.com"],
    ["a person's page", `${HOST}/user/mira`],
    ["an album on a person's page", `${HOST}/user/mira/album/${ID}`],
    ["a short link", "https://spotify.link/abc"],
    ["a short link of the older kind", "https://spotify.app.link/abc"],
  ] as const) {
    it(`is refused for ${what}`, () => {
      assert.throws(() => toUri(text), { code: "INVALID_ARGUMENT" });
    });
  }

  it("is read from an address with capitals in its host", () => {
    assert.equal(toUri(`HTTPS://Open.Spotify.com/track/${ID}`), `spotify:track:${ID}`);
  });

  it("is that of the album, not of the track that the address marks", () => {
    assert.equal(toUri(`${HOST}/album/${ID}?highlight=spotify:track:${OTHER}`), `spotify:album:${ID}`);
  });
});

describe("A URI", () => {
  for (const kind of ["track", "episode", "local"]) {
    it(`is one item: ${kind}`, () => assert.equal(isItem(`spotify:${kind}:${ID}`), true));
  }

  for (const uri of [`spotify:album:${ID}`, "spotify:collection", `spotify:user:spotify:track:${ID}`]) {
    it(`is a list of items: ${uri}`, () => assert.equal(isItem(uri), false));
  }
});
