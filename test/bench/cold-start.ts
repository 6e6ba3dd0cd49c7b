import { Simulator } from "../simulator";
import { library, openSession } from "./library";
import { median, number, report } from "./measure";

const SCOPES = ["user-read-playback-state"];
const RUNS = 5;

/** The time from a new session to its first token, for several round-trip times. */
export async function benchColdStart(): Promise<void> {
  const times = new Map<number, { remembered: number; resolved: number }>();
  for (const roundTrip of [0, 20, 100]) {
    const simulator = await Simulator.start({ roundTrip });
    try {
      const account = simulator.addAccount();
      const { MemoryStateStore } = library();
      const resolved = await median(RUNS, () => firstToken(simulator, account, undefined));
      // The state of a session that was connected before, without its tokens.
      const known = new MemoryStateStore();
      await firstToken(simulator, account, known);
      const state = (await known.load()) as object;
      const remembered = await median(RUNS, async () => {
        const store = new MemoryStateStore();
        await store.save({ ...state, tokens: [] });
        return firstToken(simulator, account, store);
      });
      const restarted = await median(RUNS, async () => {
        const store = new MemoryStateStore();
        await store.save(state);
        const before = simulator.stats.keymasterRequests.length;
        const took = await firstToken(simulator, account, store, false);
        if (simulator.stats.keymasterRequests.length !== before)
          throw new Error("A token on disk was asked for again");
        return took;
      });
      times.set(roundTrip, { remembered, resolved });
      report(
        `first token at ${roundTrip} ms a round trip, access point remembered`,
        `${number(remembered, 1)} ms`,
        `with the resolver: ${number(resolved, 1)} ms`,
      );
      report(
        `  the same after a restart, valid token on disk`,
        `${number(restarted, 2)} ms`,
        "no round trip",
        restarted < 20,
      );
    } finally {
      await simulator.close();
    }
  }
  const slow = times.get(100)!;
  const fast = times.get(20)!;
  const trips = (slow.remembered - fast.remembered) / 80;
  const resolvedTrips = (slow.resolved - fast.resolved) / 80;
  report(
    "round trips, access point remembered",
    number(trips, 2),
    "TCP, hello, login, Mercury = 4 (from the times at 100 and 20 ms)",
    trips < 4.3,
  );
  report(
    "round trips, with the resolver",
    number(resolvedTrips, 2),
    "4 + TCP and GET of the resolver = 6",
    resolvedTrips < 6.3,
  );
}

async function firstToken(
  simulator: Simulator,
  account: Parameters<typeof openSession>[1],
  state: Parameters<typeof openSession>[2],
  connect = true,
): Promise<number> {
  const started = performance.now();
  const session = openSession(simulator, account, state);
  try {
    // Like the config node: it connects in the background, and a token is requested at once.
    if (connect) session.connect().catch(() => undefined);
    await session.tokens.getToken(SCOPES);
    return performance.now() - started;
  } finally {
    await session.close();
  }
}
