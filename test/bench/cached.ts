import { Simulator } from "../simulator";
import { openSession } from "./library";
import { median, number, perSecond, report } from "./measure";

const CALLS = 500_000;
const SCOPES = ["user-read-playback-state", "user-modify-playback-state"];

/** How many cached tokens one process hands out a second, awaited one after the other. */
export async function benchCached(): Promise<void> {
  const simulator = await Simulator.start();
  const session = openSession(simulator, simulator.addAccount());
  try {
    await session.connect();
    await session.tokens.getToken(SCOPES);
    const rate = await median(7, () => rateOf(() => session.tokens.getToken(SCOPES)));
    // The least that any cache with a promise for an answer can cost.
    const cache = new Map([["key", { accessToken: "x" }]]);
    const bare = await median(7, () => rateOf(() => Promise.resolve({ ...cache.get("key") })));
    report(
      "cached getToken, per second",
      number(rate),
      `a Map look-up in a promise: ${number(bare)}`,
      rate >= 1e6,
    );
  } finally {
    await session.close();
    await simulator.close();
  }
}

async function rateOf(call: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < CALLS; i++) await call();
  return perSecond(CALLS, performance.now() - started);
}
