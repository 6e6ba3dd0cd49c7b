import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { failureOf, Outcome } from "../support/failure";
import { useStage } from "../support/stage";

const run = promisify(execFile);

describe("closing a session", () => {
  const stage = useStage();

  it("leaves no connection and no timer", async () => {
    const { simulator, time } = stage.current;
    const before = time.timers;
    const session = await stage.current.connected();
    await session.tokens.getToken(["streaming"]);
    await session.mercury.subscribe("hm://remote/user/x/", () => undefined);
    await session.close();
    await time.settle();
    assert.equal(session.state, "closed");
    assert.equal(simulator.stats.openConnections, 0);
    // The simulator's resolver connection may leave some timers; none of them is started again.
    await time.advance(60_000);
    assert.equal(time.timers, before);
  });

  it("fails requests in flight as CLOSED, at once", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    simulator.faults.silent = "mercury";
    const waiting = [
      new Outcome(session.tokens.getToken(["streaming"])),
      new Outcome(session.mercury.get("hm://whatever")),
      new Outcome(session.mercury.subscribe("hm://whatever/", () => undefined)),
    ];
    await time.settle();
    await session.close();
    await time.settle();
    assert.deepEqual(
      waiting.map(({ error }) => error?.code),
      ["CLOSED", "CLOSED", "CLOSED"],
    );
  });

  it("fails requests that wait between two tries as CLOSED", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    simulator.faults.mercuryStatus = 503;
    const token = new Outcome(session.tokens.getToken(["streaming"]));
    await time.settle();
    await session.close();
    await time.settle();
    assert.equal(token.error?.code, "CLOSED");
  });

  it("fails a connect that is under way as CLOSED, no matter what it waits for", async () => {
    const { simulator, time } = stage.current;
    for (const silent of ["hello", "login"] as const) {
      simulator.faults.silent = silent;
      const session = stage.current.session(stage.current.account());
      const connecting = new Outcome(session.connect());
      await time.settle();
      await session.close();
      await time.settle();
      assert.equal(connecting.error?.code, "CLOSED");
    }
    simulator.faults.silent = false;
    await simulator.stopAccessPoints();
    const session = stage.current.session(stage.current.account());
    const connecting = new Outcome(session.connect());
    await time.advance(5_000);
    await session.close();
    await time.settle();
    assert.equal(connecting.error?.code, "CLOSED");
    assert.equal(simulator.stats.openConnections, 0);
  });

  it("may happen first, or twice, and everything after it is CLOSED", async () => {
    const session = stage.current.session(stage.current.account());
    await Promise.all([session.close(), session.close()]);
    await session.close();
    assert.equal(session.state, "closed");
    await failureOf(session.connect(), "CLOSED");
    await failureOf(session.tokens.getToken(["streaming"]), "CLOSED");
    await failureOf(session.mercury.get("hm://whatever"), "CLOSED");
  });

  it("resolves both calls only when it is done, if it is called twice", async () => {
    const session = await stage.current.connected();
    void session.close();
    await session.close();
    assert.equal(session.state, "closed");
  });

  it("during a login from the LAN, after which the device says goodbye, leaves nothing running", async () => {
    const { simulator } = stage.current;
    const session = stage.current.session(stage.current.account(), { connect: true, observe: true });
    const connected = session.connect().catch(() => undefined);
    while (session.discoveryPort === undefined) await new Promise((resolve) => setImmediate(resolve));
    await session.close();
    await connected;
    assert.ok(simulator.stats.logins.length > 0, "the login came first");
    assert.equal(session.following.state, "off");
  });

  it("lets the process exit", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const { stdout } = await run(
      process.execPath,
      ["--require", "tsx/cjs", join(__dirname, "close.child.ts")],
      {
        timeout: 15_000,
        env: {
          ...process.env,
          SESSION: JSON.stringify({
            credentials: account.credentialsJson,
            endpoints: { apResolve: simulator.endpoints.apResolve },
            accessPointKey: simulator.accessPointKey,
          }),
        },
      },
    );
    assert.equal(stdout.trim(), "a token, then nothing");
  }).timeout(20_000);
});
