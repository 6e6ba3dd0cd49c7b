import { stat } from "node:fs/promises";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import type { Simulator } from "../simulator";

/** Read before any test installs a fake. */
const nextTurn = setImmediate;
/** Turns of the event loop without a byte on any connection, after which nothing more will come by itself. */
const QUIET_TURNS = 8;
/** So many of them are as short as possible. */
const SHORT_TURNS = 4;
const LONGEST_TIMER = 20 * 86_400_000;
const MOST_TURNS = 20_000;

/**
 * A clock that stands still until it is moved, around sockets that are real. Calendar and monotonic clock move
 * together, unless a test moves only one of them: a machine that sleeps, a calendar that is set.
 */
export class FakeTime {
  readonly #clock: Clock;
  readonly #simulator: Simulator;

  /** @param simulator the simulator whose traffic shows when everything has settled */
  constructor(simulator: Simulator) {
    this.#simulator = simulator;
    this.#clock = FakeTimers.install({
      now: Date.now(),
      toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
    });
  }

  /** Lets `duration` ms pass, timer by timer; between timers, all data on sockets is handled. */
  async advance(duration: number): Promise<void> {
    await this.settle();
    let over = false;
    // This also makes sure that there always is a next timer.
    this.#clock.setTimeout(() => (over = true), duration);
    while (!over) {
      this.#clock.next();
      await this.settle();
    }
  }

  /**
   * Like `advance`, for weeks and months: waits for sockets only if timers were added or removed. Connections lose their
   * heartbeats, and are made anew.
   */
  async fastForward(duration: number): Promise<void> {
    // A timer can hold 24 days; a longer one would fire at once.
    for (let left = duration; left > 0; left -= LONGEST_TIMER)
      await this.#forward(Math.min(left, LONGEST_TIMER));
  }

  async #forward(duration: number): Promise<void> {
    await this.settle();
    let over = false;
    this.#clock.setTimeout(() => (over = true), duration);
    while (!over) {
      const before = this.#clock.countTimers();
      this.#clock.next();
      // Everything continues that waited without any I/O.
      await Promise.resolve();
      if (this.#clock.countTimers() !== before) await this.settle();
    }
  }

  /** Lets time pass, a step at a time, until `condition` holds. @throws if it does not within `limit` ms */
  async until(condition: () => boolean, limit = 3_600_000, step = 250): Promise<void> {
    await this.settle();
    for (let passed = 0; !condition(); passed += step) {
      if (passed >= limit) throw new Error(`Not within ${limit} ms: ${condition.toString()}`);
      await this.advance(step);
    }
  }

  /** Resolves when the sockets have gone quiet. No time passes. */
  async settle(): Promise<void> {
    let before = "";
    let quiet = 0;
    for (let turns = 0; quiet < QUIET_TURNS && turns < MOST_TURNS; turns++) {
      await new Promise((resolve) => nextTurn(resolve));
      const active = process.getActiveResourcesInfo();
      // Files and names are read outside the loop: reading one lets those that were started before it finish. So is a
      // gzip, which is not in the list. It takes far longer than a turn.
      if (quiet >= SHORT_TURNS || active.some((name) => name.includes("Req"))) await stat(__filename);
      const { stats } = this.#simulator;
      const { bytesIn, bytesOut, connections, openConnections, resolverRequests } = stats;
      const asked = [
        stats.tokenRequests,
        stats.deviceRequests,
        stats.webApiRequests,
        stats.login5Requests,
        stats.clientTokenRequests,
        stats.connectStateRequests,
        stats.deviceCommands,
      ].map(({ length }) => length);
      const now = [bytesIn, bytesOut, connections, openConnections, resolverRequests, ...asked].join();
      quiet = now === before ? quiet + 1 : 0;
      before = now;
    }
  }

  /** Moves only the calendar, as seen by a machine that slept, or whose clock was set. */
  moveCalendar(by: number): void {
    this.#clock.setSystemTime(Date.now() + by);
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#clock.countTimers();
  }

  restore(): void {
    this.#clock.uninstall();
  }
}
