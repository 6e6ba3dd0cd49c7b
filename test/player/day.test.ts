import assert from "node:assert/strict";
import type { PlaybackState, Session } from "../../src";
import type { Account } from "../simulator";
import { CATALOGUE } from "../simulator/world/catalogue";
import type { SimulatedDevice } from "../simulator/world/devices";
import { useStage } from "../support/stage";

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const { dinner, party, dj, tracks, episodes, contexts } = CATALOGUE;
const show = contexts.find(({ uri }) => uri === episodes[0]!.album.uri)!;

describe("A day of an account", () => {
  const stage = useStage();
  let account: Account;
  let playback: Account["playback"];
  let session: Session;
  let told: string[];

  /** Runs an action, lets time pass, and compares the reported changes with the story. */
  async function then(action: () => unknown, passed: number, expected: string[]): Promise<void> {
    told = [];
    await action();
    await heard();
    // While music plays, time passes in steps: a push must not be unpacked minutes after its arrival.
    const step = passed > 5 * MINUTE ? passed : SECOND;
    for (let left = passed; left > 0; left -= step) {
      await stage.current.time.advance(Math.min(left, step));
      await heard();
    }
    assert.deepEqual(told, expected);
  }

  /** Resolves when all pushes so far have been handled. */
  async function heard(): Promise<void> {
    await stage.current.time.settle();
    const [connection] = stage.current.simulator.dealer.connectionsOf(account);
    await connection?.request("hm://nothing", {});
  }

  function inWords({ status, title, artist, device }: PlaybackState): string {
    return `${status} · ${title} · ${artist} · ${device?.name ?? "nowhere"}`;
  }

  it("is reported correctly: nothing false, nothing twice, and without the Web API", async function () {
    this.timeout(120_000);
    const { time, simulator } = stage.current;
    await time.settle();
    account = stage.current.account();
    playback = account.playback;
    const [kitchen, study] = playback.devices as [SimulatedDevice, SimulatedDevice];
    playback.stop();
    told = [];
    session = stage.current.session(account, { observe: true });
    session.player.on("change", ({ state, changed }) =>
      told.push(`${changed.join(" ") || "first"}: ${inWords(state)}`),
    );
    await then(() => session.connect(), SECOND, [
      "first: idle · Loopback Lullaby · The Ephemeral Ports · nowhere",
    ]);

    // Breakfast: a playlist in the kitchen.
    await then(() => playback.play({ context: dinner, device: kitchen }), MINUTE, [
      "track playback device context volume queue: playing · Nagle’s Waltz · Zero Copy Quartet · Kitchen",
    ]);
    await then(() => playback.setVolume(55), MINUTE, [
      "volume: playing · Nagle’s Waltz · Zero Copy Quartet · Kitchen",
    ]);
    await then(() => undefined, 2 * MINUTE, [
      "track queue: playing · Sliding Window Seat · Zero Copy Quartet · Kitchen",
    ]);
    await then(() => playback.seek(20_000), 10 * SECOND, [
      "position: playing · Sliding Window Seat · Zero Copy Quartet · Kitchen",
    ]);
    await then(() => playback.advert(30), 20 * SECOND, [
      "track: playing · Cables, Half Price · Patch Panel Paradise · Kitchen",
    ]);
    await then(() => undefined, 20 * SECOND, [
      "track: playing · Sliding Window Seat · Zero Copy Quartet · Kitchen",
    ]);

    // Spotify closes the dealer's connection, as it does several times a day.
    for (let times = 0; times < 3; times++) {
      await then(() => simulator.dealer.closeConnections(1001), 3 * SECOND, []);
    }
    await then(
      () => {
        simulator.dealer.closeConnections(1001);
        playback.next();
        playback.previous();
        playback.setVolume(50);
      },
      3 * SECOND,
      ["volume position: playing · Sliding Window Seat · Zero Copy Quartet · Kitchen"],
    );
    await then(() => playback.pause(), HOUR, [
      "playback: paused · Sliding Window Seat · Zero Copy Quartet · Kitchen",
    ]);

    // On the way to work: a phone that does not name the artist.
    const phone = playback.addDevice({ name: "Anna's iPhone", habit: "iphone" });
    await then(() => undefined, SECOND, [
      "devices: paused · Sliding Window Seat · Zero Copy Quartet · Kitchen",
    ]);
    await then(() => playback.play({ context: party, device: phone }), 10 * SECOND, [
      "track playback device context volume queue: playing · Exponential Back-Off · Señor Timeout, Ada Bytewell · Anna's iPhone",
    ]);
    // Its app wakes up: it is not active, active, gone, and back again.
    const [reconnects, becomesActive, disappears] = phone.flapSteps();
    await then(reconnects, 300, []);
    await then(becomesActive, 300, []);
    await then(disappears, 400, []);
    await then(becomesActive, 5 * SECOND, []);
    await then(() => phone.setPrivate(true), SECOND, [
      "devices: playing · Exponential Back-Off · Señor Timeout, Ada Bytewell · Anna's iPhone",
    ]);
    // A podcast at 1.5 times the speed.
    await then(() => playback.play({ context: show, item: 0 }), 10 * SECOND, [
      "track context queue: playing · Who Is Listening? · null · Anna's iPhone",
    ]);
    await then(() => playback.setSpeed(1.5), 10 * MINUTE, []);
    assert.ok(Math.abs(session.player.state!.position! - (10 * SECOND + 15 * MINUTE)) < 2 * SECOND);
    await then(() => disappears(), 2 * SECOND, [
      "playback device devices: idle · Who Is Listening? · null · nowhere",
    ]);

    // The machine sleeps, and music begins meanwhile.
    await then(
      () => {
        time.moveCalendar(2 * HOUR);
        playback.play({ context: dj, device: study });
      },
      20 * SECOND,
      [
        "track playback device context volume queue: playing · Good evening from your DJ · null · Study",
        "track queue: playing · Señal Perdida · Señor Timeout · Study",
      ],
    );

    // Evening: a librespot that sends no names; a person queues a song, skips, shuffles.
    const bath = playback.addDevice({ name: "Bath", habit: "librespot", volume: 30 });
    await then(() => playback.play({ context: party, item: 1, device: bath }), SECOND, [
      "devices: playing · Señal Perdida · Señor Timeout · Study",
      "track device context volume queue: playing · Five Hundred and Three · Señor Timeout · Bath",
    ]);
    await then(() => playback.queue(tracks[0]!), SECOND, [
      "queue: playing · Five Hundred and Three · Señor Timeout · Bath",
      // The name of the song in the queue.
      "details: playing · Five Hundred and Three · Señor Timeout · Bath",
    ]);
    await then(() => playback.next(), SECOND, [
      "track queue: playing · Loopback Lullaby · The Ephemeral Ports · Bath",
    ]);
    await then(() => playback.setRepeat("track"), SECOND, [
      "repeat: playing · Loopback Lullaby · The Ephemeral Ports · Bath",
    ]);
    await then(() => playback.stop(), 6 * HOUR, [
      "playback device volume: idle · Loopback Lullaby · The Ephemeral Ports · nowhere",
    ]);
    const { webApiRequests, connectStateRequests, dealerConnections } = simulator.stats;
    assert.deepEqual(webApiRequests, []);
    assert.equal(
      connectStateRequests.length,
      dealerConnections,
      "the observer registers once for a connection",
    );
  });
});
