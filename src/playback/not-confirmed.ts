import { SpotifyError } from "../core/errors";
import type { Scene, Target } from "./scene";

/**
 * The error for an order whose effect was not seen. Says what was seen instead.
 * @param isAccepted whether Spotify answered
 * @param limit ms
 */
export function notConfirmed(target: Target, scene: Scene, isAccepted: boolean, limit: number): SpotifyError {
  const device = target.name ?? "the device";
  const seconds = Math.max(0.1, Math.round(limit / 100) / 10);
  const start = isAccepted
    ? `Spotify accepted the command, but ${device} was not seen to carry it out within ${seconds} s.`
    : `Spotify did not answer within ${seconds} s.`;
  return new SpotifyError("NOT_CONFIRMED", `${start} ${seen(scene)}`);
}

function seen({ state }: Scene): string {
  const { device, playing, title } = state;
  if (device === null) return "No device is active.";
  const name = device.name ?? "A device";
  if (!playing) return `${name} is paused.`;
  return title === null ? `${name} is playing.` : `${name} plays “${title}”.`;
}
