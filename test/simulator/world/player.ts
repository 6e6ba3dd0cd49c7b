/** An account's player: a song that moves on by the clock, and the devices it can sound on. */

export interface Track {
  id: string;
  name: string;
  artist: string;
  album: string;
  durationMs: number;
}

/** All of it invented: no such artist, no such song. */
export const TRACKS: readonly Track[] = [
  track("Sim0000000000000000001", "Loopback Lullaby", "The Ephemeral Ports", "Bound to Nothing", 184_000),
  track("Sim0000000000000000002", "Three-Way Handshake", "Ada Bytewell", "Round Trips", 211_500),
  track("Sim0000000000000000003", "Sixty Seconds to Pong", "Keep & Alive", "Idle Hours", 63_000),
  track("Sim0000000000000000004", "Minimal Big-Endian", "Ada Bytewell", "Round Trips", 247_250),
  track("Sim0000000000000000005", "No Content", "The Ephemeral Ports", "Bound to Nothing", 98_400),
];

export interface Device {
  id: string;
  name: string;
  type: string;
  volumePercent: number;
}

/** What the player was doing at one moment. */
export interface PlayerState {
  device: Device;
  track: Track;
  progressMs: number;
  isPlaying: boolean;
}

export interface PlayedTrack {
  track: Track;
  playedAt: number;
}

const MAX_HISTORY = 50;

export class Player {
  readonly devices: Device[] = [
    { id: "51d0000000000000000000000000000000000001", name: "Kitchen", type: "Speaker", volumePercent: 40 },
    { id: "51d0000000000000000000000000000000000002", name: "Study", type: "Computer", volumePercent: 65 },
  ];
  #active: Device | undefined = this.devices[0];
  #index = 0;
  #playing = true;
  /** Progress of the track at `#since`. */
  #progressMs = 0;
  #since = Date.now();
  readonly #history: PlayedTrack[] = [];

  /** What plays now, or undefined where no device is active. */
  state(): PlayerState | undefined {
    this.#advance();
    const device = this.#active;
    if (device === undefined) return undefined;
    return { device, track: this.#track(), progressMs: this.#progressMs, isPlaying: this.#playing };
  }

  /** Tracks that have ended or were skipped, newest first. */
  recentlyPlayed(): readonly PlayedTrack[] {
    this.#advance();
    return this.#history;
  }

  /** Makes a device the active one; undefined: everything is switched off. */
  activate(deviceId: string | undefined): boolean {
    this.#advance();
    const device = this.devices.find(({ id }) => id === deviceId);
    if (deviceId !== undefined && device === undefined) return false;
    this.#active = device;
    if (device === undefined) this.#playing = false;
    return true;
  }

  play(trackId?: string): boolean {
    this.#advance();
    if (trackId !== undefined) {
      const index = TRACKS.findIndex(({ id }) => id === trackId);
      if (index < 0) return false;
      this.#index = index;
      this.#progressMs = 0;
    }
    this.#playing = true;
    return true;
  }

  pause(): void {
    this.#advance();
    this.#playing = false;
  }

  next(): void {
    this.#advance();
    this.#moveTo(this.#index + 1, Date.now());
  }

  previous(): void {
    this.#advance();
    this.#moveTo(this.#index - 1, Date.now());
  }

  /** Behind the end of the track is the next track, as with the real one. */
  seek(positionMs: number): void {
    this.#advance();
    this.#progressMs = positionMs;
    this.#advance();
  }

  setVolume(percent: number): void {
    if (this.#active !== undefined) this.#active.volumePercent = percent;
  }

  /** Brings the state up to the clock: as many tracks on as have ended since it was last looked at. */
  #advance(): void {
    const now = Date.now();
    if (this.#playing) this.#progressMs += now - this.#since;
    this.#since = now;
    const all = TRACKS.reduce((sum, { durationMs }) => sum + durationMs, 0);
    // A clock that a test sets a month ahead must not cost a loop of a month: whole rounds are left out.
    if (this.#progressMs > 2 * all) this.#progressMs %= all;
    while (this.#progressMs >= this.#track().durationMs) {
      const rest = this.#progressMs - this.#track().durationMs;
      this.#moveTo(this.#index + 1, now - rest);
      this.#progressMs = rest;
    }
  }

  #moveTo(index: number, playedAt: number): void {
    this.#history.unshift({ track: this.#track(), playedAt });
    this.#history.length = Math.min(this.#history.length, MAX_HISTORY);
    this.#index = (index + TRACKS.length) % TRACKS.length;
    this.#progressMs = 0;
  }

  #track(): Track {
    const current = TRACKS[this.#index];
    if (current === undefined) throw new RangeError(`There is no track ${this.#index}`);
    return current;
  }
}

function track(id: string, name: string, artist: string, album: string, durationMs: number): Track {
  return { id, name, artist, album, durationMs };
}
