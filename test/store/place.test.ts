import assert from "node:assert/strict";
import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Place } from "../../src/store/place";
import { copyFolder } from "../support/folder-copy";

describe("the place of a folder", () => {
  let home: string;
  let original: string;
  let copy: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "place-"));
    original = join(home, "original");
    copy = join(home, "copy");
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  /** The result for a process that starts with this folder. */
  async function copyIdOf(folder: string): Promise<string | undefined> {
    const place = new Place(folder);
    await place.look();
    return place.copyId;
  }

  async function change(folder: string, marks: Record<string, unknown>): Promise<void> {
    const file = join(folder, ".place");
    const told = JSON.parse(await readFile(file, "utf8")) as object;
    await writeFile(file, JSON.stringify({ ...told, ...marks }));
  }

  it("is not a copy: a new folder, one of an earlier version, and one that is used several times", async () => {
    assert.equal(await copyIdOf(original), undefined);
    assert.equal(await copyIdOf(original), undefined);
    await mkdir(copy);
    await writeFile(join(copy, "account.state"), "v1.");
    assert.equal(await copyIdOf(copy), undefined);
    assert.deepEqual((await readdir(copy)).toSorted(), [".place", "account.state"]);
    if (process.platform === "win32") return;
    assert.equal(((await stat(join(copy, ".place"))).mode & 0o777).toString(8), "600");
  });

  it("is not a copy: a folder that was renamed", async () => {
    await copyIdOf(original);
    await rename(original, copy);
    assert.equal(await copyIdOf(copy), undefined);
  });

  it("is a copy, with the same name at each start; the original is not", async () => {
    await copyIdOf(original);
    await copyFolder(original, copy);
    const name = await copyIdOf(copy);
    assert.ok(name);
    assert.equal(await copyIdOf(copy), name);
    assert.equal(await copyIdOf(original), undefined);
  });

  it("has one name for all accounts that read it at the same time", async () => {
    await copyIdOf(original);
    for (let lead = 0; lead < 12; lead++) {
      const folder = join(home, `copy-${lead}`);
      await copyFolder(original, folder);
      const place = new Place(folder);
      const first = place.look().then(() => place.copyId);
      for (let turn = 0; turn < lead; turn++) await stat(original);
      const second = place.look().then(() => place.copyId);
      assert.equal(new Set([await first, await second, await copyIdOf(folder)]).size, 1);
    }
  });

  it("has a different name in a copy of the copy", async () => {
    await copyIdOf(original);
    await copyFolder(original, copy);
    const name = await copyIdOf(copy);
    const third = join(home, "third");
    await copyFolder(copy, third);
    const other = await copyIdOf(third);
    assert.ok(other);
    assert.notEqual(other, name);
  });

  it("is no longer a copy once it is used like the original, until it is copied again", async () => {
    await copyIdOf(original);
    await copyFolder(original, copy);
    const place = new Place(copy);
    await place.look();
    await place.useHere();
    assert.equal(place.copyId, undefined);
    assert.equal(await copyIdOf(copy), undefined);
    await copyFolder(copy, join(home, "third"));
    assert.ok(await copyIdOf(join(home, "third")));
  });

  it("is not a copy on a file system that keeps only one of two marks, even if the other changes often", async () => {
    for (const changing of ["inode", "bornAt"]) {
      await copyIdOf(original);
      for (let mount = 0; mount < 3; mount++) {
        await change(original, { [changing]: String(mount) });
        assert.equal(await copyIdOf(original), undefined, changing);
      }
    }
  });

  it("is not a copy if one mark changed, and another time the other", async () => {
    await copyIdOf(original);
    await change(original, { inode: "1" });
    assert.equal(await copyIdOf(original), undefined);
    await change(original, { bornAt: "1" });
    assert.equal(await copyIdOf(original), undefined);
  });

  it("stays a copy if one mark changes", async () => {
    await copyIdOf(original);
    await copyFolder(original, copy);
    const name = await copyIdOf(copy);
    await change(copy, { bornAt: "1" });
    assert.equal(await copyIdOf(copy), name);
  });

  it("is written only if it has changed", async () => {
    await copyIdOf(original);
    const path = join(original, ".place");
    // A reader keeps the number of the file from being given to a new one.
    const reader = await open(path);
    await copyIdOf(original);
    const { ino } = await reader.stat();
    await reader.close();
    assert.equal((await stat(path)).ino, ino);
  });

  it("that cannot be read stays as it is", async function () {
    if (process.platform === "win32") return this.skip();
    await copyIdOf(original);
    const path = join(original, ".place");
    await rm(path);
    // A link to itself.
    await symlink(".place", path);
    assert.equal(await copyIdOf(original), undefined);
    assert.equal(await readlink(path), ".place");
  });

  it("has no name of a copy that is not a text", async () => {
    await copyIdOf(original);
    await change(original, { copyId: 5 });
    assert.equal(await copyIdOf(original), undefined);
  });

  it("that is damaged is made again", async () => {
    await copyIdOf(original);
    const damaged = ["", "{", "null", '{"inode":1}', '{"inode":1,"bornAt":"1"}', '{"inode":"1","bornAt":1}'];
    for (const text of damaged) {
      await writeFile(join(original, ".place"), text);
      assert.equal(await copyIdOf(original), undefined);
      assert.ok(JSON.parse(await readFile(join(original, ".place"), "utf8")));
    }
  });

  it("is a copy even if this cannot be written down, which is reported when it is to be used", async () => {
    await copyIdOf(original);
    await copyFolder(original, copy);
    // A folder in the place of the file that would be written.
    await mkdir(join(copy, ".place.new", "x"), { recursive: true });
    const place = new Place(copy);
    await place.look();
    assert.ok(place.copyId);
    await assert.rejects(place.useHere());
    assert.ok(place.copyId, "nothing is used by half");
  });
});
