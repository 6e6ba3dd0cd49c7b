/** The data for the page of a simulated phone. */
import { DeviceType } from "../../../src/proto/gen/connect_pb";
import type { Simulator } from "../index";
import type { Account } from "../world/accounts";
import { CATALOGUE, likedSongs, type ContextEntry } from "../world/catalogue";

export interface PhoneView {
  /** `idle`: no device is active. The item is then the last one. */
  status: "playing" | "paused" | "idle";
  /** `picture` is the same for the same picture; empty if there is none. */
  item: { title: string; artist: string; album: string; picture: string; /** ms */ duration: number };
  /** ms */
  position: number;
  context: { uri: string; name: string } | null;
  device: PhoneDevice | null;
  devices: PhoneDevice[];
  /** The choices, by URI. */
  contexts: { id: string; name: string }[];
  shuffle: boolean;
  repeat: "off" | "context" | "track";
  /** Whether the account's phone itself is the active device. */
  hasControl: boolean;
}

interface PhoneDevice {
  id: string;
  name: string;
  type: string;
  /** Percent. */
  volume: number;
}

export function phoneView(simulator: Simulator, account: Account): PhoneView {
  const cluster = simulator.clusterOf(account);
  const { status, item, position, context, device, shuffle, repeat } = cluster.view;
  const isPhone = cluster.find(cluster.activeDeviceId)?.info.deviceType === DeviceType.SMARTPHONE;
  return {
    status,
    item: {
      title: item.name,
      artist: item.artists.map(({ name }) => name).join(", "),
      album: item.album.name,
      picture: item.album.pictures[0]?.fileId ?? "",
      duration: item.durationMs,
    },
    position,
    context: context === undefined ? null : { uri: context.uri, name: context.name },
    device: device === undefined ? null : describe(device),
    devices: cluster.deviceViews.filter(({ hidden }) => !hidden).map(describe),
    contexts: choices(account).map(({ uri, name }) => ({ id: uri, name })),
    shuffle,
    repeat,
    hasControl: isPhone,
  };
}

/** The contexts that a person can choose on the phone. */
export function choices({ username }: Account): ContextEntry[] {
  return [likedSongs(encodeURIComponent(username)), ...CATALOGUE.contexts];
}

function describe(device: { id: string; name: string; type: DeviceType; volume: number }): PhoneDevice {
  const { id, name, type, volume } = device;
  return { id, name, type: (DeviceType[type] ?? "").toLowerCase(), volume: Math.round(volume) };
}
