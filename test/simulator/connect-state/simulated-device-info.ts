/** What a simulated device says of itself in the cluster. */
import { create } from "@bufbuild/protobuf";
import { DeviceInfoSchema, type DeviceInfo } from "../../../src/proto/gen/connect_pb";
import type { SimulatedDevice } from "../world/devices";

export const MAX_VOLUME = 65_535;

export function deviceInfoOf(device: SimulatedDevice): DeviceInfo {
  return create(DeviceInfoSchema, {
    canPlay: true,
    volume: Math.round((device.volume * MAX_VOLUME) / 100),
    name: device.name,
    deviceSoftwareVersion: "Spotify/simulated",
    deviceType: device.type,
    spircVersion: "3.2.6",
    deviceId: device.id,
    isPrivateSession: device.isPrivate,
    clientId: device.clientId,
    brand: device.brand,
    model: device.model,
    license: "premium",
    capabilities: {
      canBePlayer: !device.hidden,
      gaiaEqConnectId: true,
      isObservable: true,
      volumeSteps: 64,
      supportedTypes: ["audio/track", "audio/episode"],
      commandAcks: true,
      hidden: device.hidden,
      disableVolume: device.disableVolume,
      isControllable: true,
      supportsTransferCommand: true,
      supportsCommandRequest: true,
      supportsGzipPushes: true,
      supportsSetOptionsCommand: true,
    },
  });
}
