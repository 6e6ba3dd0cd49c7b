import assert from "node:assert/strict";
import type { PlayerChange } from "../../src";
import { DeviceType } from "../../src/proto/gen/connect_pb";
import { CATALOGUE } from "../simulator/world/catalogue";
import { useStage } from "../support/stage";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A change as a line: what has changed, and what plays where since then. */
function line({ state, changed, previous }: PlayerChange): string {
  const what = previous ? changed.join(" ") : "first";
  const item = [state.title, state.artist ?? state.album].filter(Boolean).join(" · ");
  return `${what}: ${state.status}, ${item}, ${state.device?.name ?? "no device"}`;
}

describe("A day of music", () => {
  const stage = useStage();

  it("is told as it happens: nothing is missing, false or told twice, and the Web API is not asked", async () => {
    const { simulator, time } = stage.current;
    const account = stage.current.account({ keymaster: "refused" });
    const { playback } = account;
    const [kitchen] = playback.devices;
    assert.ok(kitchen);
    const phone = playback.addDevice({ name: "Phone", type: DeviceType.SMARTPHONE, habit: "iphone" });
    const bathroom = playback.addDevice({ name: "Bathroom", habit: "librespot", volume: 15 });
    playback.stop();

    const session = stage.current.session(account, { observe: true });
    const told: string[] = [];
    session.player.on("change", (change) => told.push(line(change)));
    /** What is told of `action` within `duration` ms. */
    const after = async (action: () => unknown, duration = 5 * SECOND): Promise<string[]> => {
      await action();
      await time.advance(duration);
      return told.splice(0);
    };
    const nothing: string[] = [];

    // 06:00 The house sleeps.
    assert.deepEqual(await after(() => session.connect()), [
      "first: idle, Loopback Lullaby · The Ephemeral Ports, no device",
    ]);

    // 07:00 The alarm: a playlist in the kitchen.
    assert.deepEqual(
      await after(() => playback.play({ context: CATALOGUE.defaultPlaylist, device: kitchen })),
      ["playback device volume: playing, Loopback Lullaby · The Ephemeral Ports, Kitchen"],
    );
    assert.deepEqual(await after(() => undefined, 2 * MINUTE), nothing, "a moving position is no change");
    assert.deepEqual(await after(() => undefined, 2 * MINUTE), [
      "track queue: playing, Three-Way Handshake · Ada Bytewell, Kitchen",
    ]);
    assert.deepEqual(await after(() => playback.setVolume(25)), [
      "volume: playing, Three-Way Handshake · Ada Bytewell, Kitchen",
    ]);
    assert.deepEqual(await after(() => playback.seek(150_000)), [
      "position: playing, Three-Way Handshake · Ada Bytewell, Kitchen",
    ]);

    // 07:10 Out of the house with the phone, whose connection flaps at the door.
    assert.deepEqual(await after(() => playback.transfer(phone)), [
      "device volume: playing, Three-Way Handshake · Ada Bytewell, Phone",
    ]);
    const [reconnect, becomeActive, disappear] = phone.flapSteps();
    assert.deepEqual(await after(reconnect, 300), nothing);
    assert.deepEqual(await after(becomeActive, 300), nothing);
    assert.deepEqual(await after(disappear, 600), nothing);
    assert.deepEqual(await after(() => (phone.connect(), playback.play({ device: phone }))), nothing);
    assert.deepEqual(await after(() => playback.pause()), [
      "playback: paused, Three-Way Handshake · Ada Bytewell, Phone",
    ]);
    assert.deepEqual(await after(() => phone.disconnect()), [
      "playback device devices: idle, Three-Way Handshake · Ada Bytewell, no device",
    ]);

    // 09:00 Spotify closes the dealer's connection several times.
    assert.deepEqual(await after(() => simulator.dealer.closeConnections(1001)), nothing);
    assert.deepEqual(
      await after(() => playback.play({ context: CATALOGUE.dinner, item: 0, device: bathroom })),
      ["track playback device context volume queue: playing, Nagle’s Waltz · Zero Copy Quartet, Bathroom"],
      "the device says no names, and the one message has them",
    );
    for (const next of [
      "Sliding Window Seat · Zero Copy Quartet",
      "Stateful in the Morning · Keep & Alive",
    ]) {
      const meanwhile = (): void => {
        simulator.dealer.closeConnections(1001);
        playback.next();
      };
      // oxlint-disable-next-line no-await-in-loop
      assert.deepEqual(await after(meanwhile), [`track queue: playing, ${next}, Bathroom`]);
    }

    // 10:00 The computer of Node-RED sleeps for two hours while the music is paused.
    assert.deepEqual(await after(() => playback.pause()), [
      "playback: paused, Stateful in the Morning · Keep & Alive, Bathroom",
    ]);
    assert.deepEqual(await after(() => time.moveCalendar(2 * HOUR), 2 * MINUTE), nothing);

    // 12:00 A podcast in the kitchen, at one and a half times its speed.
    const [show] = CATALOGUE.shows;
    const episodes = CATALOGUE.contexts.find(({ uri }) => uri === show?.uri);
    assert.ok(episodes);
    assert.deepEqual(await after(() => playback.play({ context: episodes, device: kitchen })), [
      "track playback device context volume queue: playing, Who Is Listening? · The Hidden Observer, Kitchen",
    ]);
    assert.equal(session.player.state?.type, "episode");
    assert.deepEqual(await after(() => playback.setSpeed(1.5), 10 * MINUTE), nothing);

    // 13:00 An advert between two songs.
    assert.deepEqual(await after(() => playback.play({ context: CATALOGUE.party, item: 0 })), [
      "track context queue: playing, Exponential Back-Off · Señor Timeout, Ada Bytewell, Kitchen",
    ]);
    assert.deepEqual(await after(() => playback.advert(30), 20 * SECOND), [
      "track: playing, Cables, Half Price · Patch Panel Paradise, Kitchen",
    ]);
    assert.equal(session.player.state?.type, "ad");
    assert.deepEqual(await after(() => undefined, 20 * SECOND), [
      "track: playing, Exponential Back-Off · Señor Timeout, Ada Bytewell, Kitchen",
    ]);

    // 18:00 The DJ talks, then plays.
    assert.deepEqual(await after(() => playback.play({ context: CATALOGUE.dj }), 8 * SECOND), [
      "track context queue: playing, Good evening from your DJ, Kitchen",
    ]);
    assert.equal(session.player.state?.type, "other");
    assert.deepEqual(await after(() => undefined, 8 * SECOND), [
      "track queue: playing, Señal Perdida · Señor Timeout, Kitchen",
    ]);

    // 23:00 Good night.
    assert.deepEqual(await after(() => playback.stop()), [
      "playback device volume: idle, Señal Perdida · Señor Timeout, no device",
    ]);
    assert.deepEqual(await after(() => undefined, 7 * HOUR), nothing);
    const { webApiRequests, connectStateRequests, dealerConnections } = simulator.stats;
    assert.deepEqual(webApiRequests, []);
    assert.equal(
      connectStateRequests.length,
      dealerConnections,
      "the observer registers once for a connection",
    );
  });
});
