/**
 * The cluster of one account: its devices, which of them plays, and who made it play.
 * Sources: librespot protocol/proto/connect.proto and connect/src/state.rs; go-librespot daemon. What nobody has
 * published is marked.
 */
import { randomBytes } from "node:crypto";
import { clone, create } from "@bufbuild/protobuf";
import {
  ClusterSchema,
  ClusterUpdateReason,
  DeviceInfoSchema,
  DeviceType,
  PlayerStateSchema,
  PutStateReason,
  type Cluster as ClusterMessage,
  type DeviceInfo,
  type PlayerState,
  type PutStateRequest,
} from "../../../src/proto/gen/connect_pb";

/** A device that has registered. */
export interface Member {
  /** As in the path of its registration. */
  deviceId: string;
  info: DeviceInfo;
  /** The dealer connection that it is told on, and with which it goes. */
  connectionId: string;
  /** What it is told in: the form in which it registered. */
  format: "protobuf" | "json";
}

export interface Change {
  reason: ClusterUpdateReason;
  /** Device IDs. */
  devices: string[];
}

/** Who plays, and who said so. */
export interface Playback {
  /** The device that sounds. */
  on: string;
  /** The device whose user started it. */
  by: string;
}

const MAX_MEMBERS = 20_000;

export class Cluster {
  readonly #members = new Map<string, Member>();
  readonly #onChange: (change: Change) => void;
  #activeDeviceId = "";
  /** Whom the last that happened is from; it stays when its device has gone, as a still picture. */
  #playerState: PlayerState | undefined;
  #changedAt = Date.now();

  constructor(onChange: (change: Change) => void) {
    this.#onChange = onChange;
  }

  /** Everybody, hidden ones too. */
  get members(): Member[] {
    return [...this.#members.values()];
  }

  /** Those that apps see. */
  get devices(): DeviceInfo[] {
    return this.members.filter((member) => !isHidden(member)).map(({ info }) => info);
  }

  /** Empty where nothing plays. */
  get activeDeviceId(): string {
    return this.#activeDeviceId;
  }

  get playerState(): PlayerState | undefined {
    return this.#playerState;
  }

  find(deviceId: string): Member | undefined {
    return this.#members.get(deviceId);
  }

  /** @returns whether there was room for it */
  put(member: Member, request: PutStateRequest): boolean {
    const before = this.#members.get(member.deviceId);
    if (before === undefined && this.#members.size >= MAX_MEMBERS) return false;
    this.#members.set(member.deviceId, member);
    if (isHidden(member)) {
      if (before !== undefined && !isHidden(before)) this.#disappeared([member.deviceId]);
      return true;
    }
    const isActive = request.isActive && request.putStateReason !== PutStateReason.BECAME_INACTIVE;
    if (isActive) {
      this.#activeDeviceId = member.deviceId;
      this.#playerState = request.device?.playerState ?? create(PlayerStateSchema);
    } else if (this.#activeDeviceId === member.deviceId) {
      this.#activeDeviceId = "";
      this.#stop();
    }
    this.#changed({ reason: reasonOf(before, member), devices: [member.deviceId] });
    return true;
  }

  /** Says no longer that `deviceId` plays. @returns whether there is such a device */
  deactivate(deviceId: string): boolean {
    if (!this.#members.has(deviceId)) return false;
    if (this.#activeDeviceId === deviceId) {
      this.#activeDeviceId = "";
      this.#stop();
      this.#changed({ reason: ClusterUpdateReason.DEVICE_STATE_CHANGED, devices: [deviceId] });
    }
    return true;
  }

  /** Has one device play because the user of another wants it. No device is asked whether it can. */
  play({ on, by }: Playback): void {
    this.#activeDeviceId = on;
    this.#playerState = playing(by);
    this.#changed({ reason: ClusterUpdateReason.DEVICE_STATE_CHANGED, devices: [on] });
  }

  /** @returns whether there was such a device */
  remove(deviceId: string): boolean {
    const member = this.#members.get(deviceId);
    this.#members.delete(deviceId);
    if (member !== undefined && !isHidden(member)) this.#disappeared([deviceId]);
    return member !== undefined;
  }

  /** Removes what was told on one dealer connection. */
  removeConnection(connectionId: string): void {
    const gone = this.members.filter((member) => member.connectionId === connectionId);
    for (const { deviceId } of gone) this.#members.delete(deviceId);
    const seen = gone.filter((member) => !isHidden(member)).map(({ deviceId }) => deviceId);
    if (seen.length > 0) this.#disappeared(seen);
  }

  /** @param more how many devices of nobody's to add */
  toMessage(more = 0): ClusterMessage {
    const seen = this.devices.map((info) => [info.deviceId, info] as const);
    const others = Array.from({ length: more }, (_, index) => loudspeaker(index));
    return create(ClusterSchema, {
      changedTimestampMs: BigInt(this.#changedAt),
      activeDeviceId: this.#activeDeviceId,
      ...(this.#playerState !== undefined && { playerState: this.#playerState }),
      device: Object.fromEntries([...seen, ...others.map((info) => [info.deviceId, info] as const)]),
      serverTimestampMs: BigInt(Date.now()),
    });
  }

  #disappeared(devices: string[]): void {
    if (devices.includes(this.#activeDeviceId)) {
      this.#activeDeviceId = "";
      this.#stop();
    }
    this.#changed({ reason: ClusterUpdateReason.DEVICES_DISAPPEARED, devices });
  }

  /** The last state stays to be seen, at rest. */
  #stop(): void {
    if (this.#playerState === undefined) return;
    this.#playerState = clone(PlayerStateSchema, this.#playerState);
    this.#playerState.isPaused = true;
  }

  #changed(change: Change): void {
    this.#changedAt = Date.now();
    this.#onChange(change);
  }
}

/** What a player says that plays since `by` had it play. */
export function playing(by: string): PlayerState {
  return create(PlayerStateSchema, {
    timestamp: BigInt(Date.now()),
    contextUri: "spotify:playlist:Sim0000000000000000001",
    playOrigin: { featureIdentifier: "playlist", deviceIdentifier: by },
    isPlaying: true,
    sessionId: randomBytes(16).toString("hex"),
  });
}

export function isHidden({ info }: Member): boolean {
  return info.capabilities?.hidden === true;
}

function reasonOf(before: Member | undefined, now: Member): ClusterUpdateReason {
  if (before === undefined || isHidden(before)) return ClusterUpdateReason.NEW_DEVICE_APPEARED;
  if (before.connectionId !== now.connectionId) return ClusterUpdateReason.DEVICE_NEW_CONNECTION;
  if (before.info.volume !== now.info.volume) return ClusterUpdateReason.DEVICE_VOLUME_CHANGED;
  return ClusterUpdateReason.DEVICE_STATE_CHANGED;
}

/** Of nobody's, for clusters that are too large. */
function loudspeaker(index: number): DeviceInfo {
  return create(DeviceInfoSchema, {
    canPlay: true,
    name: `Loudspeaker ${index + 1}`,
    deviceType: DeviceType.SPEAKER,
    deviceId: `51d1${index.toString(16).padStart(36, "0")}`,
    clientId: "51d10000000000000000000000000000",
    brand: "Ephemeral",
    model: "Port",
    capabilities: { canBePlayer: true, isControllable: true, volumeSteps: 64 },
  });
}
