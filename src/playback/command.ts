import type { PlaybackState, RepeatMode } from "../player/playback-state";
import type { ListedDevice } from "./listed-device";
import type { Snapshot } from "./snapshot";

/** What a person asks for, checked and in one form. `readCommand` makes it of the value of a message. */
export type Command =
  | PlayCommand
  | { action: "pause" | "toggle" | "next" | "previous" | "transfer" | "snapshot" | "devices" }
  /** `to` in ms. */
  | { action: "seek"; to: Amount }
  /** `to` in percent. `over`: seconds in which the volume fades to it. */
  | { action: "volume"; to: Amount; over?: number }
  | { action: "shuffle"; to: boolean | "toggle" }
  | { action: "repeat"; to: RepeatMode | "toggle" }
  /** At least one. */
  | { action: "queue"; uris: readonly string[] }
  /** undefined: what plays. */
  | { action: "like" | "unlike"; uris: readonly string[] | undefined }
  | { action: "restore"; snapshot: Snapshot };

export interface PlayCommand {
  action: "play";
  /** undefined: go on with what was paused. */
  what: Playable | undefined;
  /** ms from the start of the item. */
  position?: number;
  shuffle?: boolean;
  repeat?: RepeatMode;
  /** Percent, set before it plays. */
  volume?: number;
}

/** What can be played. `offset` is the item to begin with: its number in the list from 0, or its URI. */
export type Playable =
  /** A playlist, an album, an artist, a show, Liked Songs, … */
  | { context: string; offset?: number | string }
  /** Tracks and episodes: at least one. */
  | { uris: readonly string[]; offset?: number | string }
  /** Words. The best match is played. */
  | { search: string; type?: SearchType };

export type SearchType = "track" | "album" | "artist" | "playlist" | "show" | "episode";

/** Something absolute, or how much more or less than now. */
export type Amount = { at: number } | { by: number };

export type RouteName = "internal" | "web-api";

/** How a command is carried out. */
export interface CommandOptions {
  /** ID, name or alias of a device; default: the active one. */
  device?: string;
  /** Whether to wait until the account's playback shows the effect. Default true. */
  confirm?: boolean;
  /** ms from the command's turn on, without the time in which a device is looked for. Default 8,000. */
  timeout?: number;
  /** Default `auto`: internal, else the Web API. */
  route?: "auto" | RouteName;
  /** Whether a device that was named and is asleep is woken. Default true. */
  wake?: boolean;
  /** Ends the command: what was sent already may still happen. */
  signal?: AbortSignal;
  /** Is told what the command does now, for a status. */
  onStep?: (step: Step) => void;
}

/** What a command does now. */
export interface Step {
  name:
    | "queued"
    | "reading"
    | "searching"
    /** Spotify is asked to wake its apps. */
    | "waking"
    /** Speakers on the local network are looked for, and asked to sign in. */
    | "looking-on-lan"
    /** The device is asked again and again, as an Echo needs. */
    | "transferring"
    | "sending"
    | "confirming"
    | "fading";
  /** The name of the device, if the step is about one. */
  device?: string;
}

/** What came of a command. */
export interface Outcome {
  /** The playback that followed. */
  state: PlaybackState;
  /** Of `devices`. */
  devices?: readonly ListedDevice[];
  /** Of `snapshot`. */
  snapshot?: Snapshot;
}
