import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { StateFolder } from "../../src/store/state-folder";
import { MemoryStateStore, type StateStore } from "../../src/store/store";
import { StoreInFolder } from "../../src/store/store-in-folder";
import { endClock } from "../support/end-clock";
import { failureOf } from "../support/failure";
import { copyFolder } from "../support/folder-copy";

describe("a folder of accounts", () => {
  let home: string;
  let path: string;
  let lock: string;
  let clock: Clock;
  /** Ends each use. */
  let ends: (() => Promise<void>)[];

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "folder-"));
    path = join(home, "spotify-session");
    lock = join(path, ".lock");
    clock = FakeTimers.install({ toFake: ["setInterval", "clearInterval"] });
    ends = [];
  });
  afterEach(async () => {
    await Promise.all(ends.map((end) => end()));
    await endClock(clock);
    await rm(home, { recursive: true, force: true });
  });

  /** As a session does. */
  function use(folder: StateFolder, changed = (): void => undefined): () => Promise<void> {
    const end = folder.use(changed);
    ends.push(end);
    return end;
  }

  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) await new Promise(setImmediate);
  }

  const isLocked = async (): Promise<boolean> =>
    (await readdir(path).catch((): string[] => [])).includes(".lock");

  /** Lets time pass while a process on another machine uses the folder, until that is noticed. */
  async function shared(folder: StateFolder): Promise<void> {
    await mkdir(path, { recursive: true });
    for (let beat = 0; folder.problem === undefined; beat++) {
      // In one step, so that no look finds it empty.
      const other = join(home, "other");
      await writeFile(other, JSON.stringify({ id: "other", pid: 4711, host: "raspberrypi", beat }));
      await rename(other, lock);
      clock.tick(10_000);
      await stat(path);
    }
  }

  /** A copy of a folder that was used. */
  async function copied(): Promise<StateFolder> {
    const original = join(home, "original");
    await StateFolder.at(original).look();
    await copyFolder(original, path);
    const folder = StateFolder.at(path);
    await folder.look();
    return folder;
  }

  it("is one for all sessions of a process", () => {
    assert.equal(StateFolder.at(path), StateFolder.at(path));
    assert.notEqual(StateFolder.at(path), StateFolder.at(home));
  });

  it("is locked from the first session to the last", async () => {
    const folder = StateFolder.at(path);
    const [first, second] = [use(folder), use(folder)];
    await until(isLocked);
    await first();
    assert.equal((JSON.parse(await readFile(lock, "utf8")) as { host: string }).host, hostname());
    await second();
    assert.equal(await isLocked(), false);
  });

  it("tells each of its sessions that another process uses it, and names that", async () => {
    const folder = StateFolder.at(path);
    let told = 0;
    const changed = (): void => void told++;
    const first = use(folder, changed);
    use(folder, changed);
    await shared(folder);
    assert.equal(told, 2);
    const { kind, file, cause, message } = folder.problem!;
    assert.deepEqual([kind, file, cause], ["shared-folder", lock, "raspberrypi, pid 4711"]);
    assert.match(message, /Another Node-RED \(raspberrypi, pid 4711\) uses the same folder/);
    await first();
    // Its process ends. A look that is under way may have to end before the next one.
    await rm(lock);
    while (folder.problem) {
      clock.tick(10_000);
      await stat(path);
    }
    assert.equal(told, 3, "the first one has left");
  });

  it("says that it is a copy, and which one; the original is none", async () => {
    const folder = await copied();
    const { kind, file, cause, message } = folder.problem!;
    assert.deepEqual([kind, file, cause], ["copied", path, ""]);
    assert.match(message, /This user directory is a copy/);
    assert.ok(folder.copyId);
    assert.equal(StateFolder.at(join(home, "original")).copyId, undefined);
  });

  it("is no copy any more when it is used instead of the original, which each session is told", async () => {
    const folder = await copied();
    let told = 0;
    use(folder, () => told++);
    await folder.useHere();
    assert.deepEqual([folder.problem, folder.copyId, told], [undefined, undefined, 1]);
  });

  it("says why it cannot be used instead of the original", async () => {
    const folder = await copied();
    await rm(path, { recursive: true });
    await writeFile(path, "");
    const { message } = await failureOf(folder.useHere(), "INVALID_ARGUMENT");
    assert.match(message, /spotify-session cannot be written: (ENOTDIR|EEXIST|ENOENT)\./);
  });

  it("becomes private if others may use it", async function () {
    if (process.platform === "win32") return this.skip();
    const folder = StateFolder.at(path);
    await folder.look();
    await chmod(path, 0o755);
    await folder.look();
    assert.equal(((await stat(path)).mode & 0o777).toString(8), "700");
  });

  describe("with a store in it", () => {
    it("has the problems of both: its own one first", async () => {
      const store = Object.assign(new MemoryStateStore(), {
        place: "the place",
        problem: { kind: "reserve", file: "", cause: "", message: "" } as const,
        delete: () => Promise.resolve(),
      });
      const folder = StateFolder.at(path);
      const both = new StoreInFolder(folder, store);
      assert.deepEqual([both.place, both.problem, both.copyId], ["the place", store.problem, undefined]);
      const end = both.use(() => undefined);
      ends.push(end);
      await shared(folder);
      assert.equal(both.problem?.kind, "shared-folder");
      await end();
    });

    it("looks whether it is a copy when the state is loaded", async () => {
      const original = join(home, "original");
      await StateFolder.at(original).look();
      await copyFolder(original, path);
      const store = Object.assign(new MemoryStateStore(), { delete: () => Promise.resolve() });
      await store.save({ deviceId: "abc" });
      const both = new StoreInFolder(StateFolder.at(path), store);
      assert.deepEqual(await both.load(), { deviceId: "abc" });
      assert.ok(both.copyId);
    });

    for (const [what, update] of [
      ["in one step, if the store can", true],
      ["by loading and saving it", false],
    ] as const) {
      it(`changes the state ${what}, and deletes it`, async () => {
        const calls: string[] = [];
        const kept = new MemoryStateStore();
        const store: StateStore & { delete(): Promise<void> } = {
          load: () => kept.load(),
          save: (document) => {
            calls.push("save");
            return kept.save(document);
          },
          ...(update && {
            update: (change) => {
              calls.push("update");
              return kept.update(change);
            },
          }),
          delete: () => Promise.resolve(void calls.push("delete")),
        };
        const both = new StoreInFolder(StateFolder.at(path), store);
        await both.save([1]);
        await both.update((document) => [...(document as number[]), 2]);
        await both.delete();
        assert.deepEqual(await both.load(), [1, 2]);
        assert.deepEqual(calls, ["save", update ? "update" : "save", "delete"]);
      });
    }
  });
});
