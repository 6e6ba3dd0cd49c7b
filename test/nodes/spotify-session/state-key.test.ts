import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folderKey } from "../../../nodes/spotify-session/state-key";

const KEY = "0123456789abcdef".repeat(4);

describe("the key of a folder of state files", () => {
  let parent: string;
  let folder: string;
  let file: string;

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), "state-key-"));
    folder = join(parent, "user", "spotify-session");
    file = join(folder, ".key");
  });

  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const write = (text: string, mode = 0o600): void => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
  };
  const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

  it("is not made if it is not needed", () => {
    assert.deepEqual(folderKey(folder, false), { file, cause: "ENOENT" });
    assert.ok(!existsSync(folder));
  });

  it("is made if it is needed, and is the same from then on", () => {
    const made = folderKey(folder, true);
    assert.ok("key" in made);
    assert.match(made.key, /^[0-9a-f]{64}$/);
    assert.deepEqual(folderKey(folder, true), made);
    assert.deepEqual(folderKey(folder, false), made);
  });

  it("can be read by its owner alone", function () {
    if (process.platform === "win32") return this.skip();
    folderKey(folder, true);
    assert.equal(modeOf(folder), "700");
    assert.equal(modeOf(file), "600");
  });

  for (const [what, before, after] of [
    ["is taken from other users who may read it", 0o644, "600"],
    ["stays as it is if its owner may only read it", 0o400, "400"],
  ] as const) {
    it(what, function () {
      if (process.platform === "win32") return this.skip();
      write(KEY, before);
      assert.deepEqual(folderKey(folder, true), { key: KEY });
      assert.equal(modeOf(file), after);
    });
  }

  it("may have spaces around it", () => {
    write(` ${KEY}\r\n`);
    assert.deepEqual(folderKey(folder, true), { key: KEY });
  });

  for (const [what, text] of [
    ["empty", ""],
    ["too short", KEY.slice(1)],
    ["too long", `${KEY}0`],
    ["too long at its beginning", `0${KEY}`],
    ["not in hex digits", KEY.replace("a", "g")],
  ] as const) {
    it(`is not used and not replaced if it is ${what}`, () => {
      write(text);
      assert.deepEqual(folderKey(folder, true), { file, cause: "damaged" });
      assert.equal(readFileSync(file, "utf8"), text);
    });
  }

  it("cannot be used if a folder is in its place", () => {
    mkdirSync(file, { recursive: true });
    assert.deepEqual(folderKey(folder, true), { file, cause: "EISDIR" });
  });

  it("is not made in the place of something that is there", function () {
    if (process.platform === "win32") return this.skip();
    mkdirSync(folder, { recursive: true });
    symlinkSync(join(parent, "missing"), file);
    assert.deepEqual(folderKey(folder, true), { file, cause: "EEXIST" });
  });
});
