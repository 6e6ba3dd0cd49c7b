/** The current item and its position, on any device: it moves from item to item by the clock. */
import { randomBytes } from "node:crypto";
import type { ContextEntry, ItemEntry } from "./catalogue";
import { PlayClock } from "./play-clock";
import { Played } from "./played";
import { TrackList, type Row, type Upcoming } from "./track-list";

export type Repeat = "off" | "context" | "track";
export type Shuffle = "off" | "on" | "smart";

/** After this many ms, "previous" starts the item again. Source: go-librespot daemon/player.go. */
const RESTART_AFTER = 3000;
/** A test may set the clock a month ahead. Whole rounds beyond this number are skipped, so that no loop takes long. */
const MAX_ROUNDS = 2;

export class Player {
  readonly clock = new PlayClock();
  readonly played = new Played();
  readonly list = new TrackList();
  readonly #onEnd: () => void;
  #advert: { row: Row; resumeAt: number } | undefined;
  #isPlaying = false;
  #isFrozen = false;
  #speed = 1;
  #shuffle: Shuffle = "off";
  #repeat: Repeat = "context";
  #sessionId = newId();
  #playbackId = newId();
  #startedAt = Date.now();
  #timer: NodeJS.Timeout | undefined;

  /** @param onEnd called when an item has ended, and the next one plays, or nothing */
  constructor(context: ContextEntry, onEnd: () => void) {
    this.#onEnd = onEnd;
    this.list.load(context, 0, false);
    this.#start(0, true);
  }

  get row(): Row {
    return this.#advert?.row ?? this.list.current;
  }

  get isAdvert(): boolean {
    return this.#advert !== undefined;
  }

  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  get shuffle(): Shuffle {
    return this.#shuffle;
  }

  get repeat(): Repeat {
    return this.#repeat;
  }

  /** Seconds of the item per second; only episodes may have a speed other than 1. */
  get speed(): number {
    return this.row.item.uri.startsWith("spotify:episode:") ? this.#speed : 1;
  }

  /** 32 hex digits; different for each context. */
  get sessionId(): string {
    return this.#sessionId;
  }

  /** 32 hex digits; different each time that an item starts. */
  get playbackId(): string {
    return this.#playbackId;
  }

  /** When the context was started, ms since the epoch. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** The next items. With repeat on, the context starts again after its last item. */
  get upcoming(): Upcoming {
    return this.list.upcoming(this.#repeat !== "off");
  }

  /** @throws RangeError if there is no such item */
  load(
    source: ContextEntry | readonly ItemEntry[],
    first: number | undefined,
    position: number,
    isPlaying = true,
  ): void {
    this.advance();
    this.#leave();
    this.list.load(source, first, this.#shuffle !== "off");
    this.#sessionId = newId();
    this.#startedAt = Date.now();
    this.#start(position, isPlaying);
  }

  /** @param index the number of an item of the context @throws RangeError if there is no such item */
  jump(index: number, position: number): void {
    this.advance();
    this.#leave();
    this.list.jump(index);
    this.#start(position, true);
  }

  pause(): void {
    this.advance();
    if (!this.#isPlaying) return;
    this.#isPlaying = false;
    this.#place(this.clock.position);
  }

  /** @param position ms; by default where it was paused */
  resume(position?: number): void {
    this.advance();
    this.#isPlaying = true;
    this.#place(position ?? this.clock.position);
  }

  /** Stops, but keeps the reported state: the device has gone. */
  freeze(): void {
    this.advance();
    this.#isFrozen = true;
    this.clock.stop();
    clearTimeout(this.#timer);
  }

  /** Another device continues, or the same one after `freeze`: the position is announced again. */
  takeUp(): void {
    this.advance();
    this.#isFrozen = false;
    this.#place(this.clock.position);
  }

  next(): void {
    this.advance();
    this.#leave();
    this.#goOn(Date.now());
  }

  /** @param mayRestart whether it may start the item again */
  previous(mayRestart = true): void {
    this.advance();
    const restarts = mayRestart && this.clock.position > RESTART_AFTER;
    if (!restarts) this.#leave();
    if (!restarts && this.list.previous(this.#repeat !== "off")) this.#playbackId = newId();
    this.#place(0);
  }

  /** A position after the end leads to the next item. @param position ms */
  seek(position: number): void {
    this.advance();
    this.#place(position);
    this.advance();
  }

  /** @throws RangeError if it is not above 0 */
  setSpeed(speed: number): void {
    if (!(speed > 0)) throw new RangeError("A speed is above 0");
    this.advance();
    this.#speed = speed;
    this.#place(this.clock.position);
  }

  setShuffle(shuffle: Shuffle): void {
    this.advance();
    if (shuffle === "off") this.list.unshuffle();
    else if (this.#shuffle === "off") this.list.shuffle();
    this.#shuffle = shuffle;
  }

  setRepeat(repeat: Repeat): void {
    this.advance();
    this.#repeat = repeat;
  }

  /** Plays an advert; then the item continues at its position. */
  advert(item: ItemEntry): void {
    this.advance();
    this.#advert = {
      row: { item, uid: "", queued: false },
      resumeAt: this.#advert?.resumeAt ?? this.clock.position,
    };
    this.#start(0, true);
  }

  /** Catches up with the clock: moves on by one item for each one that has ended. */
  advance(): void {
    if (!this.clock.isRunning) return;
    let hasEnded = false;
    for (;;) {
      this.#leaveOutRounds();
      const rest = this.clock.position - this.row.item.durationMs;
      if (!this.clock.isRunning || this.row.item.durationMs === 0 || rest < 0) break;
      this.#end(Date.now() - rest / this.speed);
      hasEnded = true;
    }
    if (hasEnded) this.#onEnd();
  }

  #end(at: number): void {
    if (this.#advert !== undefined) {
      const { resumeAt } = this.#advert;
      this.#advert = undefined;
      return this.#start(resumeAt, true, at);
    }
    this.#remember(at);
    if (this.#repeat === "track") this.#start(0, true, at);
    else this.#goOn(at);
  }

  /** A skipped item counts as played. An advert ends. */
  #leave(): void {
    if (this.#advert === undefined) this.#remember(Date.now());
    this.#advert = undefined;
  }

  #remember(playedAt: number): void {
    this.played.add({ item: this.list.current.item, context: this.list.context, playedAt });
  }

  /** After the last item, the first one waits, paused, or plays with repeat on. */
  #goOn(at: number): void {
    const isNext = this.list.next();
    this.#start(0, this.#isPlaying && (isNext || this.#repeat !== "off"), at);
  }

  #start(position: number, isPlaying: boolean, at = Date.now()): void {
    this.#playbackId = newId();
    this.#isPlaying = isPlaying;
    this.#place(position, at);
  }

  #place(position: number, at = Date.now()): void {
    this.clock.set(position, this.#isPlaying ? this.speed : 0, at);
    if (this.#isFrozen) this.clock.stop();
    this.#plan();
  }

  /** Moves on by itself at the end of the item. */
  #plan(): void {
    clearTimeout(this.#timer);
    if (!this.clock.isRunning || this.row.item.durationMs === 0) return;
    const left = (this.row.item.durationMs - this.clock.position) / this.speed;
    this.#timer = setTimeout(() => {
      this.advance();
      // A timer may be early by a millisecond.
      this.#plan();
    }, clamped(left));
    this.#timer.unref();
  }

  #leaveOutRounds(): void {
    const { durationMs } = this.row.item;
    if (this.#repeat === "off" || this.list.hasQueued || this.isAdvert) return;
    const round =
      this.#repeat === "track"
        ? durationMs
        : this.list.items.reduce((sum, item) => sum + item.durationMs, 0) / this.speed;
    const behind = (this.clock.position - durationMs) / this.speed;
    if (round === 0 || behind <= MAX_ROUNDS * round) return;
    const leftOut = Math.floor(behind / round - 1) * round;
    this.clock.set(this.clock.position - leftOut * this.speed, this.speed);
  }
}

/** The longest delay of a timer. */
function clamped(ms: number): number {
  return Math.min(Math.max(1, Math.ceil(ms)), 2 ** 31 - 1);
}

function newId(): string {
  return randomBytes(16).toString("hex");
}
