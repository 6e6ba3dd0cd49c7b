import assert from "node:assert/strict";
import type { Session, SessionOptions, SpotifyError } from "../../src";
import type { Account } from "../simulator";
import { useStage } from "../support/stage";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe("The dealer, over time", () => {
  const stage = useStage();
  let session: Session;

  /** A session that is ready, and follows as far as Spotify lets it. */
  async function ready(account?: Account, options: SessionOptions = {}): Promise<void> {
    void stage.current.time;
    session = await stage.current.connected(account, { observe: true, ...options });
    await stage.current.time.settle();
  }

  async function followed(limit?: number): Promise<void> {
    await stage.current.time.until(() => session.following.state === "connected", limit);
  }

  async function readyAndFollowing(account?: Account): Promise<void> {
    await ready(account);
    await followed(SECOND);
  }

  function trouble(): string | undefined {
    return session.following.error?.code;
  }

  function pings(): number {
    return stage.current.simulator.stats.dealerMessages.filter(({ type }) => type === "ping").length;
  }

  it("is connected as soon as the session is, and is sent a ping every 30 s, for hours", async () => {
    const { simulator, time } = stage.current;
    await readyAndFollowing();
    await time.advance(6 * HOUR);
    assert.ok(Math.abs(pings() - 720) <= 1, `${pings()} pings`);
    assert.equal(simulator.stats.dealerConnections, 1);
    assert.equal(session.following.state, "connected");
    assert.equal(session.following.error, undefined);
  });

  it("that answers no ping is left after 10 s, and the next connection is opened at once", async () => {
    const { simulator, time } = stage.current;
    await readyAndFollowing();
    const reasons: (SpotifyError | undefined)[] = [];
    session.on("following", (state) => {
      if (state === "connecting") reasons.push(session.following.error);
    });
    simulator.faults.dealerSilent = { value: "pong", times: 1 };
    await time.advance(39 * SECOND);
    assert.equal(simulator.stats.openDealerConnections, 1);
    assert.equal(session.following.state, "connected");
    await time.advance(1_100);
    await followed(250);
    assert.deepEqual(
      reasons.map((reason) => reason?.code),
      ["UNREACHABLE"],
    );
    assert.match(reasons[0]?.message ?? "", /silent/);
    assert.equal(simulator.stats.dealerConnections, 2);
    assert.equal(session.following.error, undefined);
  });

  it("that sends no connection ID is left after 15 s: TIMEOUT", async () => {
    const { simulator, time } = stage.current;
    simulator.faults.dealerSilent = { value: "connection-id", times: 1 };
    await ready();
    await time.advance(14 * SECOND);
    assert.equal(trouble(), undefined);
    await time.advance(1_100);
    assert.equal(trouble(), "TIMEOUT");
    await followed(2 * SECOND);
    assert.equal(simulator.stats.openDealerConnections, 1);
  });

  it("that drops, closes or is unreachable is tried again, without end; the waits grow to a minute", async () => {
    const { simulator, time } = stage.current;
    simulator.faults.dealerDrop = true;
    await ready();
    await time.advance(HOUR);
    const tries = simulator.stats.dealerConnections;
    assert.ok(tries >= 60 && tries <= 130, `${tries} tries in an hour`);
    simulator.faults.dealerDrop = false;
    await followed(MINUTE);
  });

  it("is opened again at once each time, if ten working connections are cut within 20 s", async () => {
    const { simulator, time } = stage.current;
    await readyAndFollowing();
    for (let cuts = 1; cuts <= 10; cuts++) {
      simulator.dealer.drop();
      await simulator.waitFor(() => simulator.stats.openDealerConnections === 0);
      await followed(250);
      assert.equal(simulator.stats.dealerConnections, 1 + cuts);
      assert.equal(simulator.stats.connectStateRequests.length, 1 + cuts, "registered again");
      await time.advance(1_700);
    }
    assert.equal(simulator.stats.resolverRequests, 1, "the server that worked is used again");
  });

  it("is opened again at once each time, if every connection breaks after 20 s, for an hour", async () => {
    const { simulator, time } = stage.current;
    await readyAndFollowing();
    for (let breaks = 0; breaks < 180; breaks++) {
      await time.advance(19_750);
      simulator.dealer.drop();
      await simulator.waitFor(() => simulator.stats.openDealerConnections === 0);
      await followed(250);
    }
    assert.equal(simulator.stats.dealerConnections, 181);
  });

  it("that registers the device and closes at once is tried less and less often, finally each minute", async () => {
    const { simulator, time } = stage.current;
    await readyAndFollowing();
    session.on("following", (state) => {
      if (state === "connected") setTimeout(() => simulator.dealer.closeConnections(1001), 10);
    });
    simulator.dealer.drop();
    await time.advance(10 * SECOND);
    const first = simulator.stats.dealerConnections;
    assert.ok(first >= 13 && first <= 20, `${first} connections in 10 s`);
    await time.advance(HOUR);
    const { dealerConnections } = simulator.stats;
    assert.ok(dealerConnections <= 140, `${dealerConnections} connections in an hour`);
  });

  for (const [status, code, least, most] of [
    [503, "UNREACHABLE", 60, 130],
    [403, "REQUEST_REFUSED", 4, 5],
    [401, "REQUEST_REFUSED", 5, 6],
    [301, "REQUEST_REFUSED", 4, 5],
  ] as const) {
    it(`that refuses with ${status} is ${code}, and is tried ${least} to ${most} times in an hour`, async () => {
      const { simulator, time } = stage.current;
      simulator.faults.dealerStatus = status;
      await ready();
      await time.until(() => session.following.error?.code === code, SECOND);
      await time.advance(HOUR);
      const { dealerRefusals } = simulator.stats;
      assert.ok(dealerRefusals >= least && dealerRefusals <= most, `${dealerRefusals} times`);
      simulator.faults.dealerStatus = false;
      await followed(15 * MINUTE);
    });
  }

  it("that refuses a token once gets a new one, a moment later", async () => {
    const { simulator } = stage.current;
    simulator.faults.dealerStatus = { value: 401, times: 1 };
    await ready();
    await followed(2 * SECOND);
    assert.equal(simulator.stats.login5Requests.length, 2);
  });

  it("that refuses every token causes no more than four logins in an hour", async () => {
    const { simulator, time } = stage.current;
    simulator.faults.dealerStatus = 401;
    await ready();
    await time.advance(4 * HOUR);
    const { length } = simulator.stats.login5Requests;
    assert.ok(length <= 18, `${length} logins in four hours`);
  });

  it("that sends a Retry-After of hours is left alone for that time, whatever happens", async () => {
    const { simulator, time } = stage.current;
    simulator.faults.dealerRateLimited = { value: 19_056, times: 1 };
    await ready();
    await time.until(() => session.following.error?.code === "RATE_LIMITED", SECOND);
    assert.equal(session.following.error?.retryAfter, 19_056);
    await time.advance(HOUR);
    // The machine slept a little. Connections are opened again, but this server's Retry-After is not over.
    time.moveCalendar(MINUTE);
    await time.advance(19_056 * SECOND - HOUR - 2 * MINUTE);
    assert.equal(simulator.stats.dealerRefusals, 1);
    assert.equal(simulator.stats.dealerConnections, 0);
    await followed(3 * MINUTE);
  });

  it("is connected to with a new token when the connection breaks and its token has expired", async () => {
    const { simulator, time } = stage.current;
    await readyAndFollowing();
    await time.advance(3 * HOUR);
    assert.equal(simulator.stats.dealerConnections, 1, "an open connection outlives its token");
    const logins = simulator.stats.login5Requests.length;
    simulator.dealer.drop();
    await time.until(() => session.following.state === "connecting", 400, 10);
    await followed(2 * SECOND);
    assert.equal(simulator.stats.dealerRefusals, 0);
    assert.ok(simulator.stats.login5Requests.length <= logins + 1);
  });

  it("is connected to again after a sleep, even if the connection seems alive", async () => {
    const { simulator, time } = stage.current;
    await readyAndFollowing();
    time.moveCalendar(8 * HOUR);
    await time.advance(12 * SECOND);
    await followed(2 * SECOND);
    assert.equal(simulator.stats.dealerConnections, 2);
    assert.equal(simulator.stats.openDealerConnections, 1);
    assert.equal(simulator.stats.dealerRefusals, 0, "no token from before the sleep is shown");
  });

  it("is tried at once after a sleep, even if the next try was due much later", async () => {
    const { simulator, time } = stage.current;
    simulator.faults.dealerStatus = { value: 403, times: 1 };
    await ready();
    time.moveCalendar(8 * HOUR);
    await time.advance(12 * SECOND);
    assert.equal(session.following.state, "connected");
  });

  for (const [mood, code] of [
    ["INVALID_CREDENTIALS", 1],
    ["BAD_REQUEST", 2],
    ["TRY_AGAIN_LATER", 8],
  ] as const) {
    it(`is not connected to without a token, and a Login5 that says ${mood} is asked rarely in a day`, async () => {
      const { simulator, time } = stage.current;
      simulator.faults.login5Error = code;
      await ready();
      await time.fastForward(24 * HOUR);
      const { length } = simulator.stats.login5Requests;
      assert.ok(length >= 2 && length <= 150, `${length} logins in a day`);
      assert.equal(simulator.stats.dealerConnections + simulator.stats.dealerRefusals, 0);
      assert.equal(session.state, "ready", "the session itself is well");
      simulator.faults.login5Error = false;
      await followed(20 * MINUTE);
    });
  }

  it("gets no connection from a session that should not observe", async () => {
    const { simulator, time } = stage.current;
    await ready(undefined, { observe: false });
    await time.advance(HOUR);
    assert.equal(session.following.state, "off");
    assert.equal(simulator.stats.dealerConnections, 0);
    assert.equal(simulator.stats.login5Requests.length, 0);
  });
});

describe("Closing a session that follows", () => {
  const stage = useStage();

  const STAGES: Record<string, { set?: () => void; wait?: number; state: string }> = {
    "while it gets a token": {
      set: () => (stage.current.simulator.faults.login5Slow = 5_000),
      state: "connecting",
    },
    "while it waits to be named": {
      set: () => (stage.current.simulator.faults.dealerSilent = "connection-id"),
      state: "connecting",
    },
    "while it registers": {
      set: () => (stage.current.simulator.faults.connectStateSlow = 5_000),
      state: "connecting",
    },
    "while it waits to try again": {
      set: () => (stage.current.simulator.faults.dealerStatus = 503),
      state: "connecting",
    },
    "while it waits for hours": {
      set: () => (stage.current.simulator.faults.dealerRateLimited = 20_000),
      state: "connecting",
    },
    "while it is connected": { state: "connected" },
    "while a pong is due": { wait: 30_500, state: "connected" },
  };

  for (const [when, { set, wait = 500, state }] of Object.entries(STAGES)) {
    it(`leaves no connection and no timer: ${when}`, async () => {
      const { simulator, time } = stage.current;
      const before = time.timers;
      set?.();
      const session = await stage.current.connected(undefined, { observe: true });
      await time.advance(wait);
      assert.equal(session.following.state, state);
      if (when.includes("pong")) simulator.faults.dealerSilent = "pong";
      await session.close();
      assert.equal(session.following.state, "off");
      await time.settle();
      assert.equal(simulator.stats.openDealerConnections, 0);
      assert.equal(simulator.stats.openConnections, 0);
      // The timers of the simulator's and the HTTP client's own connections end.
      await time.advance(60_000);
      assert.ok(time.timers <= before, `${time.timers - before} timers are left`);
    });
  }

  it("works at every turn of the event loop while it opens", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    for (let turns = 0; turns < 60; turns += 1) {
      const session = stage.current.session(account, { observe: true });
      await session.connect();
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      await session.close();
      assert.equal(session.following.state, "off");
    }
    await simulator.waitFor(() => simulator.stats.openDealerConnections === 0);
  });
});
