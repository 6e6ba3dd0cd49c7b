import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { ClusterUpdateReason, DeviceType } from "../../../src/proto/gen/connect_pb";
import { DEFAULT_CONTEXT, ITEMS } from "./content";
import type { SimulatedDevice } from "./devices";
import { Playback, type PlaybackNews } from "./playback";

const { DEVICE_NEW_CONNECTION, DEVICE_STATE_CHANGED, DEVICES_DISAPPEARED } = ClusterUpdateReason;
const { DEVICE_VOLUME_CHANGED, NEW_DEVICE_APPEARED } = ClusterUpdateReason;
const [first, second, third] = ITEMS;
assert.ok(first && second && third);

describe("simulator: playback of an account", () => {
  let clock: Clock;
  let playback: Playback;
  let kitchen: SimulatedDevice;
  let study: SimulatedDevice;
  let news: PlaybackNews[];

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["Date", "setTimeout", "clearTimeout"], now: 1_800_000_000_000 });
    playback = new Playback();
    [kitchen, study] = playback.devices as [SimulatedDevice, SimulatedDevice];
    news = [];
    playback.on("change", (one) => news.push(one));
  });

  afterEach(() => {
    playback.close();
    assert.equal(clock.countTimers(), 0);
    clock.uninstall();
  });

  it("begins in the kitchen, with the first item of the default playlist", () => {
    const { status, item, context, device, position, volume, shuffle, repeat, queue } = playback.state;
    assert.deepEqual(
      [status, item, context, device, position, volume, shuffle, repeat],
      ["playing", first, DEFAULT_CONTEXT, kitchen, 0, 40, false, "context"],
    );
    assert.deepEqual([queue[0]?.uri, queue[0]?.queued], [second.uri, false]);
  });

  it("announces each change once, and a moving position not at all", () => {
    clock.tick(10_000);
    assert.deepEqual(news, []);
    playback.pause();
    playback.pause();
    playback.resume();
    playback.resume();
    playback.next();
    playback.seek(5000);
    playback.setShuffle(true, true);
    playback.setRepeat("track");
    playback.queue(third);
    assert.equal(news.length, 7);
    for (const one of news) {
      assert.deepEqual(one, { reason: DEVICE_STATE_CHANGED, devices: [kitchen.id] });
    }
    const { shuffle, smartShuffle, repeat, queue } = playback.state;
    assert.deepEqual([shuffle, smartShuffle, repeat, queue[0]?.queued], [true, true, "track", true]);
  });

  it("announces the end of an item by itself", () => {
    clock.tick(first.durationMs);
    assert.deepEqual(news, [{ reason: DEVICE_STATE_CHANGED, devices: [kitchen.id] }]);
    assert.equal(playback.state.item, second);
  });

  it("moves to another device and continues there, with that device's volume", () => {
    clock.tick(1000);
    playback.transfer(study);
    assert.deepEqual(news, [{ reason: DEVICE_STATE_CHANGED, devices: [study.id, kitchen.id] }]);
    clock.tick(1000);
    const { status, device, position, volume } = playback.state;
    assert.deepEqual([status, device, position, volume], ["playing", study, 2000, 65]);
  });

  it("announces the position again on another device, also on one that takes over from none", () => {
    clock.tick(1000);
    playback.transfer(study);
    const { player } = playback;
    assert.deepEqual([player.clock.timestamp, player.clock.positionAtTimestamp], [Date.now(), 1000]);
    playback.stop();
    clock.tick(5000);
    playback.transfer(kitchen);
    clock.tick(500);
    assert.deepEqual([playback.state.status, playback.state.position], ["playing", 1500]);
  });

  it("plays a context from an item and a position, or items without a context", () => {
    playback.play({ context: DEFAULT_CONTEXT, item: third, position: 7000, device: study });
    const { item, position, device } = playback.state;
    assert.deepEqual([item, position, device], [third, 7000, study]);
    playback.play({ item: 1 });
    assert.deepEqual([playback.state.item, playback.state.context], [second, DEFAULT_CONTEXT]);
    playback.play({ item: first });
    assert.deepEqual([playback.state.item, playback.state.context], [first, undefined]);
    playback.play({ items: [third, second], item: 1 });
    assert.deepEqual([playback.state.item, playback.state.context], [second, undefined]);
    assert.throws(() => playback.play({ item: 2 }), RangeError);
  });

  it("sets the volume of one device, whether it is active or not", () => {
    playback.setVolume(12);
    playback.setVolume(80, study);
    assert.deepEqual([kitchen.volume, study.volume, playback.state.volume], [12, 80, 12]);
    assert.deepEqual(news, [
      { reason: DEVICE_VOLUME_CHANGED, devices: [kitchen.id] },
      { reason: DEVICE_VOLUME_CHANGED, devices: [study.id] },
    ]);
  });

  it("stops: no device is active, the position does not move, the item is kept", () => {
    clock.tick(5000);
    playback.stop();
    clock.tick(first.durationMs);
    const { status, device, item, position } = playback.state;
    assert.deepEqual([status, device, item, position], ["idle", undefined, first, 5000]);
    assert.equal(news.length, 1);
    playback.resume();
    clock.tick(1000);
    assert.deepEqual([playback.state.device, playback.state.position], [kitchen, 6000]);
  });

  it("has further devices, of all kinds", () => {
    const phone = playback.addDevice({
      name: "Phone",
      type: DeviceType.SMARTPHONE,
      habit: "iphone",
      volume: 30,
    });
    assert.match(phone.id, /^[0-9a-f]{40}$/);
    assert.equal(phone.disableVolume, true);
    assert.deepEqual(news, [{ reason: NEW_DEVICE_APPEARED, devices: [phone.id] }]);
    assert.throws(() => playback.addDevice({ name: "Twin", id: phone.id }), RangeError);
    playback.transfer(phone);
    playback.removeDevice(phone);
    assert.deepEqual([playback.state.status, playback.devices], ["idle", [kitchen, study]]);
    assert.deepEqual(news.at(-1), { reason: DEVICES_DISAPPEARED, devices: [phone.id] });
    playback.resume();
    assert.equal(playback.state.device, kitchen);
  });

  it("has no more than 1,000 devices", () => {
    while (playback.devices.length < 1000) playback.addDevice({ name: "Speaker" });
    assert.throws(() => playback.addDevice({ name: "Speaker" }), /too many/);
  });

  it("lets an inactive device leave without a stop", () => {
    study.disconnect();
    assert.equal(playback.state.status, "playing");
    study.connect();
    assert.deepEqual(
      news.map(({ reason }) => reason),
      [DEVICES_DISAPPEARED, NEW_DEVICE_APPEARED],
    );
  });

  it("flaps like a phone, step by step, while the music continues", () => {
    const phone = playback.addDevice({ name: "Phone", habit: "iphone" });
    playback.transfer(phone);
    news.length = 0;
    const [reconnect, becomeActive, disappear] = phone.flapSteps();
    reconnect();
    assert.deepEqual([playback.state.status, phone.isOnline], ["idle", true]);
    clock.tick(600);
    becomeActive();
    assert.deepEqual([playback.state.status, playback.state.position], ["playing", 600]);
    disappear();
    assert.deepEqual([playback.state.status, phone.isOnline], ["idle", false]);
    assert.deepEqual(
      news.map(({ reason, devices }) => [reason, devices]),
      [
        [DEVICE_NEW_CONNECTION, [phone.id]],
        [DEVICE_STATE_CHANGED, [phone.id]],
        [DEVICES_DISAPPEARED, [phone.id]],
      ],
    );
    phone.connect();
    playback.transfer(phone);
    assert.equal(playback.state.status, "playing");
  });

  it("reports that an iPhone buffers each item before it plays it", () => {
    kitchen.habit = "iphone";
    const buffering: boolean[] = [];
    playback.on("change", () => buffering.push(playback.isBuffering));
    playback.play({ context: DEFAULT_CONTEXT, item: 1 });
    clock.tick(second.durationMs);
    playback.pause();
    assert.deepEqual(buffering, [true, false, true, false, false]);
  });

  it("plays an advert, and the music after it", () => {
    playback.advert(15);
    assert.match(playback.state.item.uri, /^spotify:ad:/);
    clock.tick(15_000);
    assert.equal(playback.state.item, first);
    assert.equal(news.length, 2);
  });

  it("names the command that it carries out", () => {
    playback.carryOut("abc", () => playback.pause());
    playback.resume();
    assert.deepEqual(
      news.map(({ ackId }) => ackId),
      ["abc", undefined],
    );
  });
});
