import assert from "node:assert/strict";
import type { Session } from "../../src";
import type { Account, SimulatedDevice } from "../simulator";
import { CATALOGUE } from "../simulator/world/catalogue";
import { useStage } from "../support/stage";

describe("Commands on the internal route", () => {
  const stage = useStage();
  let account: Account;
  let playback: Account["playback"];
  let session: Session;
  let kitchen: SimulatedDevice;
  let study: SimulatedDevice;

  beforeEach(async () => {
    account = stage.current.account();
    playback = account.playback;
    [kitchen, study] = playback.devices as [SimulatedDevice, SimulatedDevice];
    session = await stage.current.connected(account, { observe: true });
  });

  it("pauses and resumes", async () => {
    const paused = await session.player.pause();
    assert.equal(playback.state.status, "paused");
    assert.equal(paused.status, "paused");
    const going = await session.player.resume();
    assert.equal(playback.state.status, "playing");
    assert.equal(going.status, "playing");
    assert.equal((await session.player.toggle()).status, "paused");
  });

  it("skips, seeks, shuffles, repeats, sets the volume", async () => {
    const first = playback.state.item?.uri;
    const next = await session.player.next();
    assert.notEqual(next.uri, first);
    assert.equal(next.uri, playback.state.item?.uri);
    const back = await session.player.previous();
    assert.equal(back.uri, first);
    const sought = await session.player.seek("1:00");
    assert.ok(Math.abs((sought.position ?? 0) - 60_000) < 2_000);
    assert.equal((await session.player.setShuffle(true)).shuffle, true);
    assert.equal(playback.state.shuffle, true);
    assert.equal((await session.player.setRepeat("track")).repeat, "track");
    assert.equal((await session.player.setVolume("+5")).volume, 45);
    assert.equal(kitchen.volume, 45);
  });

  it("plays a playlist in another room at a volume, at once", async () => {
    const list = CATALOGUE.defaultPlaylist;
    const state = await session.player.play({ uri: list.uri, device: "study", volume: 20, shuffle: false });
    assert.equal(playback.active, study);
    assert.equal(study.volume, 20);
    assert.equal(state.context?.uri, list.uri);
    assert.equal(state.device?.name, "Study");
    assert.equal(state.volume, 20);
    const kinds = stage.current.simulator.stats.deviceCommands.map(({ kind, endpoint }) => endpoint || kind);
    assert.deepEqual(kinds, ["volume", "play"]);
  });

  it("transfers playback, queues, takes a snapshot and restores it", async () => {
    const uri = playback.state.item?.uri;
    await session.player.transfer("Study");
    assert.equal(playback.active, study);
    const [, , third] = CATALOGUE.defaultPlaylist.items;
    const queued = await session.player.queue(third!.uri);
    assert.equal(queued.queue?.[0]?.uri, third!.uri);
    const snapshot = await session.player.snapshot();
    assert.equal(snapshot.uri, uri);
    await session.player.play(third!.uri);
    assert.equal(playback.state.item?.uri, third!.uri);
    const restored = await session.player.restore(snapshot);
    assert.equal(restored.uri, uri);
    assert.equal(playback.state.item?.uri, uri);
    assert.equal(playback.state.context?.uri, CATALOGUE.defaultPlaylist.uri);
  });

  it("says that a device accepted a command, but did nothing", async () => {
    kitchen.conduct.isDeaf = true;
    await assert.rejects(session.player.pause({ timeout: 500 }), { code: "NOT_CONFIRMED" });
  });

  it("transfers playback to the device that is named beside the value, which may be anything", async () => {
    await session.player.command("transfer", "ON", { device: "Study" });
    assert.equal(playback.active, study);
  });

  it("has Spotify wake a named device that is asleep, and transfers playback to it", async () => {
    study.disconnect();
    study.conduct.wakesAfter = 30;
    const steps: string[] = [];
    const state = await session.player.transfer("Study", { onStep: ({ name }) => steps.push(name) });
    assert.equal(playback.active, study);
    assert.equal(state.device?.name, "Study");
    assert.ok(steps.includes("waking"));
  });

  it("wakes no device that was not named", async () => {
    study.disconnect();
    study.conduct.wakesAfter = 30;
    await session.player.pause();
    await assert.rejects(session.player.transfer("Study", { wake: false }), { code: "DEVICE_NOT_FOUND" });
    assert.equal(study.isOnline, false);
  });

  it("sets shuffle and repeat on a device that knows only the separate commands", async () => {
    kitchen.conduct.lacksSetOptions = true;
    assert.equal((await session.player.setShuffle(true)).shuffle, true);
    assert.equal((await session.player.setRepeat("track")).repeat, "track");
    assert.equal(playback.state.repeat, "track");
    assert.equal((await session.player.setRepeat("off")).repeat, "off");
  });

  it("keeps shuffle and repeat when something else is played", async () => {
    await session.player.setShuffle(true);
    await session.player.setRepeat("context");
    const state = await session.player.play({ uri: CATALOGUE.defaultPlaylist.uri, device: "Study" });
    assert.deepEqual([state.shuffle, state.repeat], [true, "context"]);
    assert.deepEqual([playback.state.shuffle, playback.state.repeat], [true, "context"]);
  });
});
