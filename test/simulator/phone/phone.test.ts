import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { startControl } from "../control";
import type { HttpService } from "../http";
import { Simulator, type Account } from "../index";
import { CATALOGUE } from "../world/catalogue";
import { listenImpatiently } from "./impatient-listener";
import type { PhoneView } from "./phone-view";

describe("simulator: the page of a phone", () => {
  let simulator: Simulator;
  let account: Account;
  let control: HttpService;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount({ username: "mira" });
    control = await startControl(simulator, {}, 0);
  });

  afterEach(async () => {
    await control.close();
    await simulator.close();
  });

  const send = (path: string, body?: object): Promise<Response> =>
    fetch(control.url + path, {
      ...(body !== undefined && {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
  const view = async (): Promise<PhoneView> => (await (await send("/phone/mira")).json()) as PhoneView;
  const press = async (action: string, value?: unknown): Promise<PhoneView> => {
    const answer = await send("/phone/mira", { action, value });
    assert.equal(answer.status, 200, action);
    return (await answer.json()) as PhoneView;
  };

  it("is one file that loads no external resource and cannot be framed", async () => {
    const response = await send("/phone");
    assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
    assert.match(
      response.headers.get("content-security-policy") ?? "",
      /default-src 'none'.*frame-ancestors 'none'/,
    );
    const page = await response.text();
    assert.match(page, /<body data-account="mira">/);
    assert.doesNotMatch(page, /(?:src|href)=|@import|https?:\/\/(?!www\.w3\.org)/);
    for (const id of ["play", "next", "previous", "volume", "seek", "playlist", "device", "title"]) {
      assert.match(page, new RegExp(`id="phone-${id}"`), id);
    }
  });

  it("shows the item, the device, and the choices", async () => {
    const { status, item, context, device, devices, contexts, hasControl } = await view();
    assert.deepEqual(
      [status, item.title, item.artist],
      ["playing", "Loopback Lullaby", "The Ephemeral Ports"],
    );
    assert.equal(context?.uri, CATALOGUE.defaultPlaylist.uri);
    assert.deepEqual([device?.name, device?.type, device?.volume], ["Kitchen", "speaker", 40]);
    assert.deepEqual(
      devices.map(({ name }) => name),
      ["Kitchen", "Study"],
    );
    assert.deepEqual(
      contexts.slice(0, 3).map(({ name }) => name),
      ["Liked Songs", CATALOGUE.defaultPlaylist.name, "Dinner"],
    );
    assert.equal(hasControl, false);
  });

  it("pauses, resumes, skips, goes back and seeks", async () => {
    assert.equal((await press("pause")).status, "paused");
    assert.equal((await press("play")).status, "playing");
    assert.equal((await press("next")).item.title, "Three-Way Handshake");
    assert.equal((await press("previous")).item.title, "Loopback Lullaby");
    const { position } = await press("seek", 61_000);
    assert.ok(position >= 61_000 && position < 63_000, String(position));
  });

  it("sets volume, shuffle and repeat", async () => {
    assert.equal((await press("volume", 17)).device?.volume, 17);
    assert.equal((await press("shuffle", true)).shuffle, true);
    assert.equal((await press("repeat", "track")).repeat, "track");
  });

  it("plays the chosen context on the chosen device", async () => {
    const dinner = await press("playlist", CATALOGUE.dinner.uri);
    assert.deepEqual([dinner.context?.name, dinner.item.title], ["Dinner", CATALOGUE.dinner.items[0]?.name]);
    const study = dinner.devices[1]!;
    assert.equal((await press("device", study.id)).device?.name, "Study");
    assert.equal((await press("playlist", "spotify:user:mira:collection")).context?.name, "Liked Songs");
    assert.equal((await press("playlist", CATALOGUE.shows[0]!.uri)).item.album, "The Hidden Observer");
  });

  it("queues a song, plays an advert, and switches the speakers off", async () => {
    await press("queue");
    assert.equal((await press("next")).item.title, CATALOGUE.lonelyTrack.name);
    await press("advert");
    assert.match(account.playback.state.item.uri, /^spotify:ad:/);
    const { status, device } = await press("stop");
    assert.deepEqual([status, device], ["idle", null]);
  });

  it("takes control from the loudspeakers, and returns it", async () => {
    await view();
    assert.equal((await send("/take-over", { account: "mira" })).status, 200);
    const { hasControl, device, devices } = await view();
    assert.deepEqual([hasControl, device?.name, device?.type], [true, "mira's phone", "smartphone"]);
    assert.deepEqual(devices.map(({ name }) => name).toSorted(), ["Kitchen", "Study", "mira's phone"]);
    assert.equal((await send("/leave", { account: "mira" })).status, 200);
    assert.equal((await view()).hasControl, false);
  });

  it("answers 400 to an invalid order, and does nothing", async () => {
    const before = await view();
    for (const order of [
      {},
      { action: "explode" },
      { action: "constructor" },
      { action: "volume", value: 101 },
      { action: "seek", value: "far" },
      { action: "repeat", value: "often" },
      { action: "playlist", value: "spotify:playlist:none" },
      { action: "device", value: "none" },
    ]) {
      const answer = await send("/phone/mira", order);
      assert.equal(answer.status, 400, JSON.stringify(order));
      assert.ok(Object(await answer.json()).error);
    }
    assert.equal((await send("/phone/nobody")).status, 400);
    assert.deepEqual({ ...(await view()), position: 0 }, { ...before, position: 0 });
  });
});

describe("simulator: an impatient listener", () => {
  let clock: Clock;
  let simulator: Simulator;

  beforeEach(async () => {
    simulator = await Simulator.start();
    clock = FakeTimers.install({
      toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"],
    });
  });

  afterEach(async () => {
    clock.uninstall();
    await simulator.close();
  });

  it("hears 25 seconds of each song, and waits while it is paused", () => {
    const account = simulator.addAccount();
    const title = (): string => account.playback.state.item.name;
    const end = listenImpatiently(account, 25_000);
    assert.equal(title(), "Loopback Lullaby");
    clock.tick(24_000);
    assert.equal(title(), "Loopback Lullaby");
    clock.tick(2_000);
    assert.equal(title(), "Three-Way Handshake");
    account.playback.pause();
    account.playback.seek(30_000);
    clock.tick(3_600_000);
    assert.equal(title(), "Three-Way Handshake");
    account.playback.resume();
    clock.tick(1_000);
    assert.equal(title(), "Sixty Seconds to Pong");
    end();
    clock.tick(30_000);
    assert.equal(title(), "Sixty Seconds to Pong");
  });
});
