import assert from "node:assert/strict";
import FakeTimers from "@sinonjs/fake-timers";
import { MemoryStateStore, type StateProblem, type StateStore } from "../../src";
import { openSlices, type Slices } from "../../src/session/slices";
import { DocumentStore } from "../../src/store/document-store";
import { StateKeeper } from "../../src/store/keeper";
import { failureOf } from "../support/failure";

function unexpected(error: unknown): void {
  throw error;
}

function open(
  store: StateStore | DocumentStore,
  onProblem: (problem: StateProblem | undefined) => void = unexpected,
): { keeper: StateKeeper; slices: Slices } {
  const shared = store instanceof DocumentStore ? store : new DocumentStore(store);
  const keeper = new StateKeeper(shared).on("problem", onProblem);
  return { keeper, slices: openSlices(keeper) };
}

function grant(digit: string): Slices["grants"]["value"][number] {
  return { clientId: digit.repeat(32), refreshToken: "r", scopes: [], authorizedAt: 1, username: "u" };
}

describe("the keeper of a session's state", () => {
  it("stores many changes at once in few writes", async () => {
    const store = new MemoryStateStore();
    let writes = 0;
    const { slices } = open({
      load: () => store.load(),
      save: (document) => {
        writes++;
        return store.save(document);
      },
    });
    const accessPoints = { resolver: "r", addresses: ["h:1"], at: 1 };
    await Promise.all([
      slices.deviceId.set("abc"),
      slices.tokens.set([1]),
      slices.accessPoints.set(accessPoints),
      ...Array.from({ length: 100 }, (_, i) => slices.tokens.set([i])),
    ]);
    assert.deepEqual(await store.load(), { deviceId: "abc", tokens: [99], accessPoints });
    assert.ok(writes <= 3, `${writes} writes`);
  });

  it("stores the newest of the changes during a write with one more write", async () => {
    const documents: unknown[] = [];
    const { slices } = open({
      load: () => Promise.resolve(undefined),
      save: async (document) => {
        documents.push(document);
        await new Promise(setImmediate);
      },
    });
    const first = slices.tokens.set([0]);
    while (documents.length === 0) await new Promise(setImmediate);
    await Promise.all([first, ...Array.from({ length: 100 }, (_, i) => slices.tokens.set([i]))]);
    assert.deepEqual(documents, [{ tokens: [0] }, { tokens: [99] }]);
  });

  it("signs out in one write, of which a power cut cannot keep half", async () => {
    const documents: unknown[] = [];
    const { slices } = open({
      load: () => Promise.resolve({ connectPort: 5, tokens: [1] }),
      save: (document) => Promise.resolve(void documents.push(document)),
    });
    await Promise.all([slices.tokens.set([]), slices.signedOutOf.set("f"), slices.account.set(undefined)]);
    assert.deepEqual(JSON.parse(JSON.stringify(documents)), [
      { connectPort: 5, tokens: [], signedOutOf: "f" },
    ]);
  });

  it("does not overwrite the state with a change from before the state was read", async () => {
    const store = new MemoryStateStore();
    await store.save({ deviceId: "abc", tokens: [1] });
    const { slices } = open(store);
    await slices.tokens.set([2]);
    assert.deepEqual(await store.load(), { deviceId: "abc", tokens: [2] });
  });

  it("applies a change from before the state was read to the state that is read", async () => {
    const store = new MemoryStateStore();
    await store.save({ deviceId: "abc", tokens: [1] });
    const { keeper, slices } = open(store);
    void slices.deviceId.change((known) => known ?? "made");
    void slices.tokens.change((tokens) => [...tokens, 2]);
    assert.equal(slices.deviceId.value, "made");
    await keeper.load();
    assert.deepEqual([slices.deviceId.value, slices.tokens.value], ["abc", [1, 2]]);
    await keeper.saved();
    assert.deepEqual(await store.load(), { deviceId: "abc", tokens: [1, 2] });
  });

  it("loses no change of two sessions that share a store and change the same slice at once", async () => {
    const store = new DocumentStore(new MemoryStateStore());
    const [first, second] = [open(store), open(store)];
    await Promise.all([first.keeper.load(), second.keeper.load()]);
    await Promise.all([
      ...["a", "b", "c"].map((digit) => first.slices.grants.change((all) => [...all, grant(digit)])),
      ...["d", "e", "f"].map((digit) => second.slices.grants.change((all) => [...all, grant(digit)])),
    ]);
    await Promise.all([first.keeper.saved(), second.keeper.saved()]);
    const { value } = await store.read("grants");
    const stored = new Set((value as { clientId: string }[]).map(({ clientId }) => clientId[0]));
    assert.deepEqual(stored, new Set(["a", "b", "c", "d", "e", "f"]));
  });

  it("reports a state that cannot be read, continues in memory, and says that no change is safe", async () => {
    const problems: unknown[] = [];
    const failing: StateStore = {
      place: "/there",
      load: () => Promise.reject(Object.assign(new Error("load"), { code: "EIO" })),
      save: () => Promise.reject(new Error("save")),
    };
    const { keeper, slices } = open(failing, (problem) => problems.push(problem));
    await keeper.load();
    assert.deepEqual(
      [slices.grants.value, slices.rateLimits.value, slices.webApi.value, slices.tokens.value],
      [[], [], [], []],
    );
    void slices.deviceId.set("abc");
    const { message } = await failureOf(keeper.saved(), "INVALID_ARGUMENT");
    assert.match(message, /cannot be read \(\/there: EIO\)/);
    await slices.tokens.set([1]);
    await keeper.close();
    assert.deepEqual([slices.deviceId.value, slices.tokens.value], ["abc", [1]]);
    assert.equal(problems.length, 1);
    assert.equal(keeper.problem, problems[0]);
  });

  it("does not wait for a read that stalls: it reports it, overwrites nothing, and uses the late result", async () => {
    const clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const problems: (StateProblem | undefined)[] = [];
      let answer!: (document: unknown) => void;
      let writes = 0;
      const stalling: StateStore = {
        place: "/far/away",
        load: () => new Promise((resolve) => (answer = resolve)),
        save: () => Promise.resolve(void writes++),
      };
      const { keeper, slices } = open(stalling, (problem) => problems.push(problem));
      const loading = keeper.load();
      await clock.tickAsync(9_900);
      assert.equal(problems.length, 0);
      await clock.tickAsync(200);
      await loading;
      assert.match(problems[0]!.message, /cannot be read \(\/far\/away: it does not answer/);
      assert.equal(keeper.whyUnknown?.code, "UNREACHABLE");
      await slices.tokens.set([1]);
      assert.equal(writes, 0);
      answer({ deviceId: "abc" });
      stalling.load = () => Promise.resolve({ deviceId: "abc" });
      await clock.tickAsync(30_000);
      assert.deepEqual([slices.deviceId.value, slices.tokens.value], ["abc", [1]]);
      assert.deepEqual([keeper.problem, problems.length, writes], [undefined, 2, 1]);
      await keeper.close();
    } finally {
      clock.uninstall();
    }
  });

  it("says truthfully whether a change is safe", async () => {
    let works = false;
    const documents: unknown[] = [];
    const problems: unknown[] = [];
    const store: StateStore = {
      load: () => Promise.resolve(undefined),
      save: (document) =>
        works ? Promise.resolve(void documents.push(document)) : Promise.reject(new Error("full")),
    };
    const { keeper, slices } = open(store, (problem) => problems.push(problem?.kind));
    void slices.tokens.set([1]);
    void slices.account.set(undefined);
    const answers = [keeper.saved(), keeper.saved()];
    for (const answer of answers) await failureOf(answer, "INVALID_ARGUMENT");
    works = true;
    await slices.deviceId.set("abcd");
    await keeper.saved();
    assert.deepEqual(problems, ["write", undefined]);
    assert.deepEqual(documents.at(-1), { tokens: [1], account: undefined, deviceId: "abcd" });
    await keeper.close();
  });

  it("repeats a write to a failing store only once for all changes", async () => {
    let tries = 0;
    const store: StateStore = {
      load: () => Promise.resolve(undefined),
      save: async () => {
        tries++;
        await new Promise(setImmediate);
        throw new Error("full");
      },
    };
    const { keeper, slices } = open(store, () => undefined);
    const first = slices.tokens.set([0]);
    while (tries === 0) await new Promise(setImmediate);
    await Promise.all([first, ...Array.from({ length: 100 }, (_, i) => slices.tokens.set([i]))]);
    assert.ok(tries <= 3, `${tries} tries`);
    await keeper.close();
  });

  it("ends no process because of a change that no caller waits for", async () => {
    const store: StateStore = {
      load: () => Promise.resolve(undefined),
      save: () => Promise.reject(new Error("full")),
    };
    const { keeper, slices } = open(store, () => undefined);
    const rejections: unknown[] = [];
    const note = (reason: unknown): void => void rejections.push(reason);
    process.on("unhandledRejection", note);
    void slices.tokens.set([1]);
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    process.off("unhandledRejection", note);
    assert.deepEqual(rejections, []);
    await keeper.close();
  });

  it("does not overwrite a state that it could not read, because it may be readable later", async () => {
    let saved = 0;
    const unreadable: StateStore = {
      load: () => Promise.reject(new Error("EACCES")),
      save: () => Promise.resolve(void saved++),
    };
    const { keeper, slices } = open(unreadable, () => undefined);
    await slices.deviceId.set("abc");
    await keeper.close();
    assert.equal(saved, 0);
  });

  it("flushes: all changes are safe after that", async () => {
    let finish: (() => void) | undefined;
    let saved = false;
    const slow: StateStore = {
      load: () => Promise.resolve(undefined),
      save: () =>
        new Promise((resolve) => {
          finish = () => {
            saved = true;
            resolve();
          };
        }),
    };
    const { keeper, slices } = open(slow);
    await keeper.load();
    const change = slices.deviceId.set("abc");
    await new Promise(setImmediate);
    const flushed = keeper.close().then(() => assert.ok(saved));
    finish!();
    await Promise.all([change, flushed]);
  });

  it("reads nothing for a session that asked for nothing", async () => {
    let loads = 0;
    const store: StateStore = { load: () => Promise.resolve(loads++), save: () => Promise.resolve() };
    const { keeper } = open(store);
    await keeper.close();
    assert.equal(loads, 0);
  });
});
