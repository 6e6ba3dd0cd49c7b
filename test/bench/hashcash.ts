import { createHash } from "node:crypto";
import { join } from "node:path";
import { DIST } from "./library";
import { median, number, perSecond, report } from "./measure";

/** A million tries on the average. */
const BITS = 20;
const NATIVE_HASHES = 300_000;
const RUNS = 7;

/** How fast a hashcash is solved, beside a plain loop over Node's own SHA-1; and what its thread costs. */
export async function benchHashcash(): Promise<void> {
  const { solveHashcash } = require(
    join(DIST, "src", "login5", "hashcash.js"),
  ) as typeof import("../../src/login5/hashcash");
  const nobodyAborts = new AbortController().signal;
  let prefix = 0;
  const solve = async (length: number): Promise<{ rate: number; milliseconds: number }> => {
    const challenge = { prefix: Buffer.from(`prefix ${prefix++}`), length, loginContext: Buffer.alloc(0) };
    const started = performance.now();
    const { suffix, nanoseconds } = await solveHashcash(challenge, nobodyAborts, 120_000);
    // The second counter says how many there were before.
    const tries = Number(Buffer.from(suffix).readBigUInt64BE(8)) + 1;
    const milliseconds = performance.now() - started;
    return { rate: perSecond(tries, Number(nanoseconds) / 1e6), milliseconds };
  };
  const rate = await median(RUNS, async () => (await solve(BITS)).rate);
  const native = await median(RUNS, nativeRate);
  report("hashcash, hashes per second", number(rate), `Node's createHash in a loop: ${number(native)}`);
  const whole = await median(RUNS, async () => (await solve(10)).milliseconds);
  report(
    "hashcash of 10 bits, thread and all, ms",
    number(whole, 1),
    "the length login5 was seen to ask for",
  );
}

function nativeRate(): number {
  const message = Buffer.alloc(32);
  const started = performance.now();
  for (let i = 0; i < NATIVE_HASHES; i++) {
    message.writeUInt32BE(i, 28);
    createHash("sha1").update(message).digest();
  }
  return perSecond(NATIVE_HASHES, performance.now() - started);
}
