/**
 * The playback of an account: its devices, the active one, and the item that plays. Clusters and the Web API's answers
 * are made from it. Its methods are a person's actions at a device.
 */
import { EventEmitter } from "node:events";
import { ClusterUpdateReason } from "../../../src/proto/gen/connect_pb";
import { Announcer, type PlaybackNews } from "./announcer";
import { CATALOGUE, type ContextEntry, type ItemEntry } from "./catalogue";
import { DEFAULT_CONTEXT } from "./content";
import { DeviceList } from "./device-list";
import type { DeviceHost, DeviceOptions, SimulatedDevice } from "./devices";
import { saysBuffering } from "./habits";
import type { PlayedItem } from "./played";
import type { PlaybackView } from "./playback-view";
import { Player, type Repeat } from "./player";

export type { PlaybackNews } from "./announcer";

export interface PlayOptions {
  context?: ContextEntry;
  /** An item, or its number in the context. An item alone plays without a context. */
  item?: ItemEntry | number;
  /** Several items without a context. */
  items?: readonly ItemEntry[];
  /** ms */
  position?: number;
  /** It becomes the active one. */
  device?: SimulatedDevice;
  /** The ID of the device that starts it; by default the active one. */
  by?: string;
  /** Whether the loaded item is paused. */
  isPaused?: boolean;
}

export class Playback extends EventEmitter<{ change: [PlaybackNews] }> implements DeviceHost {
  readonly player: Player;
  readonly #devices = new DeviceList(this);
  #active: SimulatedDevice | undefined;
  /** The active device, or the one that was active last, whose last state is kept. */
  #speaker: SimulatedDevice;
  #isBuffering = false;
  #toldPlaybackId = "";
  #startedBy = "";
  #changedAt = Date.now();
  #queueRevision = 0;
  readonly #announcer = new Announcer((news) => this.emit("change", news));

  constructor() {
    super();
    this.#active = this.#speaker = this.#devices.kitchen;
    this.player = new Player(DEFAULT_CONTEXT, () => this.#changed());
    this.#toldPlaybackId = this.player.playbackId;
  }

  get devices(): readonly SimulatedDevice[] {
    return this.#devices.all;
  }

  get active(): SimulatedDevice | undefined {
    return this.#active;
  }

  /** The active device, or the one that was active last. */
  get speaker(): SimulatedDevice {
    return this.#speaker;
  }

  /** The ID of the device that started it. */
  get startedBy(): string {
    return this.#startedBy || this.#speaker.id;
  }

  /** When anything but the moving position last changed, ms since the epoch. */
  get changedAt(): number {
    return this.#changedAt;
  }

  get isBuffering(): boolean {
    return this.#isBuffering;
  }

  /** Increases with each change of the current or next items. */
  get queueRevision(): number {
    return this.#queueRevision;
  }

  get state(): PlaybackView {
    const { player } = this;
    player.advance();
    return {
      status: this.#active === undefined ? "idle" : player.isPlaying ? "playing" : "paused",
      item: player.row.item,
      context: player.list.context,
      device: this.#active,
      position: player.clock.position,
      volume: this.#active?.volume,
      shuffle: player.shuffle !== "off",
      smartShuffle: player.shuffle === "smart",
      repeat: player.repeat,
      queue: player.upcoming.rows.map(({ item, queued }) => ({ ...item, queued })),
      changedAt: this.#changedAt,
    };
  }

  /** Items that have ended or were skipped, newest first. */
  get played(): readonly PlayedItem[] {
    this.player.advance();
    return this.player.played.items;
  }

  /** @throws RangeError if there are too many, or one with this ID */
  addDevice(options: DeviceOptions): SimulatedDevice {
    const device = this.#devices.add(options);
    this.tell(ClusterUpdateReason.NEW_DEVICE_APPEARED, [device]);
    return device;
  }

  removeDevice(device: SimulatedDevice): void {
    if (this.#devices.remove(device)) device.disconnect();
  }

  /** Without a context or an item, paused playback resumes. @throws RangeError if there is no such item */
  play({ context, item, items, position, device, by = "", isPaused = false }: PlayOptions = {}): void {
    const before = this.#takeOver(device);
    const { player } = this;
    this.#startedBy = by;
    const start = position ?? 0;
    if (items !== undefined) player.load(items, typeof item === "number" ? item : 0, start, !isPaused);
    else if (context !== undefined) player.load(context, numberOf(item, context), start, !isPaused);
    else if (typeof item === "number") player.jump(item, start);
    else if (item !== undefined) player.load([item], 0, start, !isPaused);
    else player.resume(position);
    this.#changed(before);
  }

  resume(): void {
    if (this.state.status !== "playing") this.play();
  }

  pause(): void {
    if (this.state.status !== "playing") return;
    this.player.pause();
    this.#changed();
  }

  next(): void {
    const before = this.#takeOver();
    this.player.next();
    this.#changed(before);
  }

  /** The previous item; the start of the item if it has played for more than 3 s, and `mayRestart` is true. */
  previous(mayRestart = true): void {
    const before = this.#takeOver();
    this.player.previous(mayRestart);
    this.#changed(before);
  }

  /** @param position ms */
  seek(position: number): void {
    this.player.seek(position);
    this.#changed();
  }

  /** @param percent 0 to 100 @param device by default the active one */
  setVolume(percent: number, device = this.#active): void {
    if (device === undefined) return;
    device.volume = percent;
    this.tell(ClusterUpdateReason.DEVICE_VOLUME_CHANGED, [device]);
  }

  /** @param smart whether Spotify adds recommendations */
  setShuffle(on: boolean, smart = false): void {
    this.player.setShuffle(on ? (smart ? "smart" : "on") : "off");
    this.#changed();
  }

  setRepeat(repeat: Repeat): void {
    this.player.setRepeat(repeat);
    this.#changed();
  }

  /** How fast episodes play; 1 is normal. */
  setSpeed(speed: number): void {
    this.player.setSpeed(speed);
    this.#changed();
  }

  /** Adds an item at the end of the queue. @throws RangeError if the queue is full */
  queue(item: ItemEntry): void {
    this.player.advance();
    this.player.list.queue(item);
    this.#changed();
  }

  /** Plays on another device. */
  transfer(device: SimulatedDevice): void {
    this.#changed(this.#takeOver(device));
  }

  /** No device is active after this; the last state is kept. */
  stop(): void {
    if (this.standDown()) this.#changed();
  }

  /** Plays an advert; then the music continues. */
  advert(seconds: number): void {
    this.player.advert({ ...CATALOGUE.advert, durationMs: seconds * 1000 });
    this.#changed();
  }

  /** Carries out a command. It is announced as one change, with the command's `ack_id`. */
  carryOut(ackId: string, action: () => void): void {
    this.#announcer.carryOut(ackId, action);
  }

  activate(device: SimulatedDevice, reason: ClusterUpdateReason): void {
    this.#takeOver(device);
    this.tell(reason, [device]);
  }

  deactivate(device: SimulatedDevice, reason: ClusterUpdateReason): void {
    if (!device.isOnline) this.standDown(device);
    else if (this.#active === device) this.#active = undefined;
    this.tell(reason, [device]);
  }

  /** Makes no device active without announcing it. @returns whether one was active */
  standDown(device = this.#active): boolean {
    if (device !== this.#speaker) return false;
    const wasActive = this.#active !== undefined;
    this.player.freeze();
    this.#active = undefined;
    return wasActive;
  }

  tell(reason: ClusterUpdateReason, devices: readonly SimulatedDevice[]): void {
    this.#changedAt = Date.now();
    const ids = devices.map(({ id }) => id);
    this.#announcer.tell(reason, ids, this.#isBuffering);
  }

  /** Stops for good, without any timer. */
  close(): void {
    this.player.freeze();
    this.removeAllListeners();
  }

  /**
   * Makes a device active; by default the last active one, or the first.
   * @returns the device that was active before if it is another one
   * @throws RangeError if the account has no device
   */
  #takeOver(wanted?: SimulatedDevice): SimulatedDevice | undefined {
    const { all } = this.#devices;
    const last = all.includes(this.#speaker) ? this.#speaker : all[0];
    const device = wanted ?? last;
    if (device === undefined) throw new RangeError("The account has no device");
    if (this.#active === device) return undefined;
    const before = this.#active;
    device.isOnline = true;
    this.#active = this.#speaker = device;
    this.player.takeUp();
    return before;
  }

  /** Some devices report buffering before they play a new item. */
  #changed(before?: SimulatedDevice): void {
    const { player, speaker } = this;
    const isNew = player.playbackId !== this.#toldPlaybackId;
    this.#toldPlaybackId = player.playbackId;
    this.#queueRevision += 1;
    const devices = before === undefined ? [speaker] : [speaker, before];
    if (isNew && player.isPlaying && saysBuffering(speaker.habit)) {
      this.#isBuffering = true;
      this.tell(ClusterUpdateReason.DEVICE_STATE_CHANGED, devices);
      this.#isBuffering = false;
    }
    this.tell(ClusterUpdateReason.DEVICE_STATE_CHANGED, devices);
  }
}

/** @throws RangeError if the context does not have it */
function numberOf(item: ItemEntry | number | undefined, { items }: ContextEntry): number | undefined {
  if (item === undefined || typeof item === "number") return item;
  const number = items.findIndex(({ uri }) => uri === item.uri);
  if (number < 0) throw new RangeError("The context does not have this item");
  return number;
}
