import type { ClusterView } from "../connect-state/cluster";
import { cleanName } from "../core/clean-name";
import { DeviceType, type DeviceInfo } from "../proto/gen/connect_pb";
import type { PlaybackDevice } from "./playback-state";

const MAX_DEVICES = 100;
const MAX_ID = 128;
/** What the protocol calls 100 %. */
const FULL_VOLUME = 65_535;

/** The devices that can be chosen. Leaves out hidden ones, observers, and this one, which cannot play. */
export function clusterDevices({ cluster, own }: ClusterView): PlaybackDevice[] {
  const devices: PlaybackDevice[] = [];
  for (const [id, info] of Object.entries(cluster.device)) {
    if (devices.length === MAX_DEVICES) break;
    const isHidden = info.capabilities?.hidden === true || info.deviceType === DeviceType.OBSERVER;
    if (!isHidden && !own.has(id) && id !== "" && id.length <= MAX_ID) devices.push(deviceOf(id, info));
  }
  return devices;
}

/** The device that is active; null if no device is. It may be missing in the cluster's list: then only its ID is known. */
export function activeDevice(view: ClusterView): PlaybackDevice | null {
  const id = view.cluster.activeDeviceId;
  if (id === "") return null;
  if (view.has(id)) return deviceOf(id, view.cluster.device[id]!);
  return {
    id: id.slice(0, MAX_ID),
    name: null,
    type: null,
    volume: null,
    canSetVolume: false,
    isPrivate: false,
  };
}

function deviceOf(id: string, info: DeviceInfo): PlaybackDevice {
  const canSetVolume = info.capabilities?.disableVolume !== true;
  const alias = info.deviceAliases[info.selectedAliasId]?.displayName;
  return {
    id: id.slice(0, MAX_ID),
    name: cleanName(alias ?? "") || cleanName(info.name) || null,
    type: DeviceType[info.deviceType]?.toLowerCase() ?? null,
    volume: canSetVolume ? Math.round((Math.min(info.volume, FULL_VOLUME) * 100) / FULL_VOLUME) : null,
    canSetVolume,
    isPrivate: info.isPrivateSession,
  };
}
