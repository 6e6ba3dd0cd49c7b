/** A person's actions on a simulated phone. */
import type { Account } from "../world/accounts";
import { CATALOGUE } from "../world/catalogue";
import { choices } from "./phone-view";

const ADVERT_SECONDS = 15;

/** What each action does with its value. Each throws an Error for an invalid value. */
const ACTIONS: Readonly<Record<string, (account: Account, value: unknown) => void>> = {
  play: ({ playback }) => playback.resume(),
  pause: ({ playback }) => playback.pause(),
  next: ({ playback }) => playback.next(),
  previous: ({ playback }) => playback.previous(),
  seek: ({ playback }, value) => playback.seek(numberOf(value, Number.MAX_SAFE_INTEGER)),
  volume: ({ playback }, value) => playback.setVolume(numberOf(value, 100)),
  shuffle: ({ playback }, value) => playback.setShuffle(value === true),
  repeat: ({ playback }, value) => playback.setRepeat(repeatOf(value)),
  playlist: (account, value) => {
    const context = choices(account).find(({ uri }) => uri === value);
    if (context === undefined) throw new Error("There is nothing with this URI");
    account.playback.play({ context });
  },
  device: ({ playback }, value) => {
    const device = playback.devices.find(({ id }) => id === value);
    if (device === undefined) throw new Error("Only a simulated device can be chosen here");
    playback.transfer(device);
  },
  queue: ({ playback }) => playback.queue(CATALOGUE.lonelyTrack),
  advert: ({ playback }) => playback.advert(ADVERT_SECONDS),
  stop: ({ playback }) => playback.stop(),
};

/** @throws Error for an unknown action, or an invalid value */
export function orderPhone(account: Account, action: unknown, value: unknown): void {
  const act = typeof action === "string" && Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (act === undefined) throw new Error(`action: ${Object.keys(ACTIONS).join(", ")}`);
  act(account, value);
}

function numberOf(value: unknown, largest: number): number {
  if (typeof value === "number" && value >= 0 && value <= largest) return value;
  throw new Error(`value: a number from 0 to ${largest}`);
}

function repeatOf(value: unknown): "off" | "context" | "track" {
  if (value === "off" || value === "context" || value === "track") return value;
  throw new Error("value: off, context, track");
}
