import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { MemoryStateStore, type StateProblem, type StateStore } from "../../src";
import { openSlices, type Slices } from "../../src/session/slices";
import { DocumentStore } from "../../src/store/document-store";
import { StateKeeper } from "../../src/store/keeper";
import { storeAway } from "../../src/store/problem";
import type { SliceListener, SliceName, SliceStore } from "../../src/store/slice-store";
import { endClock } from "../support/end-clock";
import { failureOf, Outcome } from "../support/failure";

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

const NEVER = new AbortController().signal;

/** Lets everything happen that needs no time. */
const settle = (): Promise<void> => new Promise(setImmediate);

/** A store on a server, of which a test says what works. */
class Server implements SliceStore {
  readonly location: SliceStore["location"] & { problem?: StateProblem | undefined };
  readonly #kept = new DocumentStore(new MemoryStateStore());
  readonly #listeners = new Set<SliceListener>();
  /** What does not work: reads, turns, or writes of these slices. */
  readonly failing = new Set<"reads" | "turns" | SliceName>();
  /** Whether it tells the sessions of changes. */
  isHeard = true;
  /** Whether it refuses every change, as if others changed the slice all the time. */
  isRefusing = false;
  /** Resolves when it answers. */
  answering: Partial<Record<SliceName, Promise<void>>> = {};
  readonly reads: SliceName[] = [];
  readonly writes: SliceName[] = [];
  users = 0;
  closed = 0;
  /** Tells the sessions that `location` has changed. */
  relocated = (): void => undefined;

  constructor(readonly isShared = true) {
    this.location = {
      place: "server:6379",
      copyId: "copy",
      use: (changed) => {
        this.users++;
        this.relocated = changed;
        return () => Promise.resolve(void this.users--);
      },
    };
  }

  async read(slice: SliceName): Promise<{ value: unknown; version: number }> {
    this.reads.push(slice);
    if (this.failing.has("reads")) throw refused();
    await this.answering[slice];
    return this.#kept.read(slice);
  }

  async compareAndSet(slice: SliceName, version: number, value: unknown): Promise<number | undefined> {
    this.writes.push(slice);
    if (this.failing.has(slice)) throw refused();
    if (this.isRefusing) return undefined;
    const next = await this.#kept.compareAndSet(slice, version, value);
    if (this.isHeard) this.tell(slice, next);
    return next;
  }

  exclusive<T>(name: string, signal: AbortSignal, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.failing.has("turns")) return Promise.reject(refused());
    return this.#kept.exclusive(name, signal, action);
  }

  watch(listener: SliceListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell: SliceListener = (slice, version) => {
    for (const listener of this.#listeners) listener(slice, version);
  };

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }

  get listeners(): number {
    return this.#listeners.size;
  }
}

function refused(): Error {
  return Object.assign(new Error("no"), { code: "ECONNREFUSED" });
}

describe("the keepers of a state that several sessions share", () => {
  let clock: Clock;
  let server: Server;
  let keepers: StateKeeper[];

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    server = new Server();
    keepers = [];
  });
  afterEach(async () => {
    server.failing.clear();
    await Promise.all(keepers.map((keeper) => keeper.close()));
    await endClock(clock);
  });

  function opened(): { keeper: StateKeeper; slices: Slices; events: string[] } {
    const keeper = new StateKeeper(server);
    keepers.push(keeper);
    const events: string[] = [];
    keeper.on("known", () => events.push("known"));
    keeper.on("changedElsewhere", (slice) => events.push(slice));
    keeper.on("problem", (problem) => events.push(problem?.kind ?? "no problem"));
    return { keeper, slices: openSlices(keeper), events };
  }

  async function loaded(): Promise<ReturnType<typeof opened>> {
    const one = opened();
    await one.keeper.load();
    one.events.length = 0;
    server.reads.length = 0;
    return one;
  }

  it("know whether it is shared, and the name of its copy", () => {
    assert.deepEqual([opened().keeper.isShared, opened().keeper.copyId], [true, "copy"]);
    server = new Server(false);
    assert.equal(opened().keeper.isShared, false);
  });

  it("report a slice that another session has changed, but not what was there before, nor what they change", async () => {
    const other = await loaded();
    await other.slices.tokens.set([0]);
    const mine = opened();
    await mine.keeper.load();
    assert.deepEqual(mine.events, ["known"]);
    await mine.slices.webApi.set([5]);
    await other.slices.tokens.set([1]);
    await settle();
    assert.deepEqual([mine.events, mine.slices.tokens.value], [["known", "tokens"], [1]]);
    // The same value again.
    await other.slices.tokens.set([1]);
    await settle();
    assert.deepEqual([mine.events, other.events], [["known", "tokens"], ["webApi"]]);
  });

  it("read a slice only if another session has changed it", async () => {
    const [mine, other] = [await loaded(), await loaded()];
    await mine.slices.tokens.set([1]);
    await mine.slices.tokens.set([2]);
    await settle();
    assert.deepEqual(server.reads, ["tokens", "tokens"], "both by the other one");
    await other.slices.webApi.set([3]);
    await settle();
    assert.deepEqual(server.reads.slice(2), ["webApi"]);
  });

  it("ignore a slice that they do not know, such as one of a later version", async () => {
    await loaded();
    const rejections: unknown[] = [];
    const note = (reason: unknown): void => void rejections.push(reason);
    process.on("unhandledRejection", note);
    server.tell("ofLater" as SliceName, 1);
    await settle();
    await settle();
    process.off("unhandledRejection", note);
    assert.deepEqual([rejections, server.reads], [[], []]);
  });

  it("read everything and store what is unsaved as soon as the server is back", async () => {
    const mine = await loaded();
    server.failing.add("tokens");
    await mine.slices.tokens.set([1]);
    assert.deepEqual(mine.events, ["write"]);
    server.failing.clear();
    server.reads.length = 0;
    server.tell(undefined, undefined);
    await settle();
    assert.equal(new Set(server.reads).size, Object.keys(mine.slices).length);
    assert.deepEqual(mine.events, ["write", "no problem"]);
    assert.deepEqual((await server.read("tokens")).value, [1]);
  });

  for (const [when, happen] of [
    ["every 30 s", () => clock.tickAsync(30_000)],
    ["when the server is back", () => server.tell(undefined, undefined)],
    ["when the server tells of a change", () => server.tell("tokens", 1)],
  ] as const) {
    it(`try to read a state that could not be read ${when}, until it is known`, async () => {
      server.failing.add("reads");
      const mine = opened();
      await mine.keeper.load();
      for (let tries = 0; tries < 2; tries++) {
        await happen();
        await settle();
        assert.equal(mine.keeper.whyUnknown?.code, "UNREACHABLE");
        assert.deepEqual(mine.events, ["read"]);
      }
      server.failing.clear();
      await happen();
      await settle();
      assert.equal(mine.keeper.whyUnknown, undefined);
      assert.deepEqual(mine.events, ["read", "known", "no problem"]);
      server.tell(undefined, undefined);
      await settle();
      assert.equal(mine.events.length, 3, "it is known once");
      server.failing.add("reads");
      server.tell(undefined, undefined);
      await settle();
      assert.deepEqual([mine.keeper.problem?.kind, mine.keeper.whyUnknown], ["read", undefined]);
    });
  }

  it("store what was changed during a first read that took too long, as soon as it ends", async () => {
    const mine = opened();
    let answer!: () => void;
    server.answering = { tokens: new Promise((resolve) => (answer = resolve)) };
    void mine.slices.webApi.set([1]);
    await clock.tickAsync(10_000);
    assert.deepEqual([mine.events, server.writes], [["read"], []]);
    answer();
    await settle();
    assert.deepEqual([mine.events, server.writes], [["read", "known", "no problem"], ["webApi"]]);
  });

  it("try to store a change every 30 s until that works, and read nothing else for it", async () => {
    const mine = await loaded();
    server.failing.add("tokens");
    await mine.slices.tokens.set([1]);
    for (const tries of [2, 3]) {
      await clock.tickAsync(30_000);
      assert.deepEqual([server.writes.length, server.reads.length], [tries, tries - 1]);
    }
    assert.deepEqual(new Set(server.reads), new Set(["tokens"]));
    server.failing.clear();
    await clock.tickAsync(30_000);
    assert.deepEqual((await server.read("tokens")).value, [1]);
    await clock.tickAsync(300_000);
    assert.equal(server.writes.length, 4, "it is stored");
  });

  it("give up a change that the server refuses again and again, and try it later", async () => {
    const mine = await loaded();
    server.isRefusing = true;
    await mine.slices.tokens.set([1]);
    assert.match(mine.keeper.problem!.message, /cannot be written .*EBUSY/);
    assert.equal(server.writes.length, 16);
    server.isRefusing = false;
    await clock.tickAsync(30_000);
    assert.deepEqual((await server.read("tokens")).value, [1]);
  });

  it("store a change while another slice cannot be read", async () => {
    const mine = await loaded();
    let answer!: () => void;
    server.answering = { webApi: new Promise((resolve) => (answer = resolve)) };
    server.tell("webApi", 99);
    await settle();
    const change = new Outcome(mine.slices.tokens.set([1]));
    await settle();
    assert.equal(change.pending, false);
    assert.deepEqual((await server.read("tokens")).value, [1]);
    answer();
  });

  it("remember only the result of more than 256 changes that cannot be stored", async () => {
    const mine = await loaded();
    server.failing.add("tokens");
    let calls = 0;
    for (let i = 1; i <= 257; i++) {
      void mine.slices.tokens.change((tokens) => {
        calls++;
        return [...tokens, i];
      });
    }
    await settle();
    calls = 0;
    server.failing.clear();
    server.tell(undefined, undefined);
    await settle();
    assert.equal(calls, 0);
    const { value } = await server.read("tokens");
    assert.deepEqual(
      value,
      Array.from({ length: 257 }, (_, i) => i + 1),
    );
  });

  it("say that the server is away rather than what follows from it", async () => {
    const mine = await loaded();
    server.failing.add("tokens");
    await mine.slices.tokens.set([1]);
    server.location.problem = storeAway("server:6379", refused());
    server.relocated();
    server.location.problem = undefined;
    server.relocated();
    assert.deepEqual(mine.events, ["write", "away", "write"]);
  });

  describe("that are closed", () => {
    it("leave the store once", async () => {
      const mine = await loaded();
      assert.deepEqual([server.users, server.listeners], [1, 1]);
      await Promise.all([mine.keeper.close(), mine.keeper.close()]);
      await mine.keeper.close();
      assert.deepEqual([server.users, server.listeners, server.closed], [0, 0, 1]);
    });

    it("do not use the store if they are loaded after that", async () => {
      const mine = opened();
      await mine.keeper.close();
      await mine.keeper.load();
      assert.deepEqual([server.users, server.listeners], [0, 0]);
    });

    it("read nothing while their changes are stored", async () => {
      const mine = await loaded();
      let answer!: () => void;
      server.answering = { tokens: new Promise((resolve) => (answer = resolve)) };
      server.tell("tokens", 99);
      void mine.slices.tokens.set([1]);
      await settle();
      const closing = mine.keeper.close();
      server.reads.length = 0;
      server.tell(undefined, undefined);
      await settle();
      assert.deepEqual(server.reads, []);
      answer();
      await closing;
    });

    it("do not try again what cannot be stored", async () => {
      const mine = await loaded();
      await mine.keeper.close();
      server.failing.add("tokens");
      await mine.slices.tokens.set([1]);
      assert.equal(clock.countTimers(), 0);
    });
  });

  describe("and do something in turn", () => {
    const done = (): Promise<string> => Promise.resolve("done");

    it("know what the session before has stored, though the server did not tell them", async () => {
      const [mine, other] = [await loaded(), await loaded()];
      server.isHeard = false;
      const results = await Promise.all([
        mine.keeper.inTurn("a", [mine.slices.tokens], NEVER, () => mine.slices.tokens.set([1])),
        other.keeper.inTurn("a", [other.slices.tokens], NEVER, () =>
          Promise.resolve(other.slices.tokens.value),
        ),
      ]);
      assert.deepEqual(results, [undefined, [1]]);
    });

    it("keep their turn until all changes are stored, but get the result before", async () => {
      const [mine, other] = [await loaded(), await loaded()];
      server.failing.add("tokens");
      const { tokens, webApi } = mine.slices;
      const result = await mine.keeper.inTurn("a", [tokens, webApi], NEVER, async () => {
        await Promise.all([tokens.set([1]), webApi.set([2])]);
        return "the result";
      });
      assert.equal(result, "the result");
      const next = new Outcome(other.keeper.inTurn("a", [], NEVER, done));
      await clock.tickAsync(60_000);
      assert.ok(next.pending);
      server.failing.clear();
      await clock.tickAsync(500);
      assert.equal(next.result, "done");
    });

    it("keep their turn for two minutes at most if their changes cannot be stored", async () => {
      const [mine, other] = [await loaded(), await loaded()];
      await clock.tickAsync(3_600_000);
      server.failing.add("tokens");
      const { tokens } = mine.slices;
      await mine.keeper.inTurn("a", [tokens], NEVER, () => tokens.set([1]));
      const next = new Outcome(other.keeper.inTurn("a", [], NEVER, done));
      await clock.tickAsync(119_000);
      assert.ok(next.pending);
      await clock.tickAsync(2_000);
      assert.equal(next.result, "done");
    });

    it("give up their turn when they are closed, though their changes cannot be stored", async () => {
      const [mine, other] = [await loaded(), await loaded()];
      server.failing.add("tokens");
      const { tokens } = mine.slices;
      await mine.keeper.inTurn("a", [tokens], NEVER, () => tokens.set([1]));
      const next = new Outcome(other.keeper.inTurn("a", [], NEVER, done));
      const closing = mine.keeper.close();
      await clock.tickAsync(500);
      assert.equal(next.result, "done");
      await closing;
    });

    it("neither read nor wait until all is stored if no other process shares the state", async () => {
      server = new Server(false);
      const mine = await loaded();
      server.failing.add("tokens");
      const { tokens } = mine.slices;
      await mine.keeper.inTurn("a", [tokens], NEVER, done);
      assert.deepEqual(server.reads, []);
      await mine.keeper.inTurn("a", [tokens], NEVER, () => tokens.set([1]));
      assert.equal(await mine.keeper.inTurn("a", [tokens], NEVER, done), "done");
    });

    it("fail with the reason if the server cannot be reached", async () => {
      const mine = await loaded();
      for (const part of ["turns", "reads"] as const) {
        server.failing.add(part);
        const abort = new AbortController();
        const { tokens } = mine.slices;
        const error = await failureOf(mine.keeper.inTurn("a", [tokens], abort.signal, done), "UNREACHABLE");
        assert.match(
          error.message,
          /cannot be reached \(server:6379: nothing answers there \(ECONNREFUSED\)\)/,
        );
        assert.equal((error.cause as Error).message, "no");
        assert.equal(getEventListeners(abort.signal, "abort").length, 0);
        server.failing.clear();
      }
    });

    it("fail with the error of what they do, and the next one has its turn", async () => {
      const mine = await loaded();
      const failed = mine.keeper.inTurn("a", [], NEVER, () => Promise.reject(new Error("by itself")));
      await assert.rejects(failed, /by itself/);
      assert.equal(await mine.keeper.inTurn("a", [], NEVER, done), "done");
    });

    it("can end their wait, but not what another one does", async () => {
      const [mine, other] = [await loaded(), await loaded()];
      const [first, second] = [new AbortController(), new AbortController()];
      let finish!: (result: string) => void;
      const action = (): Promise<string> => new Promise((resolve) => (finish = resolve));
      const running = new Outcome(mine.keeper.inTurn("a", [], first.signal, action));
      await settle();
      let ran = false;
      const waiting = other.keeper.inTurn("a", [], second.signal, () => Promise.resolve((ran = true)));
      second.abort(new Error("enough"));
      await assert.rejects(waiting, /enough/);
      first.abort(new Error("too late"));
      const next = new Outcome(other.keeper.inTurn("a", [], NEVER, done));
      await settle();
      assert.ok(running.pending && next.pending, "it keeps its turn until it has ended");
      finish("the result");
      await settle();
      assert.deepEqual([running.result, next.result, ran], ["the result", "done", false]);
      for (const { signal } of [first, second]) assert.equal(getEventListeners(signal, "abort").length, 0);
      await assert.rejects(mine.keeper.inTurn("a", [], first.signal, done), /too late/);
    });
  });
});
