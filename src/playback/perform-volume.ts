import { SpotifyError } from "../core/errors";
import type { Amount } from "./command";
import type { Target } from "./scene";
import type { Work } from "./work";

/** Sets the volume of a device, which need not be the active one. */
export async function setVolume(work: Work, target: Target, to: Amount): Promise<void> {
  if (!target.canSetVolume) {
    throw new SpotifyError(
      "RESTRICTED",
      `The volume of ${target.name ?? "this device"} can only be set on the device itself.`,
      { reason: "volume_control_disallowed" },
    );
  }
  await work.carryOut({ kind: "volume", percent: percentFor(to, target) }, target);
}

/** From 0 to 100. */
export function percentFor(to: Amount, { name, volume }: Target): number {
  if ("at" in to) return bounded(to.at);
  if (volume !== null) return bounded(volume + to.by);
  throw new SpotifyError(
    "RESTRICTED",
    `${name ?? "The device"} does not say how loud it is: name a volume from 0 to 100.`,
  );
}

function bounded(percent: number): number {
  return Math.round(Math.max(0, Math.min(100, percent)));
}
