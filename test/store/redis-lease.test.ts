import assert from "node:assert/strict";
import { EventEmitter, getEventListeners } from "node:events";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import type { RedisClientType } from "redis";
import { storeAway, type StateProblem } from "../../src/store/problem";
import { Lease, type Releases } from "../../src/store/redis-lease";
import { RELEASE_LEASE, RENEW_LEASE, TAKE_LEASE } from "../../src/store/redis-scripts";
import { endClock } from "../support/end-clock";
import { Outcome } from "../support/failure";

/** Another one has the lease. */
const HELD = null;
/** The lease was free, and its last holder had given it back. */
const FREE = "";

/** Lets everything happen that needs no time. */
const settle = (): Promise<void> => new Promise(setImmediate);

/** A connection to a server, of which a test says what it answers. */
class Line {
  problem: StateProblem | undefined;
  backSince = -Infinity;
  /** What is answered when the lease is asked for, and when it is renewed; an error is thrown. */
  take: unknown = FREE;
  renew: unknown = 1;
  /** If set, an answer waits for it. */
  delay: Promise<void> | undefined;
  readonly calls: { script: string; keys: string[]; arguments: string[] }[] = [];

  async run<T>(command: (client: RedisClientType) => Promise<T>): Promise<T> {
    const client = {
      eval: (script: string, call: { keys: string[]; arguments: string[] }): unknown => {
        this.calls.push({ script, ...call });
        return script === TAKE_LEASE ? this.take : this.renew;
      },
    };
    const answer = await command(client as unknown as RedisClientType);
    await this.delay;
    if (answer instanceof Error) throw answer;
    return answer;
  }

  count(script: string): number {
    return this.calls.filter((call) => call.script === script).length;
  }
}

function failure(code: string | undefined): Error {
  return Object.assign(new Error("no"), { code });
}

describe("a lease", () => {
  let clock: Clock;
  let line: Line;
  let releases: Releases;
  let lease: Lease;
  let abort: AbortController;

  beforeEach(() => {
    clock = FakeTimers.install({
      toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"],
    });
    clock.tick(3_600_000);
    line = new Line();
    releases = new EventEmitter();
    lease = new Lease(line, "channel", "document", "refresh");
    abort = new AbortController();
  });
  afterEach(async () => {
    await lease.release();
    await endClock(clock);
    assert.equal(releases.listenerCount("released"), 0, "no listener is left");
    assert.equal(getEventListeners(abort.signal, "abort").length, 0, "no listener is left");
  });

  async function taking(): Promise<Outcome<void>> {
    const outcome = new Outcome(lease.take(releases, abort.signal));
    await settle();
    return outcome;
  }

  /** The name of the lease, as messages have it. */
  const name = (): string => line.calls[0]!.keys[0]!.split(":").at(-1)!;

  async function released(of: string, holder = "other"): Promise<void> {
    releases.emit("released", of, holder);
    await settle();
  }

  it("has a name that does not show what it is for, and is the same in all processes", async () => {
    await taking();
    await new Lease(line, "channel", "document", "refresh").release();
    await new Lease(line, "channel", "document", "another").release();
    const [first, second, third] = line.calls.map(({ keys: [key] }) => key);
    assert.match(first!, /^document:lease:[0-9a-f]{24}$/);
    assert.equal(first, second);
    assert.notEqual(first, third);
  });

  it("is asked for every second while another one holds it", async () => {
    line.take = HELD;
    const taken = await taking();
    await clock.tickAsync(3_000);
    assert.deepEqual([line.count(TAKE_LEASE), taken.pending], [4, true]);
    line.take = FREE;
    await clock.tickAsync(1_000);
    assert.equal(taken.pending, false);
  });

  it("is asked for as soon as it is given back, but not for another one", async () => {
    line.take = HELD;
    const taken = await taking();
    line.take = FREE;
    await released("another name");
    assert.ok(taken.pending);
    await released(name());
    assert.equal(taken.pending, false);
  });

  it("is asked for again at once if it was given back while the answer was on its way", async () => {
    let answer!: () => void;
    line.delay = new Promise((resolve) => (answer = resolve));
    line.take = HELD;
    const taken = await taking();
    await released(name());
    line.take = FREE;
    answer();
    await settle();
    assert.deepEqual([taken.pending, line.count(TAKE_LEASE)], [false, 2]);
  });

  describe("from a holder that has not given it back", () => {
    beforeEach(() => {
      line.take = "last";
    });

    it("is taken after three seconds", async () => {
      const taken = await taking();
      await clock.tickAsync(2_999);
      assert.ok(taken.pending);
      await clock.tickAsync(1);
      assert.equal(taken.pending, false);
    });

    it("is taken as soon as that one gives it back, not when a third one does", async () => {
      const taken = await taking();
      await released(name(), "third");
      await released("another name", "last");
      assert.ok(taken.pending);
      await released(name(), "last");
      assert.equal(taken.pending, false);
    });

    it("is given back if the wait is aborted", async () => {
      const taken = await taking();
      abort.abort(new Error("enough"));
      await settle();
      assert.equal(taken.error?.message, "enough");
      assert.equal(line.count(RELEASE_LEASE), 1);
      assert.equal(clock.countTimers(), 0);
    });
  });

  for (const [ago, wait] of [
    [0, 3_000],
    [1_000, 2_000],
    [2_999, 1],
    [3_000, 0],
    [4_000, 0],
  ] as const) {
    it(`is taken ${wait} ms later if the server came back ${ago} ms ago, perhaps without its last holder`, async () => {
      line.backSince = performance.now() - ago;
      const taken = await taking();
      assert.equal(taken.pending, wait > 0);
      await clock.tickAsync(Math.max(0, wait - 1));
      assert.equal(taken.pending, wait > 0);
      if (wait > 0) await clock.tickAsync(1);
      assert.equal(taken.pending, false);
    });
  }

  it("is not waited for any longer when the wait is aborted", async () => {
    line.take = HELD;
    const taken = await taking();
    abort.abort(new Error("enough"));
    await settle();
    assert.equal(taken.error?.message, "enough");
    assert.equal(line.count(TAKE_LEASE), 1);
  });

  describe("of a server that does not answer", () => {
    for (const code of ["ECONNRESET", "ETIMEDOUT", "LOADING", "BUSY"]) {
      it(`is asked for again for eight seconds, and then fails with the reason (${code})`, async () => {
        line.take = failure(code);
        const taken = await taking();
        await clock.tickAsync(8_500);
        assert.deepEqual([taken.pending, line.count(TAKE_LEASE)], [true, 9]);
        await clock.tickAsync(1_000);
        assert.equal((taken.error as NodeJS.ErrnoException | undefined)?.code, code);
      });
    }

    it("is taken when the server is back", async () => {
      line.take = failure("ECONNRESET");
      const taken = await taking();
      line.take = FREE;
      await clock.tickAsync(1_000);
      assert.deepEqual([taken.pending, taken.error], [false, undefined]);
    });

    it("is not asked for any longer when the server is known to be away", async () => {
      line.take = failure("ECONNRESET");
      const taken = await taking();
      line.problem = storeAway("server:6379", line.take);
      await clock.tickAsync(1_000);
      assert.ok(taken.error);
    });
  });

  for (const code of ["ERR", "NOPERM", "OOM", "NOTBUSY", "BUSYKEY", "SLOWLOADING", undefined]) {
    it(`fails at once if the server refuses it (${code})`, async () => {
      line.take = failure(code);
      assert.equal((await taking()).error, line.take);
    });
  }

  describe("that is held", () => {
    const lostAfter = async (duration: number): Promise<boolean> => {
      await clock.tickAsync(duration);
      return lease.lost.aborted;
    };

    beforeEach(async () => {
      assert.equal((await taking()).error, undefined);
    });

    it("is renewed every two seconds, until it is given back", async () => {
      assert.equal(await lostAfter(60_000), false);
      assert.equal(line.count(RENEW_LEASE), 30);
      await lease.release();
      await clock.tickAsync(60_000);
      assert.equal(line.count(RENEW_LEASE), 30);
    });

    it("is lost when the server says so", async () => {
      line.renew = 0;
      assert.equal(await lostAfter(2_000), true);
      assert.equal((lease.lost.reason as NodeJS.ErrnoException).code, "ELEASE");
      assert.equal(clock.countTimers(), 0, "it is not renewed any more");
    });

    it("is not lost if the server is away for less than ten seconds", async () => {
      for (let times = 0; times < 3; times++) {
        line.renew = failure("ECONNRESET");
        assert.equal(await lostAfter(8_000), false);
        line.renew = 1;
        assert.equal(await lostAfter(2_000), false);
      }
    });

    it("is lost if the server is away for more than ten seconds", async () => {
      await clock.tickAsync(20_000);
      line.renew = failure("ECONNRESET");
      assert.equal(await lostAfter(12_000), true);
    });
  });
});
