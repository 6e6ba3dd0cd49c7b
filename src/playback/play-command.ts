import type { PlaybackState } from "../player/playback-state";
import { repeatOptions } from "./repeat-options";
import type { PlayOrder } from "./order";

export interface PlayCommand {
  context: { uri?: string; metadata: object; [field: string]: unknown };
  [field: string]: unknown;
}

/**
 * The fields of the command `play`. Devices read `options`, as the web player calls them. The desktop app calls them
 * `prepare_play_options`, which librespot does not know.
 *
 * A device resolves the context itself, so that its pages are left out. Items without a context are the only page.
 *
 * Shuffle and repeat are always sent: librespot and go-librespot switch off what is missing.
 *
 * Sources: SpotAPI spotapi/player.py (the web player's form); librespot core/src/dealer/protocol/request.rs, `PlayCommand`, and
 * connect/src/spirc.rs, which plays the pages only if the context has no URI; go-librespot daemon/player.go; BridgeThing,
 * which sends only the URI.
 */
export function playCommand(order: PlayOrder, state: PlaybackState): PlayCommand {
  const { context, uris = [], offset, position, shuffle, repeat, paused = false } = order;
  const single = context ?? (uris.length === 1 ? uris[0] : undefined);
  const override = {
    shuffling_context: shuffle ?? state.shuffle,
    ...repeatOptions(repeat ?? state.repeat),
    // Otherwise smart shuffle would add items that the person did not choose.
    modes: { context_enhancement: "NONE" },
  };
  return {
    context:
      single === undefined
        ? { metadata: {}, pages: [{ tracks: uris.map((uri) => ({ uri })) }] }
        : { entity_uri: single, uri: single, url: `context://${single}`, metadata: {} },
    play_origin: { feature_identifier: featureOf(single), feature_version: "1" },
    options: {
      license: "premium",
      skip_to: skipTo(offset),
      initially_paused: paused,
      player_options_override: override,
      ...(position !== undefined && { seek_to: Math.round(position) }),
    },
    play_options: { reason: "interactive", operation: "replace", trigger: "immediately" },
  };
}

function skipTo(offset: number | string | undefined): object {
  if (offset === undefined) return {};
  return typeof offset === "number" ? { track_index: offset } : { track_uri: offset };
}

/** The part of Spotify's app in which a person would have chosen this. Source: the desktop app, WaveeMusic. */
function featureOf(uri = ""): string {
  const [, kind = ""] = uri.split(":");
  return ["playlist", "album", "artist", "show", "track"].includes(kind) ? kind : "harmony";
}
