/** The data of a simulated device in the cluster. */
import { create } from "@bufbuild/protobuf";
import { WireType } from "@bufbuild/protobuf/wire";
import { DeviceInfoSchema, type DeviceInfo } from "../../../src/proto/gen/connect_pb";
import type { SimulatedDevice } from "../world/devices";

export const MAX_VOLUME = 65_535;

/** The public address of each simulated device's home, of a network that is for documentation only (RFC 5737). */
export const PUBLIC_IP = "203.0.113.77";

/** public_ip, as bytes: the library's messages do not have this field. */
const PUBLIC_IP_FIELD = {
  no: 22,
  wireType: WireType.LengthDelimited,
  data: Buffer.concat([Buffer.from([PUBLIC_IP.length]), Buffer.from(PUBLIC_IP)]),
};

export function deviceInfoOf(device: SimulatedDevice): DeviceInfo {
  const info = create(DeviceInfoSchema, {
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
      supportsSetOptionsCommand: device.conduct.lacksSetOptions !== true,
    },
  });
  info.$unknown = [PUBLIC_IP_FIELD];
  return info;
}
