import assert from "node:assert/strict";
import { qrPicture } from "../../../../../nodes/spotify-session/editor/sign-in/qr";

const FINDER = ["#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"];

/** The modules that the path of a picture makes dark. */
function modules({ size, path }: { size: number; path: string }): string[] {
  const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => "."));
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1H\1z/g)) {
    rows[Number(y)]?.fill("#", Number(x), Number(x) + Number(length));
  }
  return rows.map((row) => row.join(""));
}

describe("a QR picture", () => {
  const picture = qrPicture("https://spotify.com/pair?code=WDJBMJHT");
  const rows = modules(picture);

  it("has only its modules in the path", () => {
    assert.equal(picture.path.replaceAll(/M\d+ \d+h\d+v1H\d+z/g, ""), "");
  });

  it("has a quiet zone of four modules on each side", () => {
    const inner = rows.slice(4, -4).map((row) => row.slice(4, -4));
    assert.equal(rows.join("").replaceAll(".", "").length, inner.join("").replaceAll(".", "").length);
    assert.equal((picture.size - 8) % 4, 1, "the size of a QR code is 17 + 4 n");
  });

  it("has its three finder patterns next to the quiet zone", () => {
    const cut = (top: number, left: number): string[] =>
      rows.slice(top, top + 7).map((row) => row.slice(left, left + 7));
    const far = picture.size - 4 - 7;
    for (const corner of [cut(4, 4), cut(4, far), cut(far, 4)]) assert.deepEqual(corner, FINDER);
  });

  it("differs for another text", () => {
    assert.notEqual(qrPicture("https://spotify.com/pair?code=WDJBMJHU").path, picture.path);
  });
});
