import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { solveHashcash, type HashcashChallenge } from "../../src/login5/hashcash";
import { failureOf, Outcome } from "../support/failure";
import { useStage } from "../support/stage";
import vectors from "./hashcash-vectors.json";

const NEVER = new AbortController().signal;
/** The time limit of these tests: long enough for a busy machine. */
const PATIENT = 120_000;
/** More than any machine can finish. */
const ENDLESS: HashcashChallenge = { prefix: Buffer.from("x"), length: 64, loginContext: Buffer.alloc(0) };

const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");

async function solved(challenge: HashcashChallenge): Promise<string> {
  const { suffix } = await solveHashcash(challenge, NEVER, PATIENT);
  return Buffer.from(suffix).toString("hex");
}

describe("hashcash", () => {
  it("solves login5's form for each length from 0 to 20, like Python's hashlib", async function () {
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
  it("solves challenges that others have published", async () => {
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

  it("does not block other work", async () => {
    const aborting = new AbortController();
    const outcome = new Outcome(solveHashcash(ENDLESS, aborting.signal, PATIENT));
    // Without pauses in the search, none of these turns would come.
    for (let turns = 0; turns < 1_000; turns++) await new Promise(setImmediate);
    assert.ok(outcome.pending);
    aborting.abort(new Error("enough"));
    while (outcome.pending) await new Promise(setImmediate);
  });

  it("ends when it is aborted, with the same reason", async () => {
    const aborting = new AbortController();
    const outcome = new Outcome(solveHashcash(ENDLESS, aborting.signal, PATIENT));
    await new Promise(setImmediate);
    const reason = new Error("not needed");
    aborting.abort(reason);
    while (outcome.pending) await new Promise(setImmediate);
    assert.equal(outcome.error, reason);
    // A search that is aborted before it begins fails in the same way.
    await assert.rejects(solveHashcash(ENDLESS, aborting.signal, PATIENT), reason);
  });

  it("solves one challenge at a time; an aborted one that waits does not let another begin", async () => {
    const order: string[] = [];
    const waiting = ["first", "second", "third"].map((name) => {
      const aborting = new AbortController();
      const challenge = name === "third" ? { ...ENDLESS, length: 0 } : ENDLESS;
      const solving = solveHashcash(challenge, aborting.signal, PATIENT).finally(() => order.push(name));
      return { aborting, outcome: new Outcome(solving) };
    }) as [Waiting, Waiting, Waiting];
    const [first, second, third] = waiting;
    second.aborting.abort(new Error("second"));
    while (second.outcome.pending) await new Promise(setImmediate);
    for (let turns = 0; turns < 100; turns++) await new Promise(setImmediate);
    // The third needs only one try, but waits for the first anyway.
    assert.ok(first.outcome.pending && third.outcome.pending);
    first.aborting.abort(new Error("first"));
    while (third.outcome.pending) await new Promise(setImmediate);
    assert.deepEqual(order, ["second", "first", "third"]);
  });

  it("refuses an invalid challenge before any work", async () => {
    for (const length of [-1, 65, 2 ** 31 - 1, -(2 ** 31), 1.5, NaN]) {
      await failureOf(solveHashcash({ ...ENDLESS, length }, NEVER), "PROTOCOL_ERROR");
    }
    const prefix = Buffer.alloc(1025);
    await failureOf(solveHashcash({ ...ENDLESS, prefix, length: 0 }, NEVER), "PROTOCOL_ERROR");
  });

  it("begins with the last bytes of the context's digest and with 0", async () => {
    const challenge = { ...ENDLESS, length: 0 };
    const start = createHash("sha1").update("").digest("hex").slice(24);
    assert.equal(await solved(challenge), `${start}${"0".repeat(16)}`);
  });

  describe("with a clock that stands still", () => {
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

    it("leaves no timer", async () => {
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
