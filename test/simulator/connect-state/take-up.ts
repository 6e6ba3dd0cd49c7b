/** A simulated device continues the playback of a registered device. */
import type { PlaybackView } from "../world/playback-view";
import type { Playback } from "../world/playback";
import type { SimulatedDevice } from "../world/devices";

export function takeUp(
  { context, item, position, shuffle, repeat }: PlaybackView,
  device: SimulatedDevice,
  playback: Playback,
  isPaused: boolean,
): void {
  const { player } = playback;
  player.setShuffle(shuffle ? "on" : "off");
  player.setRepeat(repeat);
  const number = context?.items.findIndex(({ uri }) => uri === item.uri) ?? -1;
  const what = context !== undefined && number >= 0 ? { context, item: number } : { item };
  playback.play({ ...what, position, device, isPaused });
}
