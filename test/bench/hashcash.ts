import { createHash } from "node:crypto";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { DIST } from "./library";
import { median, number, perSecond, report } from "./measure";

/** A million tries on the average. */
const BITS = 20;
const NATIVE_HASHES = 300_000;
const RUNS = 7;

/** How fast a hashcash is solved, compared with a loop over `createHash`; and how long the event loop is blocked. */
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
  report("hashcash of 10 bits, ms", number(whole, 1), "the length login5 was seen to ask for");
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  for (let run = 0; run < RUNS; run++) await solve(BITS);
  delay.disable();
  const blocked = delay.percentile(99) / 1e6;
  report(
    "hashcash, event loop blocked, 99 %",
    `${number(blocked, 1)} ms`,
    "target: under 10 ms",
    blocked < 10,
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
