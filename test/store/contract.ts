import assert from "node:assert/strict";
import type { SliceName, SliceStore } from "../../src/store/slice-store";

/** Opens an account's store for a test, several times: each result of `open` sees the changes of the others. */
export interface StoreUnderTest {
  open(): Promise<SliceStore>;
  /** Opens it like after a restart. */
  reopen(): Promise<SliceStore>;
  close(): Promise<void>;
}

const NEVER = new AbortController().signal;

/** The requirements for every store of slices. */
export function describeSliceStore(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`a store of slices (${name})`, () => {
    let place: StoreUnderTest;
    let mine: SliceStore;
    let other: SliceStore;

    beforeEach(async () => {
      place = await make();
      mine = await place.open();
      other = await place.open();
    });
    afterEach(() => place.close());

    async function set(store: SliceStore, slice: SliceName, value: unknown): Promise<void> {
      const { version } = await store.read(slice);
      assert.notEqual(await store.compareAndSet(slice, version, value), undefined);
    }

    it("is empty at first", async () => {
      assert.equal((await mine.read("grants")).value, undefined);
    });

    it("reads the changes of another store, and of the time before a restart", async () => {
      await set(mine, "grants", [{ a: 1, text: "\u00fc \u{1f3b5}" }]);
      await set(mine, "deviceId", "abc");
      for (const store of [mine, other, await place.reopen()]) {
        assert.deepEqual((await store.read("grants")).value, [{ a: 1, text: "\u00fc \u{1f3b5}" }]);
        assert.equal((await store.read("deviceId")).value, "abc");
        assert.equal((await store.read("tokens")).value, undefined);
      }
    });

    it("removes a slice that is set to undefined", async () => {
      await set(mine, "account", { username: "u" });
      await set(mine, "account", undefined);
      assert.equal((await other.read("account")).value, undefined);
      assert.equal((await (await place.reopen()).read("account")).value, undefined);
    });

    it("returns the new version, which is needed for the next change", async () => {
      let { version } = await mine.read("tokens");
      for (const value of [1, 2, 3]) {
        const next = await mine.compareAndSet("tokens", version, value);
        assert.ok(next !== undefined && next !== version);
        assert.deepEqual(await other.read("tokens"), { value, version: next });
        version = next;
      }
    });

    it("refuses a change with a stale version, and changes nothing", async () => {
      const { version } = await mine.read("grants");
      await set(other, "grants", ["theirs"]);
      assert.equal(await mine.compareAndSet("grants", version, ["mine"]), undefined);
      assert.deepEqual((await mine.read("grants")).value, ["theirs"]);
      assert.deepEqual((await (await place.reopen()).read("grants")).value, ["theirs"]);
    });

    it("accepts one of many changes with the same version", async () => {
      const { version } = await mine.read("grants");
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, i) => [mine, other][i % 2]!.compareAndSet("grants", version, [i])),
      );
      assert.equal(results.filter((result) => result !== undefined).length, 1);
      const winner = results.findIndex((result) => result !== undefined);
      assert.deepEqual((await mine.read("grants")).value, [winner]);
    });

    it("gives each slice a separate version", async () => {
      const { version } = await mine.read("grants");
      await set(other, "tokens", [1]);
      assert.notEqual(await mine.compareAndSet("grants", version, []), undefined);
    });

    it("loses none of many changes that are repeated after a refusal", async () => {
      const add = async (store: SliceStore, item: number): Promise<void> => {
        for (;;) {
          const { value, version } = await store.read("tokens");
          const items = [...((value ?? []) as number[]), item];
          if ((await store.compareAndSet("tokens", version, items)) !== undefined) return;
        }
      };
      await Promise.all(Array.from({ length: 12 }, (_, i) => add(i % 2 ? mine : other, i)));
      const { value } = await (await place.reopen()).read("tokens");
      assert.deepEqual(
        (value as number[]).toSorted((a, b) => a - b),
        Array.from({ length: 12 }, (_, i) => i),
      );
    });

    it("runs exclusive actions one after another, and those with other names in parallel", async () => {
      let running = 0;
      let most = 0;
      const action = async (): Promise<number> => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        return running--;
      };
      const stores = [mine, other, mine, other];
      assert.deepEqual(
        await Promise.all(stores.map((store) => store.exclusive("a", NEVER, action))),
        [1, 1, 1, 1],
      );
      assert.equal(most, 1);
      const inner = (): Promise<string> => other.exclusive("b", NEVER, () => Promise.resolve("inside"));
      assert.equal(await mine.exclusive("a", NEVER, inner), "inside");
    });

    it("is free again after a failed action", async () => {
      const failed = mine.exclusive("a", NEVER, () => Promise.reject(new Error("no")));
      await assert.rejects(failed, /no/);
      assert.equal(await other.exclusive("a", NEVER, () => Promise.resolve(1)), 1);
    });

    it("is free again after an aborted action, when that has ended", async () => {
      const abort = new AbortController();
      let ended = false;
      let started: (() => void) | undefined;
      const start = new Promise<void>((resolve) => (started = resolve));
      const aborted = mine.exclusive("a", abort.signal, async (signal) => {
        started!();
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        await new Promise(setImmediate);
        ended = true;
      });
      await start;
      const next = other.exclusive("a", NEVER, () => Promise.resolve(ended));
      abort.abort(new Error("enough"));
      await assert.rejects(aborted, /enough/);
      assert.equal(await next, true);
    });

    it("does not run an action whose wait was aborted", async () => {
      const abort = new AbortController();
      let finish: (() => void) | undefined;
      let ran = false;
      const first = mine.exclusive("a", NEVER, () => new Promise<void>((resolve) => (finish = resolve)));
      const second = other.exclusive("a", abort.signal, () => Promise.resolve(void (ran = true)));
      abort.abort(new Error("enough"));
      await assert.rejects(second, /enough/);
      while (!finish) await new Promise(setImmediate);
      finish();
      await first;
      assert.equal(await other.exclusive("a", NEVER, () => Promise.resolve(ran)), false);
    });

    it("reports a change by another store, until that is stopped", async () => {
      const told: (SliceName | undefined)[] = [];
      let next: (() => void) | undefined;
      const end = mine.watch((slice) => {
        told.push(slice);
        next?.();
      });
      const toldOf = new Promise<void>((resolve) => (next = resolve));
      await set(other, "grants", [1]);
      await toldOf;
      assert.deepEqual([...new Set(told)], ["grants"]);
      assert.deepEqual((await mine.read("grants")).value, [1]);
      end();
      const { length } = told;
      await set(other, "grants", [2]);
      await new Promise(setImmediate);
      assert.equal(told.length, length);
    });
  });
}
