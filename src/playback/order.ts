import type { RepeatMode } from "../player/playback-state";

/** One request to one device. A command is one order or several. */
export type Order =
  | PlayOrder
  | { kind: "resume" | "pause" | "next" | "previous" }
  /** ms */
  | { kind: "seek"; position: number }
  /** Percent, 0 to 100. */
  | { kind: "volume"; percent: number }
  /** At least one of the two. */
  | { kind: "options"; shuffle?: boolean; repeat?: RepeatMode }
  /** Moves what plays to the device. `restore` keeps it playing or paused as it is. */
  | { kind: "transfer"; playback: "restore" | "resume" | "pause" }
  | { kind: "queue"; uri: string };

export interface PlayOrder {
  kind: "play";
  /** URI of a playlist, an album, …; or else `uris`. */
  context?: string;
  /** URIs of tracks and episodes. */
  uris?: readonly string[];
  /** The number of the item to begin with, from 0, or its URI. */
  offset?: number | string;
  /** ms */
  position?: number;
  shuffle?: boolean;
  repeat?: RepeatMode;
  /** Whether it is loaded without playing. */
  paused?: boolean;
}

/** Orders that must never be sent twice: sent again, they do something else. */
export function isIdempotent({ kind }: Order): boolean {
  return kind !== "next" && kind !== "previous" && kind !== "transfer" && kind !== "queue";
}
