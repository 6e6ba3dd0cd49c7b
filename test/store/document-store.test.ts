import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileStateStore, MemoryStateStore, type StateStore } from "../../src";
import { DocumentStore } from "../../src/store/document-store";
import { describeSliceStore } from "./contract";

describeSliceStore("memory", () => {
  const memory = new MemoryStateStore();
  const store = new DocumentStore(memory);
  return Promise.resolve({
    open: () => Promise.resolve(store),
    reopen: () => Promise.resolve(new DocumentStore(memory)),
    close: () => Promise.resolve(),
  });
});

describeSliceStore("sealed file", async () => {
  const home = await mkdtemp(join(tmpdir(), "slices-"));
  const file = (): FileStateStore => new FileStateStore(join(home, "account.state"), "the key");
  const store = new DocumentStore(file());
  return {
    open: () => Promise.resolve(store),
    reopen: () => Promise.resolve(new DocumentStore(file())),
    close: () => rm(home, { recursive: true, force: true }),
  };
});

describe("the document of slices", () => {
  it("reads again the changes of another process, and gives them another version", async () => {
    const memory = new MemoryStateStore();
    const [mine, theirs] = [new DocumentStore(memory), new DocumentStore(memory)];
    const { version } = await mine.read("grants");
    await mine.compareAndSet("grants", version, ["old"]);
    const read = await theirs.read("grants");
    await theirs.compareAndSet("grants", read.version, ["new"]);
    const told: unknown[] = [];
    mine.watch((slice) => told.push(slice));
    const again = await mine.read("grants");
    assert.deepEqual(again.value, ["new"]);
    assert.deepEqual(told, ["grants"]);
    for (const earlier of [version, version + 1])
      assert.equal(await mine.compareAndSet("grants", earlier, ["mine"]), undefined);
  });

  it("keeps its content if its file is gone, and stores it with the next change", async () => {
    let document: unknown = { deviceId: "abc" };
    const store = new DocumentStore({
      load: () => Promise.resolve(document),
      save: (saved) => Promise.resolve(void (document = saved)),
    });
    await store.read("deviceId");
    document = undefined;
    const { value } = await store.read("deviceId");
    assert.equal(value, "abc");
    await store.compareAndSet("tokens", 0, [1]);
    assert.deepEqual(document, { deviceId: "abc", tokens: [1] });
  });

  it("keeps slices of another version of this package", async () => {
    const memory = new MemoryStateStore();
    await memory.save({ player: 5, deviceId: "abc" });
    const store = new DocumentStore(memory);
    await store.compareAndSet("tokens", 0, [1]);
    assert.deepEqual(await memory.load(), { player: 5, deviceId: "abc", tokens: [1] });
  });

  it("never overwrites a document that cannot be read", async () => {
    let saves = 0;
    const unreadable: StateStore = {
      load: () => Promise.reject(new Error("EIO")),
      save: () => Promise.resolve(void saves++),
    };
    const store = new DocumentStore(unreadable);
    await assert.rejects(store.read("grants"), /EIO/);
    await assert.rejects(store.compareAndSet("grants", 0, []), /EIO/);
    assert.equal(saves, 0);
    // What was refused then is not stored later.
    unreadable.load = () => Promise.resolve({});
    unreadable.save = (document) => Promise.resolve(assert.deepEqual(document, { tokens: [1] }));
    await store.compareAndSet("tokens", 0, [1]);
  });

  it("is for one process, and loaded once for each read and each write", async () => {
    let loads = 0;
    const store = new DocumentStore({
      load: () => Promise.resolve(void loads++),
      save: () => Promise.resolve(),
    });
    assert.equal(store.isShared, false);
    await store.read("grants");
    await store.compareAndSet("grants", 0, []);
    await store.compareAndSet("grants", 1, []);
    assert.equal(loads, 3);
  });

  it("fails with the reason if it cannot be locked for a change", async () => {
    const store = new DocumentStore({
      load: () => Promise.resolve({}),
      save: () => Promise.resolve(),
      update: () => Promise.reject(new Error("locked")),
    });
    await assert.rejects(store.compareAndSet("grants", 0, []), /locked/);
  });

  it("keeps a change that could not be written: a read does not undo it, and the next write stores it", async () => {
    let isFull = true;
    let document: unknown = { grants: ["old"] };
    const store = new DocumentStore({
      load: () => Promise.resolve(document),
      save: (saved) =>
        isFull ? Promise.reject(new Error("full")) : Promise.resolve(void (document = saved)),
    });
    const { version } = await store.read("grants");
    await assert.rejects(store.compareAndSet("grants", version, ["rotated"]), /full/);
    const changed = await store.read("grants");
    assert.deepEqual(changed.value, ["rotated"]);
    isFull = false;
    await store.compareAndSet("tokens", 0, [1]);
    assert.deepEqual(document, { grants: ["rotated"], tokens: [1] });
    document = structuredClone(document);
    assert.deepEqual(await store.read("grants"), changed, "it has the same version");
  });

  describe("written by two processes", () => {
    let document: Record<string, unknown>;
    let isFull: boolean;
    let saves: number;
    let onLoad: () => unknown;
    let mine: DocumentStore;
    let theirs: DocumentStore;

    beforeEach(async () => {
      document = { grants: ["old"], tokens: [1] };
      [isFull, saves] = [false, 0];
      onLoad = () => undefined;
      const place: StateStore = {
        load: () => {
          onLoad();
          return Promise.resolve(document);
        },
        save: (saved) => {
          if (isFull) return Promise.reject(new Error("full"));
          saves++;
          document = JSON.parse(JSON.stringify(saved)) as Record<string, unknown>;
          return Promise.resolve();
        },
      };
      [mine, theirs] = [new DocumentStore(place), new DocumentStore(place)];
      await Promise.all([mine.read("grants"), theirs.read("grants")]);
    });

    async function set(store: DocumentStore, slice: "grants" | "tokens", value: unknown): Promise<void> {
      const { version } = await store.read(slice);
      assert.notEqual(await store.compareAndSet(slice, version, value), undefined);
    }

    it("never gets an old refresh token back from a process that writes only its tokens", async () => {
      const { version } = await mine.read("tokens");
      await set(theirs, "grants", ["rotated"]);
      assert.notEqual(await mine.compareAndSet("tokens", version, [2]), undefined);
      assert.deepEqual(document, { grants: ["rotated"], tokens: [2] });
    });

    it("takes over changes of the other process with a write: a new version, reported to the listeners", async () => {
      const [grants, tokens] = [await mine.read("grants"), await mine.read("tokens")];
      await set(theirs, "grants", ["rotated"]);
      const told: unknown[] = [];
      mine.watch((slice) => told.push(slice));
      await mine.compareAndSet("tokens", tokens.version, [2]);
      assert.deepEqual(told, ["grants", "tokens"]);
      assert.equal(await mine.compareAndSet("grants", grants.version, ["mine"]), undefined);
      assert.deepEqual((await mine.read("grants")).value, ["rotated"]);
    });

    it("refuses a change of a slice that the other process changed, and stores the others of its turn", async () => {
      const [grants, tokens] = [await mine.read("grants"), await mine.read("tokens")];
      await set(theirs, "grants", ["rotated"]);
      const [refused, stored] = await Promise.all([
        mine.compareAndSet("grants", grants.version, ["mine"]),
        mine.compareAndSet("tokens", tokens.version, [2]),
      ]);
      assert.equal(refused, undefined);
      assert.notEqual(stored, undefined);
      assert.deepEqual(document, { grants: ["rotated"], tokens: [2] });
      await set(mine, "grants", ["rotated", "mine"]);
      assert.deepEqual(document["grants"], ["rotated", "mine"]);
    });

    it("refuses a change even if another process has made the same one: of two that count, each counts", async () => {
      const { version } = await mine.read("tokens");
      await set(theirs, "tokens", [2]);
      assert.equal(await mine.compareAndSet("tokens", version, [2]), undefined);
    });

    it("gives up a change that could not be written if the other process has changed the slice meanwhile", async () => {
      const { version } = await mine.read("grants");
      isFull = true;
      await assert.rejects(mine.compareAndSet("grants", version, ["mine"]), /full/);
      isFull = false;
      await set(theirs, "grants", ["rotated"]);
      assert.deepEqual((await mine.read("grants")).value, ["rotated"]);
      await set(mine, "tokens", [2]);
      assert.deepEqual(document, { grants: ["rotated"], tokens: [2] });
    });

    it("sees no change in values that JSON cannot store, such as undefined and NaN", async () => {
      await set(mine, "grants", [{ scopes: undefined, at: Number.NaN }]);
      const { version } = await mine.read("grants");
      await set(mine, "tokens", [2]);
      assert.equal((await mine.read("grants")).version, version);
    });

    it("is written once for all changes of a turn, and for those that come while it is loaded", async () => {
      const [grants, tokens] = [await mine.read("grants"), await mine.read("tokens")];
      let late: Promise<number | undefined> | undefined;
      onLoad = () => (late ??= mine.compareAndSet("tokens", tokens.version, [2]));
      await mine.compareAndSet("grants", grants.version, [1]);
      await late;
      assert.deepEqual(document, { grants: [1], tokens: [2] });
      assert.equal(saves, 1);
    });
  });
});
