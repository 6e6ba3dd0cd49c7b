import assert from "node:assert/strict";
import FakeTimers from "@sinonjs/fake-timers";
import type { AccountUser } from "../../../nodes/shared/account-node";
import { Simulator } from "../../simulator";
import { signInWithApp } from "../../support/own-app";
import { Flow } from "../support/flow";

const SCOPES = ["user-read-playback-state"];
/** How long an account without users stays open, ms. */
const LINGER = 10_000;

describe("an account that is used again while its last session closes", () => {
  let simulator: Simulator;
  let flow: Flow;

  beforeEach(async () => {
    simulator = await Simulator.start();
    flow = new Flow();
  });

  afterEach(async () => {
    await flow.dispose();
    await simulator.close();
  });

  /** Makes the session of the account begin to close. */
  function leave(user: AccountUser): void {
    const clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      flow.sessionNode.deregister(user, () => undefined);
      clock.tick(LINGER);
    } finally {
      clock.uninstall();
    }
  }

  it("loses no sign-in: the new session waits until the old one has stored the new refresh token", async () => {
    await flow.deploy(simulator, undefined, [{}]);
    const user = flow.node("t0") as unknown as AccountUser;
    const first = flow.sessionNode.session!;
    const clientId = await signInWithApp(simulator, first, simulator.addAccount(), SCOPES);
    simulator.faults.accountsSlow = { value: 300, times: 1 };
    const refreshed = simulator.next("token");
    const unanswered = assert.rejects(first.tokens.getTokenWithClientId(SCOPES, clientId), {
      code: "CLOSED",
    });
    await refreshed;
    leave(user);
    assert.equal(flow.sessionNode.session, undefined);
    flow.sessionNode.register(user);
    const second = flow.sessionNode.session!;
    assert.notEqual(second, first);
    const token = await second.tokens.getTokenWithClientId(SCOPES, clientId);
    await unanswered;
    assert.equal(token.source, "oauth");
    assert.equal(simulator.stats.refreshReuse, 0, "no refresh token was used twice");
    assert.deepEqual(
      second.signIns.list().map(({ way, id }) => [way, id]),
      [["app", clientId]],
    );
  });
});
