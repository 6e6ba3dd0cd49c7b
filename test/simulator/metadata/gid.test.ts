import assert from "node:assert/strict";
import { CATALOGUE } from "../world/catalogue";
import { gidOf, idOfGid } from "./gid";

describe("simulator: the two notations of an ID", () => {
  it("agree with a track for which Spotify itself has used both", () => {
    assert.equal(gidOf("5TFCp6cxCaJRhbdn6IWEGh"), "c1c98828fc2c44d6bb247ad01bdb7d4d");
    assert.equal(idOfGid("c1c98828fc2c44d6bb247ad01bdb7d4d"), "5TFCp6cxCaJRhbdn6IWEGh");
  });

  it("work for everything in the catalogue", () => {
    const { artists, albums, shows, tracks, lonelyTrack, episodes, playlists } = CATALOGUE;
    const named = [...artists, ...albums, ...shows, ...tracks, lonelyTrack, ...episodes];
    for (const { uri } of named) {
      const id = uri.split(":")[2] ?? "";
      assert.equal(idOfGid(gidOf(id)), id, uri);
    }
    for (const { uri } of playlists) assert.match(uri, /^spotify:playlist:[0-9A-Za-z]{22}$/);
    const uris = [...named, ...playlists].map(({ uri }) => uri);
    assert.equal(new Set(uris).size, uris.length);
  });

  it("refuse text that is not an ID", () => {
    for (const id of ["", "short", "5im000000000000000000-", "Sim0000000000000000001"]) {
      assert.throws(() => gidOf(id), RangeError, id);
    }
  });
});
