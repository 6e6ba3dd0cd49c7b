import assert from "node:assert/strict";
import { MemoryStateStore, type StateStore } from "../../src";
import { StateKeeper } from "../../src/store/keeper";
import { parseState } from "../../src/store/state";
import { failureOf } from "../support/failure";

describe("the keeper of a session's state", () => {
  it("lands all of many changes at once, in few writes", async () => {
    const store = new MemoryStateStore();
    let writes = 0;
    const counted: StateStore = {
      load: () => store.load(),
      save: (document) => {
        writes++;
        return store.save(document);
      },
    };
    const keeper = new StateKeeper(counted);
    await Promise.all([
      keeper.update({ deviceId: "abc" }),
      keeper.update({ tokens: [1] }),
      keeper.update({ accessPoints: { resolver: "r", addresses: ["h:1"], at: 1 } }),
      ...Array.from({ length: 100 }, (_, i) => keeper.update({ tokens: [i] })),
    ]);
    assert.deepEqual(await store.load(), {
      deviceId: "abc",
      grants: [],
      rateLimits: [],
      webApi: [],
      tokens: [99],
      accessPoints: { resolver: "r", addresses: ["h:1"], at: 1 },
    });
    assert.ok(writes <= 3, `${writes} writes`);
  });

  it("does not overwrite with a change that came before the state was read", async () => {
    const store = new MemoryStateStore();
    await store.save({ deviceId: "abc", tokens: [1] });
    const keeper = new StateKeeper(store);
    await keeper.update({ tokens: [2] });
    assert.deepEqual(await store.load(), {
      deviceId: "abc",
      grants: [],
      rateLimits: [],
      webApi: [],
      tokens: [2],
    });
  });

  it("reports what cannot be read, goes on in memory, and says of each change that it is not safe", async () => {
    const problems: unknown[] = [];
    const failing: StateStore = {
      place: "/there",
      load: () => Promise.reject(Object.assign(new Error("load"), { code: "EIO" })),
      save: () => Promise.reject(new Error("save")),
    };
    const keeper = new StateKeeper(failing).on("problem", (problem) => problems.push(problem));
    assert.deepEqual(await keeper.load(), { grants: [], rateLimits: [], webApi: [], tokens: [] });
    const { message } = await failureOf(keeper.update({ deviceId: "abc" }), "INVALID_ARGUMENT");
    assert.match(message, /cannot be read \(\/there: EIO\)/);
    await keeper.keep({ tokens: [1] });
    await keeper.flush();
    assert.deepEqual([keeper.state.deviceId, keeper.state.tokens], ["abc", [1]]);
    assert.equal(problems.length, 1);
    assert.equal(keeper.problem, problems[0]);
  });

  it("says that a change is safe when it is, and that it is not when it is not", async () => {
    let works = false;
    const problems: unknown[] = [];
    const store: StateStore = {
      load: () => Promise.resolve(undefined),
      save: () => (works ? Promise.resolve() : Promise.reject(new Error("full"))),
    };
    const keeper = new StateKeeper(store).on("problem", (problem) => problems.push(problem?.kind));
    const changes = [keeper.update({ tokens: [1] }), keeper.update({ deviceId: "abc" })];
    for (const change of changes) await failureOf(change, "INVALID_ARGUMENT");
    works = true;
    await keeper.update({ deviceId: "abcd" });
    assert.deepEqual(problems, ["write", undefined]);
    await keeper.flush();
  });

  it("ends no process with a change that nobody waits for", async () => {
    const store: StateStore = {
      load: () => Promise.resolve(undefined),
      save: () => Promise.reject(new Error("full")),
    };
    const keeper = new StateKeeper(store);
    const rejections: unknown[] = [];
    const note = (reason: unknown): void => void rejections.push(reason);
    process.on("unhandledRejection", note);
    void keeper.update({ tokens: [1] });
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    process.off("unhandledRejection", note);
    assert.deepEqual(rejections, []);
    await keeper.flush();
  });

  it("does not overwrite what it could not read: it may be readable tomorrow", async () => {
    let saved = 0;
    const unreadable: StateStore = {
      load: () => Promise.reject(new Error("EACCES")),
      save: () => Promise.resolve(void saved++),
    };
    const keeper = new StateKeeper(unreadable);
    await keeper.keep({ deviceId: "abc" });
    await keeper.flush();
    assert.equal(saved, 0);
  });

  it("flushes: what was changed is safe then", async () => {
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
    const keeper = new StateKeeper(slow);
    await keeper.load();
    const update = keeper.update({ deviceId: "abc" });
    await new Promise(setImmediate);
    const flushed = keeper.flush().then(() => assert.ok(saved));
    finish!();
    await Promise.all([update, flushed]);
  });
});

describe("a state that was read", () => {
  it("is taken as it was written", () => {
    const state = {
      deviceId: "abc",
      account: { username: "u", authType: 1, authData: "eA==", configuredAs: "f", since: 7 },
      accessPoints: { resolver: "https://r", addresses: ["h:1"], at: 5 },
      tokens: [{ anything: true }],
      grants: [{ anything: true }],
      rateLimits: [{ anything: true }],
      webApi: [{ anything: true }],
    };
    assert.deepEqual(parseState(structuredClone(state)), state);
  });

  it("that makes no sense in places loses those places alone", () => {
    assert.deepEqual(
      parseState({ deviceId: "a b", account: { username: "u" }, accessPoints: [], tokens: "x" }),
      {
        grants: [],
        rateLimits: [],
        webApi: [],
        tokens: [],
      },
    );
    assert.deepEqual(
      parseState({ deviceId: "abc", accessPoints: { resolver: "r", addresses: [5], at: 1 } }),
      {
        deviceId: "abc",
        grants: [],
        rateLimits: [],
        webApi: [],
        tokens: [],
      },
    );
    for (const nothing of [undefined, null, 5, "text", []])
      assert.deepEqual(parseState(nothing), { grants: [], rateLimits: [], webApi: [], tokens: [] });
  });

  it("is bounded", () => {
    assert.equal(parseState({ tokens: Array.from({ length: 5000 }, () => ({})) }).tokens.length, 256);
    const account = { username: "u".repeat(10_000), authType: 1, authData: "x", configuredAs: "" };
    assert.equal(parseState({ account }).account, undefined);
  });
});
