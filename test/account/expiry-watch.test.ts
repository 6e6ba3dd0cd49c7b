import assert from "node:assert/strict";
import { MemoryStateStore, type Session, type SignInExpiring } from "../../src";
import { composeStatus } from "../../nodes/spotify-token/status";
import { signInWithApp } from "../support/own-app";
import { useStage } from "../support/stage";

const DAY = 86_400_000;
const SCOPES = ["user-read-playback-state"];

describe("a sign-in that is about to expire", () => {
  const stage = useStage();

  function listen(session: Session): (SignInExpiring & { at: number })[] {
    const told: (SignInExpiring & { at: number })[] = [];
    session.on("signInExpiring", (expiring) => told.push({ ...expiring, at: Date.now() }));
    return told;
  }

  it("is reported 30 and 7 days before, once each, and in the log too", async () => {
    const { simulator, time } = stage.current;
    const warnings: string[] = [];
    const session = stage.current.session(undefined, {
      log: (level, message) => void (level === "warn" && warnings.push(message)),
    });
    const told = listen(session);
    const clientId = await signInWithApp(simulator, session, stage.current.account(), SCOPES);
    const until = session.signIns.list()[0]!.until!;
    await time.fastForward(until - Date.now() - 31 * DAY);
    assert.equal(told.length, 0);
    await time.fastForward(30 * DAY);
    assert.deepEqual(
      told.map((notice) => [notice.clientId, notice.until, Math.ceil((until - notice.at) / DAY)]),
      [
        [clientId, until, 30],
        [clientId, until, 7],
      ],
    );
    assert.equal(warnings.filter((message) => /is over in (29|30|6|7) days/.test(message)).length, 2);
  });

  it("is reported again after a restart, and no more after the user has signed in again", async () => {
    const { simulator, time } = stage.current;
    const state = new MemoryStateStore();
    const account = stage.current.account();
    const first = stage.current.session(undefined, { state });
    const clientId = await signInWithApp(simulator, first, account, SCOPES);
    await time.fastForward(first.signIns.list()[0]!.until! - Date.now() - 5 * DAY);
    await first.close();
    const second = stage.current.session(undefined, { state });
    const told = listen(second);
    await second.connect();
    assert.deepEqual(
      told.map(({ daysLeft }) => daysLeft),
      [5],
    );
    await signInWithApp(simulator, second, account, SCOPES, simulator.apps.get(clientId));
    await time.fastForward(30 * DAY);
    assert.equal(told.length, 1);
  });

  it("has its last 30 days counted in a node's status, and the last 7 in yellow", async () => {
    const { simulator, time } = stage.current;
    const session = stage.current.session(undefined);
    const clientId = await signInWithApp(simulator, session, stage.current.account(), SCOPES);
    const until = session.signIns.list()[0]!.until!;
    const seen: unknown[] = [];
    for (const days of [31, 30, 7]) {
      await time.fastForward(until - Date.now() - days * DAY - 60_000);
      const token = await session.tokens.getTokenWithClientId(SCOPES, clientId);
      const red = { _: (key: string) => key } as Parameters<typeof composeStatus>[0];
      const { fill, text } = composeStatus(red, {
        account: { session, isLoaded: true },
        problem: undefined,
        token,
        error: undefined,
        asking: false,
        source: "auto",
        lacksScopes: false,
        clientId,
      });
      assert.ok(text!.length < 20, text);
      seen.push([fill, / (\d+d)$/.exec(text!)?.[1]]);
    }
    assert.deepEqual(seen, [
      ["green", undefined],
      ["green", "30d"],
      ["yellow", "7d"],
    ]);
  });
});
