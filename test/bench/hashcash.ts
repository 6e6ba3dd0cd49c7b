import { createHash } from "node:crypto";
import { solveHashcash } from "../../src/login5/hashcash";
import { median, number, perSecond, report } from "./measure";

/** About a million tries on average. */
const BITS = 20;
const NATIVE_HASHES = 300_000;
const RUNS = 7;

/** How fast a hashcash is solved, compared with a plain loop over createHash; and how long it blocks the event loop. */
export async function benchHashcash(): Promise<void> {
  const nobodyAborts = new AbortController().signal;
  let prefix = 0;
  const solve = async (length: number): Promise<{ rate: number; milliseconds: number }> => {
    const challenge = { prefix: Buffer.from(`prefix ${prefix++}`), length, loginContext: Buffer.alloc(0) };
    const started = performance.now();
    const { suffix, nanoseconds } = await solveHashcash(challenge, nobodyAborts, 120_000);
    // The second counter says how many tries there were before.
    const tries = Number(Buffer.from(suffix).readBigUInt64BE(8)) + 1;
    const milliseconds = performance.now() - started;
    return { rate: perSecond(tries, Number(nanoseconds) / 1e6), milliseconds };
  };
  const rate = await median(RUNS, async () => (await solve(BITS)).rate);
  const native = await median(RUNS, nativeRate);
  report("hashcash, hashes per second", number(rate), `Node's createHash in a loop: ${number(native)}`);
  const block = await median(RUNS, () => longestBlock(() => solve(BITS)));
  report("hashcash of 20 bits, longest block of the event loop, ms", number(block, 1), "limit 10");
  const whole = await median(RUNS, async () => (await solve(10)).milliseconds);
  report("hashcash of 10 bits, ms", number(whole, 1), "the length login5 was seen to ask for");
}

/** ms */
async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - last - 1);
    last = performance.now();
  }, 1);
  await work();
  clearInterval(watch);
  return longest;
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
