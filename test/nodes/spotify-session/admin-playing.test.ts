import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import type { NodeAPI } from "node-red";
import helper from "node-red-node-test-helper";
import { LEASE, watchPlaying } from "../../../nodes/spotify-session/playing-watch";
import type { Session } from "../../../src";
import { Simulator, type Account } from "../../simulator";
import { Flow } from "../support/flow";

interface Answer {
  playing: Record<string, unknown> | null;
}

describe("What the account's dialog asks of what plays", () => {
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

  async function ask(status = 200, id = "session"): Promise<Answer> {
    const response = await helper.request().get(`/spotify-session/${id}/playing`).expect(status);
    if (status !== 404) assert.equal(response.get("cache-control"), "no-store");
    return response.body as Answer;
  }

  it("is answered with the song, its picture and the device, and nothing else", async () => {
    account.playback.resume();
    await flow.deploy(simulator, account, []);
    const { playing } = await ask();
    assert.deepEqual(Object.keys(playing ?? {}).toSorted(), [
      "album",
      "artist",
      "device",
      "image",
      "status",
      "title",
      "url",
    ]);
    assert.deepEqual(
      [playing!["status"], playing!["title"], playing!["artist"]],
      ["playing", "Loopback Lullaby", "The Ephemeral Ports"],
    );
    assert.match(String(playing!["image"]), /^https:\/\/i\.scdn\.co\/image\/ab67616d00001e02/);
    assert.deepEqual(playing!["device"], { name: "Kitchen", isPrivate: false });
  });

  it("is answered with nothing if nobody is signed in", async () => {
    await flow.deploy(simulator, undefined, []);
    assert.deepEqual(await ask(), { playing: null });
  });

  it("is not found for an account that is not deployed, and for other nodes", async () => {
    await flow.deploy(simulator, account, []);
    await ask(404, "another");
    await ask(404, "catch");
  });
});

describe("Whether open dialogs are told of what plays", () => {
  let clock: Clock & { uninstall(): void };
  let session: EventEmitter & { player: EventEmitter };
  let told: string[];
  let RED: Pick<NodeAPI, "comms">;

  beforeEach(() => {
    clock = FakeTimers.install();
    session = Object.assign(new EventEmitter(), { player: new EventEmitter() });
    told = [];
    RED = {
      comms: { publish: (topic, data) => void told.push(`${topic} ${JSON.stringify(data)}`) },
    };
  });

  afterEach(() => clock.uninstall());

  const watch = (): void => watchPlaying(RED, "account", session as unknown as Session);
  const change = (...changed: string[]): void =>
    void session.player.emit("change", { previous: {}, changed });

  it("is so for half a minute after one has asked, without saying what plays", () => {
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

  it("goes on while dialogs ask again, with one listener for all of them", () => {
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

  it("is not so for a volume that fades or a position, and at most twice a second", () => {
    watch();
    for (let i = 0; i < 100; i++) change("volume", "position", "queue");
    assert.deepEqual(told, []);
    for (let i = 0; i < 100; i++) {
      change("track");
      clock.tick(50);
    }
    assert.ok(told.length <= 11, `told ${told.length} times in 5 s`);
  });

  it("ends with the session", () => {
    watch();
    session.emit("state", { state: "closed" });
    assert.equal(session.player.listenerCount("change"), 0);
    assert.equal(clock.countTimers(), 0);
  });
});
