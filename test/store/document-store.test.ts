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
  it("reads again what another process has stored since, and gives it another version", async () => {
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
    assert.equal(await mine.compareAndSet("grants", version + 1, ["mine"]), undefined);
  });

  it("keeps what it holds if its file is gone, and stores it with the next change", async () => {
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

  it("never writes over a document that cannot be read", async () => {
    let saves = 0;
    const unreadable: StateStore = {
      load: () => Promise.reject(new Error("EIO")),
      save: () => Promise.resolve(void saves++),
    };
    const store = new DocumentStore(unreadable);
    await assert.rejects(store.read("grants"), /EIO/);
    await assert.rejects(store.compareAndSet("grants", 0, []), /EIO/);
    assert.equal(saves, 0);
  });

  it("holds a change that could not be written: a read does not undo it, and the next write stores it", async () => {
    let isFull = true;
    let document: unknown = { grants: ["old"] };
    const store = new DocumentStore({
      load: () => Promise.resolve(document),
      save: (saved) =>
        isFull ? Promise.reject(new Error("full")) : Promise.resolve(void (document = saved)),
    });
    const { version } = await store.read("grants");
    await assert.rejects(store.compareAndSet("grants", version, ["rotated"]), /full/);
    assert.deepEqual((await store.read("grants")).value, ["rotated"]);
    isFull = false;
    await store.compareAndSet("tokens", 0, [1]);
    assert.deepEqual(document, { grants: ["rotated"], tokens: [1] });
  });
});
