/** What an account can listen on. These devices exist in the simulator alone, without any connection. */
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
  /** Whether other devices cannot set its volume, as with iPhones. */
  disableVolume?: boolean;
  /** Whether apps must not list it. */
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

/** What a device does to the playback of its account. */
export interface DeviceHost {
  /** Makes the device the active one without a change of what plays, and tells everyone. */
  activate(device: SimulatedDevice, reason: ClusterUpdateReason): void;
  /** Leaves no device active, without a change of what plays, and tells everyone. */
  deactivate(device: SimulatedDevice, reason: ClusterUpdateReason): void;
  /** Tells everyone of a device. */
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
   * Loses its connection and finds it again while it plays on, as a phone does within seconds: not active, active, gone.
   * Source: WaveeMusic docs/plans/wavee/handoff-20260911-connect-detail.md §2.
   */
  flap(): void {
    for (const step of this.flapSteps()) step();
  }

  /** What `flap` does, one push a step: reason 6 and no active device; reason 2 and active; reason 1 and gone. */
  flapSteps(): readonly [reconnect: () => void, becomeActive: () => void, disappear: () => void] {
    return [
      () => this.#host.deactivate(this, ClusterUpdateReason.DEVICE_NEW_CONNECTION),
      () => this.#host.activate(this, ClusterUpdateReason.DEVICE_STATE_CHANGED),
      () => this.disconnect(),
    ];
  }

  /** Leaves Spotify. If it was the active device, no device is active any more. */
  disconnect(): void {
    this.isOnline = false;
    this.#host.deactivate(this, ClusterUpdateReason.DEVICES_DISAPPEARED);
  }

  /** Comes back to Spotify. It does not become active by that. */
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
