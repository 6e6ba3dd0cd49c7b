import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { SpotifyError } from "../../src";
import { Advertiser, type Announcer } from "../../src/zeroconf/advertiser";
import type { Announcement } from "../../src/zeroconf/responder";
import { endClock } from "../support/end-clock";

/** mDNS that works or fails, according to the test. */
class FakeResponder implements Announcer {
  broken = false;
  tries = 0;
  announced: Announcement | undefined;
  withdrawals = 0;

  async announce(announcement: Announcement): Promise<void> {
    this.tries++;
    if (this.broken) throw new SpotifyError("UNREACHABLE", "No network.");
    this.announced = announcement;
  }

  async withdraw(announcement: Announcement): Promise<void> {
    this.withdrawals++;
    if (this.announced === announcement) this.announced = undefined;
  }
}

describe("a device that should be visible", () => {
  let clock: Clock;
  let responder: FakeResponder;
  let states: string[];
  let advertiser: Advertiser;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout"] });
    responder = new FakeResponder();
    states = [];
    advertiser = new Advertiser(
      responder,
      (error) => states.push(error?.code ?? "visible"),
      () => {},
    );
  });
  afterEach(async () => {
    await advertiser.close();
    await endClock(clock);
  });

  const start = (): Promise<void> => advertiser.start("Kitchen", "device-1", 1234);

  it("is tried again if mDNS does not work, less and less often, and is visible when it works", async () => {
    responder.broken = true;
    await start();
    assert.deepEqual(states, ["UNREACHABLE"]);
    await clock.tickAsync(60_000);
    assert.ok(responder.tries >= 4 && responder.tries <= 9, `${responder.tries} tries in a minute`);
    const before = responder.tries;
    await clock.tickAsync(86_400_000);
    const daily = responder.tries - before;
    assert.ok(daily >= 280 && daily <= 600, `${daily} tries in a day`);
    responder.broken = false;
    await clock.tickAsync(300_000);
    assert.equal(states.at(-1), "visible");
    assert.equal(responder.announced?.name, "Kitchen");
  });

  it("is announced again at once if it is lost", async () => {
    await start();
    const { onLost } = responder.announced!;
    onLost();
    await clock.tickAsync(0);
    assert.equal(responder.tries, 2);
    // An announcement that has ended reports nothing more.
    onLost();
    await clock.tickAsync(0);
    assert.equal(responder.tries, 2);
  });

  it("has a unique address, made only of letters and digits", async () => {
    await start();
    const other = new FakeResponder();
    const second = new Advertiser(
      other,
      () => {},
      () => {},
    );
    await second.start("Kitchen", "device-2", 1234);
    assert.match(responder.announced!.hostname, /^spotify-[0-9a-f]{12}$/);
    assert.notEqual(responder.announced!.hostname, other.announced!.hostname);
    await second.close();
  });

  it("is withdrawn when it closes; closing waits for this at most 3 s", async () => {
    await start();
    await advertiser.close();
    assert.equal(responder.announced, undefined);
    assert.equal(responder.withdrawals, 1);

    const stuck: Announcer = { announce: async () => {}, withdraw: () => new Promise(() => {}) };
    advertiser = new Advertiser(
      stuck,
      () => {},
      () => {},
    );
    await start();
    let closed = false;
    void advertiser.close().then(() => (closed = true));
    await clock.tickAsync(2_999);
    assert.equal(closed, false);
    await clock.tickAsync(1);
    assert.equal(closed, true);
    advertiser = new Advertiser(
      responder,
      () => {},
      () => {},
    );
  });
});
