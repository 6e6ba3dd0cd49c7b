import { once } from "node:events";
import { join } from "node:path";
import type redisStore from "../../src/store/redis";
import { Simulator } from "../simulator";
import { RedisServer } from "../support/redis-server";
import { DIST, library } from "./library";
import { median, number, report } from "./measure";

const SCOPES = ["user-read-playback-state"];
const RUNS = 25;

/** The time from a token that one instance receives until another instance can hand it out. */
export async function benchSharedChange(): Promise<void> {
  const server = await RedisServer.start();
  const simulator = await Simulator.start();
  const makeStore = require(join(DIST, "src", "store", "redis.js")) as typeof redisStore;
  const account = simulator.addAccount();
  const open = async (instance: string) => {
    const sharedState = makeStore({ url: server.url }).open({ id: "bench", instance, secrets: ["a key"] });
    const { Session } = library();
    const session = new Session({
      credentials: account.credentialsJson,
      endpoints: { ...simulator.endpoints },
      accessPointKey: simulator.accessPointKey,
      sharedState,
      observe: false,
    });
    await session.connect();
    await session.tokens.ready();
    return session;
  };
  const [first, second] = await Promise.all([open("one"), open("two")]);
  try {
    const took = await median(RUNS, async () => {
      const told = once(second.tokens, "token");
      const minted = once(first.tokens, "token").then(() => performance.now());
      const { accessToken } = await first.tokens.getToken(SCOPES);
      await told;
      const used = second.tokens.cachedToken(SCOPES, second.clientId);
      if (used?.accessToken !== accessToken) throw new Error("The other instance has another token");
      const time = performance.now() - (await minted);
      first.tokens.refused(accessToken);
      while (second.tokens.cachedToken(SCOPES, second.clientId)) await new Promise(setImmediate);
      return time;
    });
    const roundTrip = await median(RUNS, () =>
      server.ask(async (client) => {
        const started = performance.now();
        await client.ping();
        return performance.now() - started;
      }),
    );
    report(
      "a token of one instance is used on another one",
      `${number(took, 2)} ms`,
      `a PING of the Redis server, which syncs its disk: ${number(roundTrip, 2)} ms`,
      took < 20,
    );
  } finally {
    await Promise.all([first.close(), second.close()]);
    await Promise.all([simulator.close(), server.close()]);
  }
}
