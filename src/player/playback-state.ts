/** What an account plays, as plain JSON. Every key is always there: null if Spotify does not say. */
export interface PlaybackState {
  /** `idle`: no device is active. The item is then what played last. */
  status: PlaybackStatus;
  /** Whether the status is `playing`. */
  playing: boolean;
  /** null if there is no item. */
  type: ItemType | null;
  title: string | null;
  /** The names of all artists, with commas between them. */
  artist: string | null;
  artists: Artist[];
  /** The album; the show of an episode. */
  album: string | null;
  albumUri: string | null;
  uri: string | null;
  /** On open.spotify.com. */
  url: string | null;
  /** The largest of `images`. */
  image: string | null;
  images: Picture[];
  /** ms */
  duration: number | null;
  /** ms, at the time `at`. */
  position: number | null;
  /** ms since the epoch. */
  at: number;
  context: PlaybackContext | null;
  device: PlaybackDevice | null;
  /** Percent; null if the device does not say. */
  volume: number | null;
  shuffle: boolean;
  smartShuffle: boolean;
  repeat: RepeatMode;
  /** What comes next, at most 20 items; null if the Web API is the source. */
  queue: QueuedItem[] | null;
  /** What cannot be done now, by the name of the action, with Spotify's reasons; null if the Web API is the source. */
  denied: Partial<Record<DeniedAction, string[]>> | null;
  /** The account's username. */
  account: string | null;
  source: "push" | "web-api";
}

export type PlaybackStatus = "playing" | "paused" | "idle";
export type ItemType = "track" | "episode" | "ad" | "local" | "other";
export type RepeatMode = "off" | "context" | "track";
export type DeniedAction =
  "pause" | "resume" | "play" | "seek" | "next" | "previous" | "shuffle" | "repeat" | "transfer" | "queue";

export interface Artist {
  name: string;
  uri: string | null;
}

export interface Picture {
  url: string;
  /** The length of a side in pixels; null if it is not known. */
  size: number | null;
}

export interface PlaybackContext {
  uri: string;
  /** Such as `playlist`, `album`, `artist`, `show`, `collection`, `station`, `search`. */
  type: string;
  name: string | null;
  /** On open.spotify.com. */
  url: string | null;
}

export interface PlaybackDevice {
  id: string;
  name: string | null;
  /** Such as `speaker`, `computer`, `smartphone`, `tv`, `cast_audio`. */
  type: string | null;
  /** Percent. */
  volume: number | null;
  canSetVolume: boolean;
  /** Whether the person listens in a private session. */
  isPrivate: boolean;
}

export interface QueuedItem {
  uri: string;
  title: string | null;
  artist: string | null;
  /** Whether a person queued it. */
  queued: boolean;
}

/** What can be different between two states, most important first. */
export const PLAYBACK_CHANGES = [
  "track",
  "playback",
  "device",
  "context",
  "volume",
  "shuffle",
  "repeat",
  "position",
  "queue",
  "devices",
  "details",
] as const;

export type PlaybackChange = (typeof PLAYBACK_CHANGES)[number];

/** A change of the state. */
export interface PlayerChange {
  state: PlaybackState;
  /** The state that was told last; undefined for the first state of an account. */
  previous: PlaybackState | undefined;
  /** Most important first. Empty for the first state of an account. */
  changed: PlaybackChange[];
}
