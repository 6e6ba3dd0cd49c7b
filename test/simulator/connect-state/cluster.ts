/**
 * The cluster of one account: its devices, which plays, and which started it. Devices that registered themselves
 * and simulated ones are in it together; at most one of all is active.
 * Sources: librespot protocol/proto/connect.proto and connect/src/state.rs; go-librespot daemon. Parts that are not
 * published are marked.
 */
import { randomBytes } from "node:crypto";
import { clone, create } from "@bufbuild/protobuf";
import { BoundedMap } from "../bounded-map";
import type { Account, PlaybackWatcher } from "../world/accounts";
import type { Playback, PlaybackNews } from "../world/playback";
import type { DeviceView, PlaybackView } from "../world/playback-view";
import { DEFAULT_CONTEXT } from "../world/content";
import { itemMetadata } from "../world/habits";
import { startedPlayingAt } from "./connect-state-request";
import { deviceViewOf, memberView } from "./member-view";
import { deviceInfoOf } from "./simulated-device-info";
import { playerStateOf } from "./simulated-player-state";
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
  /** The dealer connection that receives its clusters, and whose end removes it. */
  connectionId: string;
  /** The form of its clusters: the one in which it registered. */
  format: "protobuf" | "json";
}

/** The active device, and the device that started it. */
export interface Started {
  /** The device that sounds. */
  on: string;
  /** The device whose user started it. */
  by: string;
}

const MAX_MEMBERS = 20_000;
/** Commands that wait for the state after them. */
const MAX_ACKS = 100;

export class Cluster implements PlaybackWatcher {
  readonly #members = new Map<string, Member>();
  readonly #account: Account;
  readonly #onChange: (change: PlaybackNews) => void;
  /** The member that is active; empty if none or a simulated device is. */
  #activeMemberId = "";
  /** The member that another device has replaced, until it says that it is no longer active; empty if there is none. */
  #replacedMemberId = "";
  /** Since when the active member, and the replaced one, have been active by their own clocks; 0 if they do not say. */
  #activeSince = 0;
  #replacedSince = 0;
  /** The last state of the member that was active. It stays when its device has gone, paused. */
  #memberState: PlayerState | undefined;
  /** Whether a member was active last, rather than a simulated device. */
  #isMembersTurn = false;
  #changedAt = Date.now();
  /** The commands that were sent to members, by `message_id`. */
  readonly #acks = new BoundedMap<number, { deviceId: string; ackId: string }>(MAX_ACKS);

  constructor(account: Account, onChange: (change: PlaybackNews) => void) {
    this.#account = account;
    this.#onChange = onChange;
    account.watchPlayback(this);
  }

  /** All devices, including hidden ones. */
  get members(): Member[] {
    return [...this.#members.values()];
  }

  /** The devices in the cluster, including simulated ones, without members that registered as hidden. */
  get devices(): DeviceInfo[] {
    const members = this.members.filter((member) => !isHidden(member)).map(({ info }) => info);
    const simulated = (this.#playback?.devices ?? []).filter(({ isOnline }) => isOnline);
    return [...members, ...simulated.map(deviceInfoOf)];
  }

  /** Empty if no device is active. */
  get activeDeviceId(): string {
    return this.#activeMemberId || (this.#playback?.active?.id ?? "");
  }

  /** Belongs to the active device, or to the one that was active last. */
  get playerState(): PlayerState | undefined {
    const playback = this.#playback;
    return playback === undefined || this.#isMembersTurn ? this.#memberState : playerStateOf(playback);
  }

  /** The playback on any device. */
  get view(): PlaybackView {
    const member = this.#members.get(this.#activeMemberId);
    if (member !== undefined && this.#memberState !== undefined) {
      return memberView(member, this.#memberState, this.#changedAt);
    }
    return this.#account.playback.state;
  }

  /** The devices of `devices`, as the Web API reports them. */
  get deviceViews(): DeviceView[] {
    const members = this.members.filter((member) => !isHidden(member)).map(deviceViewOf);
    return [...members, ...this.#account.playback.devices.filter(({ isOnline }) => isOnline)];
  }

  playbackStarted(playback: Playback): void {
    if (this.#isMembersTurn) playback.standDown();
    const devices = playback.devices.map(({ id }) => id);
    this.#changed({ reason: ClusterUpdateReason.NEW_DEVICE_APPEARED, devices });
  }

  /** A simulated device that has become active takes over from a member. */
  playbackChanged(playback: Playback, news: PlaybackNews): void {
    if (playback.active !== undefined) {
      this.#replaceActive("");
      this.#isMembersTurn = false;
    }
    this.#changed(news, playback.changedAt);
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
    const { isActive, putStateReason, device } = request;
    const state = device?.playerState ?? create(PlayerStateSchema);
    if (!isActive || putStateReason === PutStateReason.BECAME_INACTIVE) this.#standDown(member.deviceId);
    else if (this.#isActiveNow(member.deviceId, request)) {
      this.#activate(member.deviceId, state);
      this.#activeSince = startedPlayingAt(request);
    }
    const ackId = this.#acknowledged(member.deviceId, request);
    const news = { reason: reasonOf(before, member), devices: [member.deviceId] };
    this.#changed({ ...news, ...(ackId !== undefined && { ackId }) });
    return true;
  }

  /** When this member says that a command was its last one, all devices receive the command's `ack_id`. */
  expect(deviceId: string, messageId: number, ackId: string): void {
    this.#acks.set(messageId, { deviceId, ackId });
  }

  /** Removes the active state of `deviceId`. @returns whether there is such a device */
  deactivate(deviceId: string): boolean {
    if (!this.#members.has(deviceId)) return false;
    if (this.#standDown(deviceId)) {
      this.#changed({ reason: ClusterUpdateReason.DEVICE_STATE_CHANGED, devices: [deviceId] });
    }
    return true;
  }

  /** Makes one device play on behalf of another one's user. The device is not asked whether it can. */
  play({ on, by }: Started): void {
    const device = this.#playback?.devices.find(({ id }) => id === on);
    if (device !== undefined) return this.#playback?.play({ device, by });
    this.#activate(on, playing(by));
    this.#changed({ reason: ClusterUpdateReason.DEVICE_STATE_CHANGED, devices: [on] });
  }

  /** @returns whether there was such a device */
  remove(deviceId: string): boolean {
    const member = this.#members.get(deviceId);
    this.#members.delete(deviceId);
    if (member !== undefined && !isHidden(member)) this.#disappeared([deviceId]);
    return member !== undefined;
  }

  /** Removes the members of a dealer connection. */
  removeConnection(connectionId: string): void {
    const gone = this.members.filter((member) => member.connectionId === connectionId);
    for (const { deviceId } of gone) this.#members.delete(deviceId);
    const seen = gone.filter((member) => !isHidden(member)).map(({ deviceId }) => deviceId);
    if (seen.length > 0) this.#disappeared(seen);
  }

  /** @param more number of devices to add that belong to no account */
  toMessage(more = 0): ClusterMessage {
    const seen = this.devices.map((info) => [info.deviceId, info] as const);
    const { playerState } = this;
    const others = Array.from({ length: more }, (_, index) => loudspeaker(index));
    return create(ClusterSchema, {
      changedTimestampMs: BigInt(this.#changedAt),
      activeDeviceId: this.activeDeviceId,
      ...(playerState !== undefined && { playerState }),
      device: Object.fromEntries([...seen, ...others.map((info) => [info.deviceId, info] as const)]),
      serverTimestampMs: BigInt(Date.now()),
      startedPlayingAtTimestamp: BigInt(this.#isMembersTurn ? 0 : (this.#playback?.player.startedAt ?? 0)),
    });
  }

  get #playback(): Playback | undefined {
    return this.#account.startedPlayback;
  }

  /**
   * A device that another one has replaced may not know it yet. Its state from before does not make it active
   * again, nor does librespot's last word after a takeover: still active, but paused. Source: `handle_disconnect`.
   */
  #isActiveNow(memberId: string, request: PutStateRequest): boolean {
    if (this.#replacedMemberId !== memberId) return true;
    const since = startedPlayingAt(request);
    return since === 0 ? request.device?.playerState?.isPaused !== true : since !== this.#replacedSince;
  }

  #acknowledged(deviceId: string, { lastCommandMessageId }: PutStateRequest): string | undefined {
    const expected = this.#acks.get(lastCommandMessageId);
    if (expected?.deviceId !== deviceId) return undefined;
    this.#acks.delete(lastCommandMessageId);
    return expected.ackId;
  }

  #activate(memberId: string, state: PlayerState): void {
    this.#replaceActive(memberId);
    this.#memberState = state;
    this.#isMembersTurn = true;
    this.#playback?.standDown();
  }

  /** @param memberId empty if a simulated device takes over */
  #replaceActive(memberId: string): void {
    if (this.#activeMemberId !== "" && this.#activeMemberId !== memberId) {
      this.#replacedMemberId = this.#activeMemberId;
      this.#replacedSince = this.#activeSince;
    }
    if (this.#replacedMemberId === memberId) this.#replacedMemberId = "";
    this.#activeMemberId = memberId;
  }

  /** @returns whether the member was active */
  #standDown(memberId: string): boolean {
    if (this.#replacedMemberId === memberId) this.#replacedMemberId = "";
    const wasActive = this.#activeMemberId === memberId;
    if (wasActive) this.#stop();
    return wasActive;
  }

  #disappeared(devices: string[]): void {
    for (const id of devices) this.#standDown(id);
    this.#changed({ reason: ClusterUpdateReason.DEVICES_DISAPPEARED, devices });
  }

  /** Makes no member active. The last state stays, paused. */
  #stop(): void {
    this.#activeMemberId = "";
    if (this.#memberState === undefined) return;
    this.#memberState = clone(PlayerStateSchema, this.#memberState);
    this.#memberState.isPaused = true;
  }

  #changed(change: PlaybackNews, at = Date.now()): void {
    this.#changedAt = at;
    this.#onChange(change);
  }
}

/** The state of an app's player that plays the default playlist since `by` started it. */
export function playing(by: string): PlayerState {
  const [item] = DEFAULT_CONTEXT.items;
  return create(PlayerStateSchema, {
    timestamp: BigInt(Date.now()),
    contextUri: DEFAULT_CONTEXT.uri,
    contextMetadata: { context_description: DEFAULT_CONTEXT.name },
    playOrigin: { featureIdentifier: "playlist", deviceIdentifier: by },
    isPlaying: true,
    playbackSpeed: 1,
    sessionId: randomBytes(16).toString("hex"),
    ...(item !== undefined && {
      duration: BigInt(item.durationMs),
      track: { uri: item.uri, provider: "context", metadata: itemMetadata("full", item, DEFAULT_CONTEXT) },
    }),
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

/** A device that belongs to no account, for clusters that are too large. */
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
