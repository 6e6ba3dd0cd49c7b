import { cleanName } from "../core/clean-name";
import { SpotifyError } from "../core/errors";
import type { DeniedAction } from "../player/playback-state";
import type { Order } from "./order";
import type { Scene, Target } from "./scene";

/**
 * Spotify's reasons in plain words.
 * Sources: WaveeMusic's capture `playback_remote.saz`; librespot connect/src/state/restrictions.rs; Spotify's Web API
 * reference, "Player Error Reasons".
 */
const REASONS: Readonly<Record<string, string>> = {
  not_paused: "it plays already",
  not_playing: "nothing is playing",
  no_prev_track: "there is nothing before this item",
  no_next_track: "nothing comes after this item",
  not_supported_by_content_type: "what plays does not allow it (for example an advert)",
  no_associated_track: "what plays is not part of a playlist or an album",
  already_set: "it is so already",
  already_paused: "it is paused already",
  already_playing: "it plays already",
  volume_control_disallow: "the volume of the device can only be set on the device itself",
  remote_control_disallow: "the device cannot be controlled from elsewhere",
  device_not_controllable: "the device cannot be controlled from elsewhere",
  context_loading_failed: "the device cannot load it",
};

/** Why the active device cannot do this now, as Spotify says in advance; undefined if it can, or if nothing is known. */
export function denial(order: Order, target: Target, { state }: Scene): SpotifyError | undefined {
  // Spotify denies actions for what plays now. Another device may still take them.
  if (state.denied === null || state.device === null) return undefined;
  // A transfer is declined by the device that gives away what it plays.
  if (state.device.id !== target.id && order.kind !== "transfer") return undefined;
  for (const action of actionsOf(order)) {
    const reasons = state.denied[action];
    if (reasons !== undefined && reasons.length > 0) return restricted(action, reasons);
  }
  return undefined;
}

/** The error for what Spotify or a device declines. @param reasons Spotify's own words, most important first */
export function restricted(what: string, reasons: readonly string[]): SpotifyError {
  const word = cleanName(reasons[0] ?? "");
  const why = REASONS[word] ?? (word ? `Spotify says: ${word}` : "Spotify gives no reason");
  return new SpotifyError("RESTRICTED", `The command “${what}” is not possible now: ${why}.`, {
    ...(word && { reason: word }),
  });
}

function actionsOf(order: Order): DeniedAction[] {
  if (order.kind === "volume") return [];
  if (order.kind !== "options") return [order.kind];
  return [
    ...(order.shuffle === undefined ? [] : (["shuffle"] as const)),
    ...(order.repeat === undefined ? [] : (["repeat"] as const)),
  ];
}
