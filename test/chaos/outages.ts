/** The outages of the store during a run. */
import type { Randomness } from "../support/randomness";
import type { RedisServer } from "../support/redis-server";
import { pause } from "./moments";

export type OutageName = "killed" | "paused" | "full";

/** How long the store is away, ms: the minimum, and the most that is added at random. */
const LENGTHS: Record<OutageName, readonly [number, number]> = {
  killed: [100, 2_000],
  // Sometimes longer than a lease lives.
  paused: [2_000, 10_000],
  full: [3_000, 3_000],
};
/** How long it takes until all clients have connected again and stored their data, ms. */
const ALL_BACK_WITHIN = 4_000;

/** @param away called when the store is no longer reachable; its result is called when it is reachable again */
export async function suffer(
  name: OutageName,
  redis: RedisServer,
  random: Randomness,
  away: () => () => void,
): Promise<void> {
  const [least, more] = LENGTHS[name];
  const length = least + random.below(more);
  const back = away();
  switch (name) {
    case "killed":
      await redis.kill();
      await pause(length);
      await redis.start();
      break;
    case "paused":
      redis.pause();
      await pause(length);
      redis.resume();
      break;
    case "full":
      await redis.fillMemory();
      await pause(length);
      await redis.freeMemory();
      break;
  }
  await pause(ALL_BACK_WITHIN);
  back();
}
