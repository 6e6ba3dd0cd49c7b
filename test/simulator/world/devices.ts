/** The simulated devices of an account. They exist only in the simulator, without any connection. */
import { randomBytes } from "node:crypto";
import { ClusterUpdateReason, DeviceType } from "../../../src/proto/gen/connect_pb";
import type { Conduct } from "./conduct";
import type { Habit } from "./habits";

export interface DeviceOptions {
  name: string;
  /** 40 hex digits. */
  id?: string;
  type?: DeviceType;
  /** Percent. */
  volume?: number;
  habit?: Habit;
  /** Whether other devices cannot set its volume, as for iPhones. */
  disableVolume?: boolean;
  /** Whether apps must hide it. */
  hidden?: boolean;
  /** Whether its user listens in a private session. */
  isPrivate?: boolean;
  /** Whether the Web API refuses to control it, as it does for Sonos. */
  isRestricted?: boolean;
  /** Empty: the device does not say which app it is. */
  clientId?: string;
  brand?: string;
  model?: string;
  conduct?: Conduct;
  /** Whether it is connected to Spotify at the start. Default true. */
  isOnline?: boolean;
}

/** The effect of a device on the playback of its account. */
export interface DeviceHost {
  /** Makes the device active without a change of the playback, and announces it. */
  activate(device: SimulatedDevice, reason: ClusterUpdateReason): void;
  /** Makes no device active, without a change of the playback, and announces it. */
  deactivate(device: SimulatedDevice, reason: ClusterUpdateReason): void;
  /** Announces a change of a device. */
  tell(reason: ClusterUpdateReason, devices: readonly SimulatedDevice[]): void;
}

export class SimulatedDevice {
  readonly id: string;
  readonly name: string;
  readonly type: DeviceType;
  readonly brand: string;
  readonly model: string;
  readonly clientId: string;
  readonly hidden: boolean;
  readonly isRestricted: boolean;
  habit: Habit;
  disableVolume: boolean;
  isPrivate: boolean;
  /** Percent. */
  volume: number;
  /** Whether it is connected to Spotify, so that apps list it. */
  isOnline: boolean;
  conduct: Conduct;
  /** When it came to Spotify, ms since the epoch; undefined if it has been there from the start. */
  onlineSince: number | undefined;
  readonly #host: DeviceHost;

  constructor(options: DeviceOptions, host: DeviceHost) {
    this.#host = host;
    this.id = options.id ?? randomBytes(20).toString("hex");
    this.name = options.name;
    this.type = options.type ?? DeviceType.SPEAKER;
    this.habit = options.habit ?? "full";
    this.volume = options.volume ?? 50;
    this.disableVolume = options.disableVolume ?? this.habit === "iphone";
    this.hidden = options.hidden ?? false;
    this.isPrivate = options.isPrivate ?? false;
    this.isRestricted = options.isRestricted ?? false;
    this.clientId = options.clientId ?? "";
    this.brand = options.brand ?? "Loopback";
    this.model = options.model ?? "One";
    this.conduct = options.conduct ?? {};
    this.isOnline = options.isOnline ?? true;
  }

  /**
   * Loses its connection and finds it again while it plays, like a phone within seconds: not active, active, gone.
   * Source: WaveeMusic docs/plans/wavee/handoff-20260911-connect-detail.md §2.
   */
  flap(): void {
    for (const step of this.flapSteps()) step();
  }

  /** The steps of `flap`, one push each: reason 6 and no active device; reason 2 and active; reason 1 and gone. */
  flapSteps(): readonly [reconnect: () => void, becomeActive: () => void, disappear: () => void] {
    return [
      () => this.#host.deactivate(this, ClusterUpdateReason.DEVICE_NEW_CONNECTION),
      () => this.#host.activate(this, ClusterUpdateReason.DEVICE_STATE_CHANGED),
      () => this.disconnect(),
    ];
  }

  /** Leaves Spotify. If it was the active device, no device is active after that. */
  disconnect(): void {
    this.isOnline = false;
    this.#host.deactivate(this, ClusterUpdateReason.DEVICES_DISAPPEARED);
  }

  /** Comes back to Spotify, without becoming active. */
  connect(): void {
    if (this.isOnline) return;
    this.isOnline = true;
    this.onlineSince = Date.now();
    this.#host.tell(ClusterUpdateReason.NEW_DEVICE_APPEARED, [this]);
  }

  /** Begins or ends a private session. */
  setPrivate(isPrivate: boolean): void {
    this.isPrivate = isPrivate;
    this.#host.tell(ClusterUpdateReason.DEVICE_STATE_CHANGED, [this]);
  }
}
