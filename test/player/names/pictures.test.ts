import assert from "node:assert/strict";
import { pictures, sortedPictures } from "../../../src/player/pictures";

const COVER = "40baf4dd6b252ba0943afdc9";
const SERVER = "https://i.scdn.co/image/";
const IN_ALL_SIZES = [
  { url: `${SERVER}ab67616d0000b273${COVER}`, size: 640 },
  { url: `${SERVER}ab67616d00001e02${COVER}`, size: 300 },
  { url: `${SERVER}ab67616d00004851${COVER}`, size: 64 },
];

describe("A picture", () => {
  for (const said of [
    `ab67616d00001e02${COVER}`,
    `AB67616D00001E02${COVER.toUpperCase()}`,
    `spotify:image:ab67616d00004851${COVER}`,
    `https://i.scdn.co/image/ab67616d0000b273${COVER}`,
    `https://image-cdn-ak.spotifycdn.com/image/ab67616d00001e02${COVER}`,
  ]) {
    it(`of an album is listed in all sizes, largest first: ${said}`, () => {
      assert.deepEqual(pictures(said), IN_ALL_SIZES);
      assert.deepEqual(pictures(said, 5), IN_ALL_SIZES);
    });
  }

  it("of a podcast is listed in all sizes", () => {
    const sizes = pictures(`ab67656300005f1f${COVER}`).map(({ size }) => size);
    assert.deepEqual(sizes, [640, 300, 64]);
  });

  it("of another kind has its reported size, or none", () => {
    const fileId = `ab6761610000e5eb${COVER}`;
    assert.deepEqual(pictures(fileId), [{ url: SERVER + fileId, size: null }]);
    assert.deepEqual(pictures(fileId, 320), [{ url: SERVER + fileId, size: 320 }]);
    for (const size of [0, -1, 1.5, NaN, Infinity]) assert.equal(pictures(fileId, size)[0]!.size, null);
    const url = `https://image-cdn-fa.spotifycdn.com/image/${fileId}`;
    assert.deepEqual(pictures(url, 300), [{ url, size: 300 }]);
  });

  it("of another kind loses the query of its URL", () => {
    const url = `${SERVER}ab6761610000e5eb${COVER}`;
    assert.deepEqual(pictures(`${url}?v=2`, 320), [{ url, size: 320 }]);
  });

  for (const url of [
    `https://i.scdn.co/x/image/ab67616d00001e02${COVER}`,
    `${SERVER}ab67616d00001e02${COVER}00`,
    `https://a.b-c.d.spotifycdn.com/image/1`,
    SERVER.padEnd(500, "x"),
  ]) {
    it(`stays as it is under a URL of another form: ${url.slice(0, 70)}`, () => {
      assert.deepEqual(pictures(url, 300), [{ url, size: 300 }]);
    });
  }

  for (const said of [
    "",
    "ab67616d00001e02",
    `ab67616d00001e02${COVER}00`,
    `spotify:mosaic:ab67616d00001e02${COVER}`,
    `http://i.scdn.co/image/ab67616d00001e02${COVER}`,
    `https://i.scdn.co.example.com/image/ab67616d00001e02${COVER}`,
    `https://.i.scdn.co/image/ab67616d00001e02${COVER}`,
    `https://evilscdn.co/image/ab67616d00001e02${COVER}`,
    `https://user@i.scdn.co/image/ab67616d00001e02${COVER}`,
    `https://:secret@i.scdn.co/image/ab67616d00001e02${COVER}`,
    `https://i.scdn.co:8443/image/ab67616d00001e02${COVER}`,
    SERVER.padEnd(501, "x"),
    "javascript:alert(1)",
    "data:image/png;base64,AAAA",
  ]) {
    it(`is not read from ${JSON.stringify(said.slice(0, 70))}`, () => {
      assert.deepEqual(pictures(said, 300), []);
    });
  }

  it("that was listed several times appears once, and the largest is the first of at most ten", () => {
    assert.deepEqual(
      sortedPictures([...pictures(`ab67616d00001e02${COVER}`), ...IN_ALL_SIZES]),
      IN_ALL_SIZES,
    );
    const unsized = IN_ALL_SIZES.map(({ url }) => ({ url, size: null }));
    assert.deepEqual(sortedPictures([...unsized, ...IN_ALL_SIZES, ...unsized]), IN_ALL_SIZES);
    const many = Array.from({ length: 30 }, (_, i) => ({ url: `${SERVER}${i}`, size: i }));
    assert.deepEqual(
      sortedPictures(many).map(({ size }) => size),
      [29, 28, 27, 26, 25, 24, 23, 22, 21, 20],
    );
  });
});
