import assert from "node:assert/strict";
import { once } from "node:events";
import type { NowPlayingMessage } from "../../../nodes/spotify-now-playing/messages";
import { Simulator, type Account } from "../../simulator";
import { FakeTime } from "../../support/fake-time";
import { Flow } from "../support/flow";
import { recorded, recordedUntil } from "../support/recorder";
import { nowPlayingNodes } from "./now-playing-nodes";

describe("the positions that a spotify-now-playing sends while something plays", () => {
  let simulator: Simulator;
  let account: Account;
  let flow: Flow;
  let time: FakeTime;

  beforeEach(async () => {
    simulator = await Simulator.start();
    time = new FakeTime(simulator);
    account = simulator.addAccount();
    account.playback.play({ item: 0 });
    flow = new Flow();
    flow.env = [{ name: "ACCOUNT", type: "str", value: "session" }];
    // Node-RED does not start such a node again when its account is deleted.
    flow.more = nowPlayingNodes([{ tick: 10, session: "${ACCOUNT}" }]);
    await flow.deploy(simulator, account, []);
    await recordedUntil("r0", ({ length }) => length === 1);
    const { session } = flow.sessionNode;
    while (session!.following.state !== "connected") await once(session!, "following");
  });

  afterEach(async () => {
    time.restore();
    await flow.dispose();
    await simulator.close();
  });

  const ticks = (): NowPlayingMessage[] =>
    (recorded("r0") as unknown as NowPlayingMessage[]).filter(({ topic }) => topic === "tick");

  it("come at the chosen interval, are computed, and cause no request to Spotify", async () => {
    const before = simulator.stats.connectStateRequests.length;
    await time.advance(35_000);
    const positions = ticks().map(({ payload }) => Math.round(payload.position! / 1000));
    const [first = 0] = positions;
    assert.deepEqual(positions, [first, first + 10, first + 20]);
    assert.deepEqual(
      ticks().map(({ changed, previous }) => [changed, previous]),
      [
        [[], null],
        [[], null],
        [[], null],
      ],
    );
    assert.equal(simulator.stats.connectStateRequests.length, before);
    assert.deepEqual(
      simulator.stats.webApiRequests.filter(({ path }) => path.startsWith("/v1/me/player")),
      [],
    );
  });

  it("stop while nothing plays, and start again", async () => {
    account.playback.pause();
    await time.advance(60_000);
    assert.deepEqual(ticks(), []);
    account.playback.resume();
    await time.advance(15_000);
    assert.equal(ticks().length, 1);
  });

  it("come one interval after playback has begun again", async () => {
    await time.advance(4_000);
    account.playback.pause();
    await time.advance(3_000);
    account.playback.resume();
    await time.advance(9_000);
    assert.deepEqual(ticks(), []);
    await time.advance(2_000);
    assert.equal(ticks().length, 1);
  });

  it("end when the account is deleted", async () => {
    await flow.redeploy("nodes", (node) => (node.id === "session" ? undefined : node));
    await time.advance(60_000);
    assert.deepEqual(ticks(), []);
    assert.deepEqual(flow.calls(flow.node("n0"), "error"), []);
  });

  it("end with the node", async () => {
    await time.advance(10_500);
    assert.equal(ticks().length, 1);
    const { timers } = time;
    await flow.redeploy("nodes", (node) => (node.id === "n0" ? { ...node, tick: 0 } : node));
    await time.advance(1_000);
    assert.equal(time.timers, timers - 1);
    await time.advance(60_000);
    assert.equal(ticks().length, 1);
  });
});
