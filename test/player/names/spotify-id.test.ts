import assert from "node:assert/strict";
import { parseSpotifyUri, toGid, toUri } from "../../../src/player/spotify-id";

const ID = "5TFCp6cxCaJRhbdn6IWEGh";

describe("A Spotify ID", () => {
  // Both are in a request and an answer of the desktop app: spotcontrol cuts/metadata_track.txt.
  it("is the same number in base 62 and in base 16", () => {
    assert.equal(toGid(ID), "c1c98828fc2c44d6bb247ad01bdb7d4d");
    assert.equal(
      toUri("track", Buffer.from("c1c98828fc2c44d6bb247ad01bdb7d4d", "hex")),
      `spotify:track:${ID}`,
    );
  });

  it("keeps its leading zeros", () => {
    assert.equal(toGid("0".repeat(21) + "z"), "0".repeat(30) + "23");
    assert.equal(
      toUri("artist", Buffer.from([...Array<number>(15).fill(0), 35])),
      `spotify:artist:${"0".repeat(21)}z`,
    );
  });

  it("has no number if it is larger than 16 bytes, and no URI if it does not have 16 bytes", () => {
    assert.equal(toGid("Z".repeat(22)), undefined);
    for (const length of [0, 15, 17, 20]) assert.equal(toUri("track", Buffer.alloc(length, 1)), null);
    assert.equal(toUri("track", undefined), null);
  });

  it("is read from the URIs of things that can be looked up", () => {
    for (const kind of ["track", "episode", "album", "artist", "show", "playlist"]) {
      const uri = `spotify:${kind}:${ID}`;
      assert.deepEqual(parseSpotifyUri(uri), { uri, kind, id: ID });
    }
    const owned = `spotify:user:some.body:playlist:${ID}`;
    assert.deepEqual(parseSpotifyUri(owned), { uri: owned, kind: "playlist", id: ID });
  });

  for (const uri of [
    "",
    "spotify:track:",
    `spotify:track:${ID}0`,
    `spotify:track:${ID.slice(1)}`,
    `spotify:track:${ID.slice(1)}/`,
    `spotify:track:${ID}\n`,
    `spotify:ad:${ID}`,
    `spotify:user:some.body:track:${ID}`,
    `spotify:user:${"x".repeat(201)}:playlist:${ID}`,
    "spotify:user:some.body:collection",
    "spotify:local:Artist:Album:Title:120",
    `https://open.spotify.com/track/${ID}`,
  ]) {
    it(`is not read from ${JSON.stringify(uri.slice(0, 60))}`, () => {
      assert.equal(parseSpotifyUri(uri), undefined);
    });
  }
});
