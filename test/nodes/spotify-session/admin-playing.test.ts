import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import type { NodeAPI } from "node-red";
import helper from "node-red-node-test-helper";
import { LEASE, watchPlaying } from "../../../nodes/spotify-session/playing-watch";
import type { ListedDevice, Session } from "../../../src";
import { DeviceType } from "../../../src/proto/gen/connect_pb";
import { Simulator, type Account } from "../../simulator";
import { Flow } from "../support/flow";

interface Answer {
  state: Record<string, unknown> | null;
  devices: { name: string; type: string; isActive: boolean; isAsleep: boolean }[];
  problem: { code: string; message: string } | null;
}

describe("What the account's dialog asks about playback", () => {
  let simulator: Simulator;
  let account: Account;
  let flow: Flow;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount({ username: "mira" });
    flow = new Flow();
  });

  afterEach(async () => {
    await flow.dispose();
    await simulator.close();
  });

  async function get(status = 200, id = "session"): Promise<{ text: string; answer: Answer }> {
    const response = await helper.request().get(`/spotify-session/${id}/playing`).expect(status);
    if (status !== 404) assert.equal(response.get("cache-control"), "no-store");
    return { text: response.text, answer: response.body as Answer };
  }
  const ask = async (): Promise<Answer> => (await get()).answer;

  /** Asks until the devices are as wanted, because they are listed only after the first answer. */
  async function devices(wanted: (listed: Answer["devices"]) => boolean): Promise<Answer["devices"]> {
    for (;;) {
      const { devices: listed } = await ask();
      // A speaker in the network of this machine may answer as well.
      const online = listed.filter(({ isAsleep }) => !isAsleep);
      if (wanted(online)) return online;
      await new Promise(setImmediate);
    }
  }

  it("is answered with the song, its picture and the device, and nothing else", async () => {
    account.playback.resume();
    await flow.deploy(simulator, account, []);
    const { state, problem } = await ask();
    assert.deepEqual(state, {
      status: "playing",
      title: "Loopback Lullaby",
      artist: "The Ephemeral Ports",
      album: state!["album"],
      image: state!["image"],
      device: { name: "Kitchen", type: "speaker", isPrivate: false },
    });
    assert.match(String(state["image"]), /^https:\/\/i\.scdn\.co\/image\/ab67616d00001e02/);
    assert.equal(typeof state["album"], "string");
    assert.equal(problem, null);
  });

  it("is answered with the devices, once they are listed, and with the present state of the active one", async () => {
    const { playback } = account;
    playback.resume();
    await flow.deploy(simulator, account, []);
    assert.deepEqual(await devices(({ length }) => length > 0), [
      { name: "Kitchen", type: "speaker", isActive: true, isAsleep: false },
      { name: "Study", type: "computer", isActive: false, isAsleep: false },
    ]);
    playback.transfer(playback.devices[1]!);
    await devices((listed) => listed.some(({ name, isActive }) => name === "Study" && isActive));
  });

  it("is answered with a new device, and without one that has left", async () => {
    const { playback } = account;
    playback.resume();
    await flow.deploy(simulator, account, []);
    await devices(({ length }) => length === 2);
    const phone = playback.addDevice({ name: "Phone", type: DeviceType.SMARTPHONE });
    await devices((listed) => listed.some(({ name, type }) => name === "Phone" && type === "smartphone"));
    playback.removeDevice(phone);
    await devices((listed) => listed.every(({ name }) => name !== "Phone"));
  });

  it("is answered with whether a private session is on", async () => {
    const secret = account.playback.addDevice({ name: "Bedroom", isPrivate: true });
    account.playback.play({ item: 0, device: secret });
    await flow.deploy(simulator, account, []);
    assert.deepEqual((await ask()).state!["device"], { name: "Bedroom", type: "speaker", isPrivate: true });
  });

  it("is answered without a username, a device ID or a credential", async () => {
    account.playback.resume();
    await flow.deploy(simulator, account, []);
    await devices(({ length }) => length > 0);
    const { text } = await get();
    const { auth_data: credential } = JSON.parse(account.credentialsJson) as { auth_data: string };
    const ids = account.playback.devices.map(({ id }) => id);
    for (const secret of [account.username, credential, ...ids]) {
      assert.ok(secret.length > 0);
      assert.equal(text.includes(secret), false, secret);
    }
  });

  it("is answered with the reason if the account is not signed in", async () => {
    await flow.deploy(simulator, undefined, []);
    const { state, devices: listed, problem } = await ask();
    assert.deepEqual([state, listed, problem?.code], [null, [], "NOT_SIGNED_IN"]);
  });

  it("leaves no listener when the account is closed", async () => {
    account.playback.resume();
    await flow.deploy(simulator, account, []);
    assert.ok(flow.sessionNode.open());
    await flow.sessionState("ready");
    const { player, signIns } = flow.sessionNode.session!;
    const listeners = (): number[] => [
      player.listenerCount("change"),
      player.listenerCount("trouble"),
      signIns.listenerCount("change"),
    ];
    const before = listeners();
    await ask();
    assert.deepEqual(
      listeners(),
      before.map((count) => count + 1),
    );
    await flow.stop();
    assert.deepEqual(listeners(), [0, 0, 0]);
  });

  it("is answered with 404 for an account that is not deployed, and for other nodes", async () => {
    await flow.deploy(simulator, account, []);
    await get(404, "another");
    await get(404, "catch");
  });
});

describe("A notice about playback for open dialogs", () => {
  let clock: Clock & { uninstall(): void };
  let session: EventEmitter & { player: EventEmitter; signIns: EventEmitter };
  /** Listing the devices waits for this promise. */
  let listings: { resolve(devices: Partial<ListedDevice>[]): void; reject(cause: Error): void }[];
  let told: string[];
  let RED: Pick<NodeAPI, "comms">;

  beforeEach(() => {
    clock = FakeTimers.install();
    listings = [];
    const devices = (): Promise<Partial<ListedDevice>[]> =>
      new Promise((resolve, reject) => listings.push({ resolve, reject }));
    const player = Object.assign(new EventEmitter(), { devices });
    session = Object.assign(new EventEmitter(), { player, signIns: new EventEmitter() });
    told = [];
    RED = {
      comms: { publish: (topic, data) => void told.push(`${topic} ${JSON.stringify(data)}`) },
    };
  });

  afterEach(() => clock.uninstall());

  const watch = (): ReturnType<typeof watchPlaying> =>
    watchPlaying(RED, "account", session as unknown as Session);
  const names = (): unknown[] =>
    watch()
      .devices()
      .map(({ name }) => name);
  const settled = (): Promise<void> => Promise.resolve().then(() => Promise.resolve());
  const change = (...changed: string[]): void =>
    void session.player.emit("change", { previous: {}, changed });

  it("is sent for half a minute after a dialog has asked, and does not say what plays", () => {
    watch();
    change("track");
    assert.deepEqual(told, ['spotify-session/playing {"account":"account"}']);
    clock.tick(LEASE - 1);
    change("playback");
    assert.equal(told.length, 2);
    clock.tick(1);
    change("track");
    assert.equal(told.length, 2);
  });

  it("is sent as long as dialogs ask again, with one listener for all of them", () => {
    for (let i = 0; i < 100; i++) {
      watch();
      clock.tick(LEASE / 2);
    }
    assert.equal(session.player.listenerCount("change"), 1);
    change("device");
    assert.equal(told.length, 1);
    clock.tick(LEASE);
    assert.deepEqual([session.player.listenerCount("change"), session.listenerCount("state")], [0, 0]);
    assert.equal(clock.countTimers(), 0);
  });

  it("is not sent for a volume that fades or a position, and at most twice a second", () => {
    watch();
    for (let i = 0; i < 100; i++) change("volume", "position", "queue");
    assert.deepEqual(told, []);
    for (let i = 0; i < 100; i++) {
      change("track");
      clock.tick(50);
    }
    assert.ok(told.length <= 11, `told ${told.length} times in 5 s`);
  });

  it("is not sent after the session has ended", () => {
    watch();
    session.emit("state", { state: "closed" });
    for (const emitter of [session, session.player, session.signIns]) {
      assert.deepEqual(emitter.eventNames(), []);
    }
    assert.equal(clock.countTimers(), 0);
  });

  it("is sent if playback cannot be read, and when the account is signed in", () => {
    watch();
    session.player.emit("trouble", new Error());
    assert.equal(told.length, 1);
    clock.tick(500);
    session.signIns.emit("change");
    assert.equal(told.length, 2);
  });

  it("is sent when the devices have been listed, unless they are unchanged", async () => {
    assert.deepEqual(names(), []);
    listings[0]!.resolve([{ name: "Kitchen" }]);
    await settled();
    assert.deepEqual([told.length, names()], [1, ["Kitchen"]]);
    clock.tick(20_000);
    // An answer of this age is requested again, so that a speaker that fell asleep is noticed.
    names();
    assert.equal(listings.length, 2);
    listings[1]!.resolve([{ name: "Kitchen" }]);
    await settled();
    assert.equal(told.length, 1);
  });

  it("makes the devices be listed once, no matter how many dialogs and changes ask for them", async () => {
    for (let i = 0; i < 100; i++) names();
    for (let i = 0; i < 100; i++) change("devices");
    assert.equal(listings.length, 1);
    listings[0]!.resolve([]);
    await settled();
    assert.equal(listings.length, 2);
    listings[1]!.reject(new Error());
    await settled();
    assert.equal(listings.length, 2);
  });

  it("never shows the devices of an account that has signed out", async () => {
    names();
    listings[0]!.resolve([{ name: "Kitchen" }]);
    await settled();
    change("devices");
    session.signIns.emit("change");
    assert.deepEqual(names(), []);
    listings[1]!.resolve([{ name: "Kitchen" }]);
    await settled();
    assert.deepEqual(names(), []);
  });
});
