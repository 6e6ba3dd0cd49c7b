import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeptAside } from "../../src/store/kept-aside";

describe("the files that are kept because they could not be opened", () => {
  let folder: string;
  let path: string;
  let kept: KeptAside;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "kept-"));
    path = join(folder, "account.state");
    kept = new KeptAside(path);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Keeps a file with this content. @param age ms @returns the ending of its new name */
  async function keep(content: string, age: number, leaving?: string): Promise<string> {
    await writeFile(path, content);
    const at = new Date(Date.now() - age);
    await utimes(path, at, at);
    return (await kept.put(leaving && `${path}.${leaving}`)).slice(path.length + 1);
  }

  const contents = async (): Promise<Record<string, string>> => {
    const names = (await readdir(folder)).toSorted();
    const texts = names.map(async (name) => [
      name.slice("account.state.".length),
      await readFile(join(folder, name), "utf8"),
    ]);
    return Object.fromEntries(await Promise.all(texts)) as Record<string, string>;
  };

  it("are three at most: the next one replaces the oldest", async () => {
    assert.equal(await keep("a", 2_000_000), "unreadable");
    assert.equal(await keep("b", 3_000_000), "unreadable-2");
    assert.equal(await keep("c", 1_000_000), "unreadable-3");
    assert.equal(await keep("d", 0), "unreadable-2");
    assert.deepEqual(await contents(), { unreadable: "a", "unreadable-2": "d", "unreadable-3": "c" });
  });

  it("are not replaced if one of them is about to be used again", async () => {
    await keep("a", 3_000_000);
    await keep("b", 2_000_000);
    await keep("c", 1_000_000);
    assert.equal(await keep("d", 0, "unreadable"), "unreadable-4");
    // Four of them are there until that one has left: it is not replaced either, though it is the oldest.
    assert.equal(await keep("e", 0, "unreadable"), "unreadable-2");
    assert.equal((await contents())["unreadable"], "a");
  });

  it("are deleted with the account", async () => {
    for (const content of ["a", "b", "c"]) await keep(content, 0);
    await keep("d", 0, "unreadable");
    await kept.delete();
    assert.deepEqual(await readdir(folder), []);
    // There is nothing to delete any more.
    await kept.delete();
  });
});
