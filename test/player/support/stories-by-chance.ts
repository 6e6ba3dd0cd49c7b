import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { Randomness } from "../../support/randomness";

/**
 * Runs random stories one after another, each with a separate seed. The clock moves only when a story moves it.
 * @throws Error that names the seed of the story that went wrong
 */
export async function tellByChance(
  stories: number,
  tell: (clock: Clock, random: Randomness) => Promise<void>,
): Promise<void> {
  const byChance = Math.random;
  const clock = FakeTimers.install({
    now: 1_783_749_990_000,
    toFake: ["setTimeout", "clearTimeout", "Date", "performance"],
  });
  try {
    const { seed } = new Randomness();
    for (let number = 0; number < stories; number++) {
      const random = new Randomness(seed + number);
      // The simulated player shuffles with this random source.
      Math.random = () => random.below(1_000_000) / 1_000_000;
      // oxlint-disable-next-line no-await-in-loop
      await tell(clock, random).catch((error: unknown) => {
        throw new Error(`A story went wrong (${random.hint})`, { cause: error });
      });
    }
  } finally {
    clock.uninstall();
    Math.random = byChance;
  }
}
