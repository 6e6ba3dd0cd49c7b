import assert from "node:assert/strict";
import { CLIENT_IDS, type Token } from "../../../src";
import { Simulator, type Account } from "../../simulator";
import { FakeTime } from "../../support/fake-time";
import { Flow } from "../support/flow";
import { recordedUntil } from "../support/recorder";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("spotify-token that emits by itself", () => {
  let simulator: Simulator;
  let account: Account;
  let flow: Flow;
  let time: FakeTime;
  let emitted: { token: Token; at: number }[];
  let caught: string[];

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount();
    flow = new Flow();
    emitted = [];
    caught = [];
  });

  afterEach(async () => {
    await flow.dispose();
    time?.restore();
    await simulator.close();
  });

  async function deploy(
    properties: Record<string, unknown> = {},
    session: Record<string, unknown> = {},
  ): Promise<void> {
    time = new FakeTime(simulator);
    await flow.deploy(simulator, account, [{ emit: "auto", ...properties }], session);
    flow.node("s0").on("input", ({ payload }) => emitted.push({ token: payload as Token, at: Date.now() }));
    flow.node("caught").on("input", (message) => {
      caught.push((message as unknown as { error: { code: string } }).error.code);
    });
  }

  it("emits as soon as the session is ready, with the header", async () => {
    await flow.deploy(simulator, account, [{ emit: "auto" }]);
    const message = (await flow.next("s0")) as unknown as { payload: Token; headers: Record<string, string> };
    assert.equal(message.headers["Authorization"], `Bearer ${message.payload.accessToken}`);
  });

  it("emits each time before the last token expires, for a day", async () => {
    const start = Date.now();
    await deploy();
    // The state is read from the disk first, which does not take time of this clock.
    while (emitted.length === 0) await time.settle();
    await time.advance(24 * HOUR);
    assert.ok(emitted.length >= 29 && emitted.length <= 32, `${emitted.length} tokens in a day`);
    for (const [i, { token }] of emitted.entries()) {
      const next = emitted[i + 1];
      if (next)
        assert.ok(next.at <= token.expiresAt - MINUTE, "the next one comes before this one is of no use");
    }
    assert.equal(
      new Set(emitted.map(({ token }) => token.accessToken)).size,
      emitted.length,
      "each one once",
    );
    assert.ok(emitted[0]!.at - start < 5_000);
  });

  it("survives an outage of five hours, reports it once, and emits when it is over", async () => {
    await deploy();
    await time.until(() => emitted.length === 1);
    await simulator.stopAccessPoints();
    await time.advance(5 * HOUR);
    assert.equal(emitted.length, 1);
    assert.deepEqual([...new Set(caught)], caught, "each kind of failure once");
    assert.ok(caught.length >= 1 && caught.length <= 2);
    await simulator.startAccessPoints();
    await time.until(() => emitted.length === 2, 10 * MINUTE);
    assert.ok(emitted[1]!.token.expiresAt > Date.now());
  }).timeout(60_000);

  it("tells a Catch node how long to wait, if Spotify says so", async () => {
    simulator.faults.login5Status = 429;
    await flow.deploy(simulator, account, [{ emit: "auto", scopes: [], source: "login5" }]);
    const [failure] = await recordedUntil("failed", (messages) => messages.length === 1);
    const { error, retryAfter } = failure as unknown as { error: { code: string }; retryAfter: number };
    assert.equal(error.code, "RATE_LIMITED");
    assert.ok(retryAfter > 0);
  });

  it("emits a new token when the machine has slept until the last one expired", async () => {
    await deploy();
    await time.until(() => emitted.length === 1);
    time.moveCalendar(8 * HOUR);
    await time.until(() => emitted.length === 2, MINUTE);
    assert.ok(emitted[1]!.token.expiresAt > Date.now() + 50 * MINUTE);
  });

  it("emits each new token in time after the clock was set back", async () => {
    await deploy();
    await time.until(() => emitted.length === 1);
    const start = performance.now();
    time.moveCalendar(-8 * HOUR);
    await time.until(() => emitted.length === 2, HOUR, MINUTE);
    assert.ok(performance.now() - start < 0.85 * HOUR, "when the session renews it");
    assert.ok(emitted[1]!.token.expiresAt <= Date.now() + HOUR);
  });

  it("emits at once a token for the new client ID when Spotify changes the session's", async () => {
    await deploy({ clientId: "", scopes: ["streaming"] });
    await time.until(() => emitted.length === 1);
    flow.sessionNode.session!.setClientId("android", "remote-frame");
    await time.until(() => emitted.length === 2, 10_000);
    assert.deepEqual(
      emitted.map(({ token }) => token.clientId),
      [CLIENT_IDS.keymaster, CLIENT_IDS.android],
    );
  });

  it("reports a failure once while Spotify changes the client ID back and forth, and again much later", async () => {
    simulator.policy.knownClientIds = Object.values(CLIENT_IDS);
    await deploy({ clientId: "", scopes: ["streaming"] });
    await time.until(() => emitted.length === 1);
    const changeToAndFro = async (times: number): Promise<void> => {
      for (let change = 0; change < times; change++) {
        flow.sessionNode.session!.setClientId(change % 2 === 0 ? "a".repeat(32) : "android", "cluster");
        await time.advance(100);
      }
    };
    await changeToAndFro(100);
    assert.equal(caught.length, 1, caught.join());
    await time.advance(10 * MINUTE);
    await changeToAndFro(100);
    assert.equal(caught.length, 2, caught.join());
  });

  it("emits nothing for an incoming message", async () => {
    await deploy();
    await time.until(() => emitted.length === 1);
    flow.send({});
    await time.advance(1_000);
    assert.equal(emitted.length, 1);
  });

  it("also answers messages if it does both", async () => {
    await deploy({ emit: "both" });
    await time.until(() => emitted.length === 1);
    flow.send({});
    await time.until(() => emitted.length === 2, 1_000);
    assert.equal(emitted[1]!.token.accessToken, emitted[0]!.token.accessToken);
  });

  it("leaves no timer when the flow is stopped", async () => {
    await deploy();
    await time.until(() => emitted.length === 1);
    await flow.stop();
    await time.advance(MINUTE);
    assert.equal(time.timers, 0);
    await time.advance(24 * HOUR);
    assert.equal(simulator.stats.openConnections, 0);
    assert.equal(emitted.length, 1);
  });
});
