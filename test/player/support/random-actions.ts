import { CATALOGUE, type ItemEntry } from "../../simulator/world/catalogue";
import type { Habit } from "../../simulator/world/habits";
import type { Playback } from "../../simulator/world/playback";
import type { Randomness } from "../../support/randomness";

export type Action = readonly [name: string, action: () => void];

const HABITS: readonly Habit[] = ["full", "librespot", "go-librespot", "iphone"];
const { contexts, tracks, episodes, localFile, lonelyTrack } = CATALOGUE;
const LONELY: readonly ItemEntry[] = [...tracks.slice(0, 3), episodes[0]!, localFile, lonelyTrack];
const MOST_DEVICES = 8;

/** The next possible actions of a person, or of a device by itself. */
export function playbackActions(random: Randomness, playback: Playback): Action[] {
  const { devices } = playback;
  const device = random.pick(devices);
  const percent = random.below(101);
  const context = random.pick(contexts);
  const item = random.below(context.items.length);
  const duration = playback.state.item.durationMs;
  return [
    ["pause", () => playback.pause()],
    ["resume", () => playback.resume()],
    ["next", () => playback.next()],
    ["previous", () => playback.previous()],
    [`play ${context.name} ${item}`, () => playback.play({ context, item })],
    [`play ${context.name} on ${device.name}`, () => playback.play({ context, device })],
    ["play a lonely item", () => playback.play({ item: random.pick(LONELY) })],
    ["seek", () => playback.seek(random.below(duration))],
    ["volume", () => playback.setVolume(percent)],
    ["volume of any device", () => playback.setVolume(percent, device)],
    ["shuffle", () => playback.setShuffle(random.chance(0.6), random.chance(0.5))],
    ["repeat", () => playback.setRepeat(random.pick(["off", "context", "track"]))],
    ["queue", () => playback.queue(random.pick([...tracks, ...episodes]))],
    [`transfer to ${device.name}`, () => playback.transfer(device)],
    ["stop", () => playback.stop()],
    ["advert", () => playback.advert(5 + random.below(30))],
    ["speed", () => playback.setSpeed(random.pick([0.5, 1, 1.5, 3.5]))],
    ["private", () => device.setPrivate(random.chance(0.5))],
    ["a device disconnects", () => device.disconnect()],
    ["a device connects", () => device.connect()],
    ["a device flaps", () => device.flap()],
    ["a step of a flap", () => random.pick(device.flapSteps())()],
    ["another habit", () => (device.habit = random.pick(HABITS))],
    ["a new device", () => addDevice(random, playback)],
    [
      "a device goes",
      () => {
        if (devices.length > 2) playback.removeDevice(device);
      },
    ],
  ];
}

function addDevice(random: Randomness, playback: Playback): void {
  if (playback.devices.length >= MOST_DEVICES) return;
  playback.addDevice({
    name: `Device ${playback.devices.length}`,
    habit: random.pick(HABITS),
    volume: random.below(101),
    disableVolume: random.chance(0.2),
    hidden: random.chance(0.2),
  });
}
