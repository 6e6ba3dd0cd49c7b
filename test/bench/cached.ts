import { Simulator } from "../simulator";
import { openSession } from "./library";
import { middle, number, perSecond, report } from "./measure";

const RUNS = 7;
const CALLS = 250_000;
const SCOPES = ["user-read-playback-state", "user-modify-playback-state"];
const TEXT = "user-read-playback-state,user-modify-playback-state";
const IOS = "58bd3c95768941ea9eb4350aaa033eb3";
/** The share of a plain look-up's rate that each way of asking must reach: librespot's was measured at 0.35. */
const SHARE = 0.35;

/** How many cached tokens a process gives out in a second, one after another, for each way of asking. */
export async function benchCached(): Promise<void> {
  const simulator = await Simulator.start();
  const session = openSession(simulator, simulator.addAccount());
  const { tokens } = session;
  // The lowest cost of any cache that answers with a promise.
  const cache = new Map([["key", { accessToken: "x" }]]);
  const bare = (): Promise<unknown> => Promise.resolve({ ...cache.get("key") });
  const ways: Record<string, () => Promise<unknown>> = {
    "cached getToken, a list of scopes, per second": () => tokens.getToken(SCOPES),
    "cached getToken, a text of scopes, per second": () => tokens.getToken(TEXT),
    "cached getToken, no scopes, per second": () => tokens.getToken([]),
    "cached getTokenWithClientId, 32 hex digits, per second": () => tokens.getTokenWithClientId(SCOPES, IOS),
    'cached getTokenWithClientId, "ios", per second': () => tokens.getTokenWithClientId(SCOPES, "ios"),
    'cached getTokenWithClientId, a text, "ios", per second': () => tokens.getTokenWithClientId(TEXT, "ios"),
  };
  try {
    await session.connect();
    const rates = new Map<() => Promise<unknown>, number[]>(
      [bare, ...Object.values(ways)].map((way) => [way, []]),
    );
    // In turns, so that other load on the machine slows all of them; the first turn is a warm-up.
    for (let run = 0; run <= RUNS; run++) {
      for (const [way, results] of rates) {
        const rate = await rateOf(way);
        if (run > 0) results.push(rate);
      }
    }
    const least = middle(rates.get(bare)!);
    for (const [what, way] of Object.entries(ways)) {
      const rate = middle(rates.get(way)!);
      const share = number(rate / least, 2);
      const compared = `${share} × a Map look-up in a promise: ${number(least)}`;
      report(what, number(rate), compared, rate >= 1e6 && rate >= SHARE * least);
    }
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
