import assert from "node:assert/strict";
import { once } from "node:events";
import type { PlaybackChange, PlaybackState, PlayerChange, Session, SessionOptions } from "../../src";
import type { Account } from "../simulator";
import { CATALOGUE } from "../simulator/world/catalogue";
import { signInWithApp } from "../support/own-app";
import { useStage } from "../support/stage";

describe("A session's player", () => {
  const stage = useStage();
  let account: Account;
  let playback: Account["playback"];
  let session: Session;
  let changes: PlayerChange[];

  beforeEach(() => {
    account = stage.current.account();
    // Creates the account's simulated devices.
    playback = account.playback;
    changes = [];
  });

  async function listen(options: SessionOptions = {}): Promise<void> {
    session = await stage.current.connected(account, { observe: true, ...options });
    session.player.on("change", (change) => changes.push(change));
    while (changes.length === 0) await once(session.player, "change");
  }

  /** The next change of this kind. */
  async function next(kind: PlaybackChange): Promise<PlaybackState> {
    for (;;) {
      const [change] = (await once(session.player, "change")) as [PlayerChange];
      if (change.changed.includes(kind)) return change.state;
    }
  }

  it("reads the playback from Spotify, and waits for the connection", async () => {
    session = await stage.current.connected(account, { observe: true });
    const before = session.player.state;
    const state = await session.player.refresh();
    assert.equal(before, undefined);
    assert.equal(state.title, playback.state.item?.name);
    assert.equal(state.device?.name, "Kitchen");
    assert.equal(state.account, account.username);
    assert.equal(state.source, "push");
  });

  it("opens the connection itself, if the session is not connected", async () => {
    session = stage.current.session(account, { observe: true });
    const { status } = await session.player.refresh();
    assert.equal(status, "playing");
  });

  it("reads once more over the open connection", async () => {
    await listen();
    const { connections, stats } = stage.current.simulator;
    await session.player.refresh();
    assert.equal(connections.length, 1);
    assert.equal(stats.dealerConnections, 1);
    assert.equal(changes.length, 1);
  });

  it("reports what a person does at a device", async () => {
    await listen();
    assert.deepEqual(changes[0]?.changed, []);
    let state = next("playback");
    playback.pause();
    assert.equal((await state).status, "paused");
    state = next("track");
    playback.next();
    assert.equal((await state).title, playback.state.item?.name);
    state = next("volume");
    playback.setVolume(77);
    assert.equal((await state).volume, 77);
    state = next("device");
    playback.transfer(playback.devices[1]!);
    assert.equal((await state).device?.name, "Study");
    state = next("context");
    playback.play({ context: CATALOGUE.contexts[1]! });
    assert.equal((await state).context?.name, CATALOGUE.contexts[1]!.name);
  });

  for (const habit of ["librespot", "go-librespot", "iphone"] as const) {
    it(`has all names of the playback on a device like ${habit}`, async () => {
      await listen();
      const item = CATALOGUE.tracks[7]!;
      const change = next("track");
      playback.play({ item, device: playback.addDevice({ name: "Bath", habit }) });
      const state = await change;
      assert.equal(state.title, item.name);
      assert.equal(state.artist, item.artists.map(({ name }) => name).join(", "));
      assert.equal(state.album, item.album.name);
      assert.equal(state.duration, item.durationMs);
      assert.equal(state.images.length, 3);
    });
  }

  it("reports once what has changed while there was no connection", async () => {
    await listen();
    const { simulator } = stage.current;
    simulator.dealer.drop();
    while (session.following.state === "connected") await once(session, "following");
    changes = [];
    const change = next("track");
    playback.next();
    playback.pause();
    await change;
    await session.player.refresh();
    assert.deepEqual(
      changes.map(({ changed }) => changed),
      [["track", "playback", "queue"]],
    );
  });

  it("forgets the playback when the account signs out", async () => {
    await listen();
    await session.signIns.signOutOfAll();
    assert.equal(session.player.state, undefined);
    await assert.rejects(session.player.refresh(), { code: "NOT_SIGNED_IN" });
  });
});

describe("A session's player cannot read the playback", () => {
  const stage = useStage();

  it("if the account is not signed in", async () => {
    const session = stage.current.session(undefined, { observe: true });
    await assert.rejects(session.player.refresh(), { code: "NOT_SIGNED_IN" });
  });

  it("if the session should not follow playback", async () => {
    const session = await stage.current.connected(undefined, { observe: false });
    await assert.rejects(session.player.refresh(), { code: "INVALID_ARGUMENT" });
  });

  it("if the session is closed before or during the request", async () => {
    stage.current.simulator.faults.connectStateSlow = 20_000;
    const session = await stage.current.connected(undefined, { observe: true });
    const refreshed = session.player.refresh();
    const rejected = assert.rejects(refreshed, { code: "CLOSED" });
    await session.close();
    await rejected;
    await assert.rejects(session.player.refresh(), { code: "CLOSED" });
  });

  it("if Spotify does not answer in ten seconds", async () => {
    const { time, simulator } = stage.current;
    simulator.faults.dealerSilent = "connection-id";
    const session = await stage.current.connected(undefined, { observe: true });
    const result = stage.current.settled(session.player.refresh());
    await time.advance(11_000);
    assert.equal(((await result) as unknown as { code: string }).code, "TIMEOUT");
  });

  it("if the dealer cannot be reached", async () => {
    const { time, simulator } = stage.current;
    simulator.faults.dealerStatus = 503;
    const session = await stage.current.connected(undefined, { observe: true });
    const result = stage.current.settled(session.player.refresh());
    await time.advance(11_000);
    assert.equal(((await result) as unknown as { code: string }).code, "UNREACHABLE");
  });
});

describe("A session's player with only the user's own app", () => {
  const stage = useStage();

  it("forgets the playback when Spotify ends the sign-in", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    account.playback.resume();
    const session = stage.current.session(undefined, { observe: true });
    const scopes = ["user-read-playback-state"];
    const clientId = await signInWithApp(simulator, session, account, scopes);
    const told = once(session.player, "change");
    session.player.on("change", () => undefined);
    await told;
    assert.equal(session.player.state?.status, "playing");
    simulator.revokeGrant(account);
    const { accessToken } = await session.tokens.getTokenWithClientId(scopes, clientId);
    session.tokens.refused(accessToken);
    await assert.rejects(session.tokens.getTokenWithClientId(scopes, clientId), { code: "SIGN_IN_EXPIRED" });
    assert.equal(session.player.state, undefined);
  });
});
