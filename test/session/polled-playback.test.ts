import assert from "node:assert/strict";
import type { PlayerChange, Session } from "../../src";
import { signInWithApp } from "../support/own-app";
import { useStage } from "../support/stage";

describe("Playback without pushes, because only the user's own app is signed in", () => {
  const stage = useStage();
  const reads = (): number =>
    stage.current.simulator.stats.webApiRequests.filter(({ path }) => path.startsWith("/v1/me/player"))
      .length;

  async function signedInWithApp(scopes: string[]): Promise<{ session: Session; told: PlayerChange[] }> {
    const account = stage.current.account();
    const session = stage.current.session(undefined, { observe: true });
    await session.connect();
    await signInWithApp(stage.current.simulator, session, account, scopes);
    account.playback.play({ item: 0 });
    const told: PlayerChange[] = [];
    return { session, told };
  }

  it("is read from the Web API only while there is a listener", async () => {
    const { time } = stage.current;
    const { session, told } = await signedInWithApp(["user-read-playback-state"]);
    const { playback } = stage.current.simulator.accounts.all()[0]!;
    await time.advance(60_000);
    assert.equal(reads(), 0);

    const listener = (change: PlayerChange): void => void told.push(change);
    session.player.on("change", listener);
    await time.advance(5_000);
    assert.deepEqual(
      told.map(({ state, changed }) => [state.source, state.status, state.title, changed]),
      [["web-api", "playing", "Loopback Lullaby", []]],
    );
    playback.next();
    await time.advance(15_000);
    assert.deepEqual(told.at(-1)?.changed, ["track"]);
    assert.equal(told.length, 2);

    session.player.off("change", listener);
    const before = reads();
    await time.advance(600_000);
    assert.equal(reads(), before);
  });

  it("is read with one request for two callers at the same time", async () => {
    const { session } = await signedInWithApp(["user-read-playback-state"]);
    const [one, other] = await Promise.all([session.player.refresh(), session.player.refresh()]);
    assert.equal(one.title, "Loopback Lullaby");
    assert.equal(other.title, one.title);
    assert.equal(reads(), 1);
  });

  it("says what is missing if the sign-in does not allow reading it", async () => {
    const { session } = await signedInWithApp(["user-read-email"]);
    const troubled = new Promise((resolve) => session.player.once("trouble", resolve));
    session.player.on("change", () => undefined);
    await troubled;
    assert.equal(session.player.problem?.code, "INVALID_SCOPE");
    await assert.rejects(session.player.refresh(), { code: "INVALID_SCOPE" });
    assert.equal(reads(), 0);
  });

  it("is replaced by Spotify's pushes as soon as the account is signed in too", async () => {
    const { time } = stage.current;
    const { session, told } = await signedInWithApp(["user-read-playback-state"]);
    const account = stage.current.simulator.accounts.all()[0]!;
    session.player.on("change", (change) => void told.push(change));
    await time.advance(5_000);
    await session.signIns.import(account.credentialsJson);
    await time.advance(5_000);
    const { state, changed } = told.at(-1)!;
    assert.deepEqual(
      [state.source, state.title, changed],
      ["push", "Loopback Lullaby", ["queue", "devices", "details"]],
    );
    const before = reads();
    await time.advance(300_000);
    assert.equal(reads(), before);
  });
});
