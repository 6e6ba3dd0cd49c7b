import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { solveHashcash, type HashcashChallenge } from "../../src/login5/hashcash";
import { failureOf, Outcome } from "../support/failure";
import { useStage } from "../support/stage";
import vectors from "./hashcash-vectors.json";

const NEVER = new AbortController().signal;
/** Of tests: long enough for a busy machine. */
const PATIENT = 120_000;
/** No machine can solve it. */
const ENDLESS: HashcashChallenge = { prefix: Buffer.from("x"), length: 64, loginContext: Buffer.alloc(0) };

const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");

async function solved(challenge: HashcashChallenge): Promise<string> {
  const { suffix } = await solveHashcash(challenge, NEVER, PATIENT);
  return Buffer.from(suffix).toString("hex");
}

describe("hashcash", () => {
  // A search that is left over would hold up the next test's.
  afterEach(() => solved({ ...ENDLESS, length: 0 }));

  it("solves login5's form, each length from 0 to 20, as Python's hashlib does", async function () {
    this.timeout(PATIENT);
    assert.deepEqual(
      vectors.login5.map(({ length }) => length),
      Array.from({ length: 21 }, (_, length) => length),
    );
    for (const { loginContext, prefix, length, suffix } of vectors.login5) {
      const challenge = { loginContext: bytes(loginContext), prefix: bytes(prefix), length };
      assert.equal(await solved(challenge), suffix, `length ${length}`);
    }
  });

  // Source: PouleR/spotify-login, tests/ChallengeSolverTest.php and tests/SpotifyLoginTest.php (MIT).
  it("solves what others have published", async () => {
    const loginContext = bytes(
      "0300c798435c4b0beb91e3b1db591d0a7f2e32816744a007af41cc7c8043b9295e1ed8a13cc323e4af2d0a3c42463b7a358ed116c3369598" +
        "9e0bfade0dab9c6bc6f7f928df5d49069e8ca4c04c34034669fc97e93da1ca17a7c11b2ffbb9b85f2265b10f6c83f7ef672240cb535eb122" +
        "265da9b6f8d1a55af522fcbb40efc4eb753756ea38a63aff95d3228219afb0ab887075ac2fe941f7920fd19d32226052fe0956c71f0cb63b" +
        "a702dd72d50d769920cd99ec6a45e00c85af5287b5d0031d6be4072efe71c59dffa5baa4077cd2eab4f22143eff18c31c69b8647e7f51746" +
        "8c84ed9548943fb1ba6b750ef63cdf9ce0a0fd07cb22d19484f4baa8ee6fa35fc573d9",
    );
    const prefix = bytes("48859603d6c16c3202292df155501c55");
    assert.equal(await solved({ loginContext, prefix, length: 10 }), "7f7e558bd10c37d200000000000002c7");
    const texts = { loginContext: Buffer.from("some-context"), prefix: Buffer.from("00112233445566778899") };
    assert.equal(await solved({ ...texts, length: 10 }), "5a8888c55ae342230000000000000c0d");
  });

  it("says how long it took", async () => {
    const challenge = { ...ENDLESS, length: 14 };
    const begun = process.hrtime.bigint();
    const { nanoseconds } = await solveHashcash(challenge, NEVER, PATIENT);
    assert.ok(nanoseconds > 0n && nanoseconds < process.hrtime.bigint() - begun);
  });

  it("lets the event loop turn every few milliseconds", async () => {
    const aborting = new AbortController();
    const outcome = new Outcome(solveHashcash(ENDLESS, aborting.signal, PATIENT));
    const blocks: number[] = [];
    for (let turns = 0; turns < 101; turns++) {
      const begun = process.hrtime.bigint();
      await new Promise(setImmediate);
      blocks.push(Number(process.hrtime.bigint() - begun) / 1e6);
    }
    assert.ok(outcome.pending);
    // The median: other programs on this machine may make single turns longer.
    const median = blocks.toSorted((a, b) => a - b)[50]!;
    assert.ok(median < 10, `${median} ms`);
    aborting.abort(new Error("enough"));
    while (outcome.pending) await new Promise(setImmediate);
  });

  it("ends with the reason of its signal, before and during the search", async () => {
    const aborting = new AbortController();
    const outcome = new Outcome(solveHashcash(ENDLESS, aborting.signal, PATIENT));
    for (let turns = 0; turns < 10; turns++) await new Promise(setImmediate);
    assert.ok(outcome.pending);
    const reason = new Error("not wanted");
    aborting.abort(reason);
    while (outcome.pending) await new Promise(setImmediate);
    assert.equal(outcome.error, reason);
    await assert.rejects(solveHashcash(ENDLESS, aborting.signal, PATIENT), reason);
  });

  it("makes one search at a time, and a cancelled waiter lets no other search begin early", async () => {
    const [first, second, third] = [64, 64, 0].map((length) => {
      const aborting = new AbortController();
      return {
        aborting,
        outcome: new Outcome(solveHashcash({ ...ENDLESS, length }, aborting.signal, PATIENT)),
      };
    }) as [Waiting, Waiting, Waiting];
    second.aborting.abort(new Error("second"));
    while (second.outcome.pending) await new Promise(setImmediate);
    // The third needs a single try, and would be over if it had begun.
    for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate);
    assert.ok(first.outcome.pending && third.outcome.pending);
    first.aborting.abort(new Error("first"));
    while (first.outcome.pending || third.outcome.pending) await new Promise(setImmediate);
    assert.equal(third.outcome.error, undefined);
  });

  it("refuses a challenge that makes no sense, before any work", async () => {
    for (const length of [-1, 65, 2 ** 31 - 1, -(2 ** 31), 1.5, NaN]) {
      await failureOf(solveHashcash({ ...ENDLESS, length }, NEVER), "PROTOCOL_ERROR");
    }
    const prefix = Buffer.alloc(1025);
    await failureOf(solveHashcash({ ...ENDLESS, prefix, length: 0 }, NEVER), "PROTOCOL_ERROR");
  });

  it("begins with the end of the context's digest and with 0", async () => {
    const challenge = { ...ENDLESS, length: 0 };
    const start = createHash("sha1").update("").digest("hex").slice(24);
    assert.equal(await solved(challenge), `${start}${"0".repeat(16)}`);
  });

  describe("with time standing still", () => {
    const stage = useStage();

    it("is given up after 5 s", async () => {
      const { time } = stage.current;
      const outcome = new Outcome(solveHashcash(ENDLESS, NEVER));
      await time.advance(4_999);
      assert.ok(outcome.pending);
      await time.advance(1);
      while (outcome.pending) await new Promise(setImmediate);
      assert.equal(outcome.error?.code, "TIMEOUT");
      assert.match(outcome.error?.message ?? "", /Try again later/);
      assert.equal(time.timers, 0);
    });

    it("sets no timer that outlives it", async () => {
      const { time } = stage.current;
      const timers = time.timers;
      await solveHashcash({ ...ENDLESS, length: 3 }, NEVER);
      assert.equal(time.timers, timers);
    });
  });
});

interface Waiting {
  aborting: AbortController;
  outcome: Outcome<unknown>;
}
