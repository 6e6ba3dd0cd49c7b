import { create, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { SpotifyError } from "../core/errors";
import { parseBoundedJson } from "../dealer/message";
import { DeviceType, MemberType, PutStateReason, PutStateRequestSchema } from "../proto/gen/connect_pb";
import type { Spclient } from "../spclient/spclient";
import { readCluster, type ClusterView } from "./cluster";

const PROTOBUF = "application/x-protobuf";

type DeviceInfoInit = NonNullable<MessageInitShape<typeof PutStateRequestSchema>["device"]>["deviceInfo"];

/** What a device shows of itself. */
export interface VisibleDevice {
  deviceId: string;
  name: string;
  clientId: string;
}

interface Registration {
  id: string;
  info: DeviceInfoInit;
  isPickerOpened?: boolean;
}

/** The hidden observer's ID beside a device's own, as the web player has one. */
export function observerId(deviceId: string): string {
  return `hobs_${deviceId}`;
}

/**
 * Registers devices with connect-state, on a dealer's connection: the cluster is then pushed over that connection, in
 * protobuf, as the registration is.
 *
 * Sources: librespot core/src/spclient.rs, `put_connect_state_request`; for the observer, the web player, which registers
 * in JSON, and talyxel-sound, which does in protobuf.
 */
export class ConnectState {
  readonly #spclient: Pick<Spclient, "request">;

  constructor(spclient: Pick<Spclient, "request">) {
    this.#spclient = spclient;
  }

  /**
   * Registers an observer: it is told of the cluster, and no app shows it.
   * @param own the IDs of this device
   * @param isPickerOpened whether to say that a person looks at the list of devices, as Spotify's apps say when they have
   *   devices woken. Source: WaveeMusic docs/plans/wavee/connect-commands-from-capture.md
   * @returns the whole cluster as it is now
   * @throws SpotifyError as `Spclient.request`; REQUEST_REFUSED for any status but 200; PROTOCOL_ERROR if the answer is
   *   not a cluster
   */
  observe(
    deviceId: string,
    connectionId: string,
    own: ReadonlySet<string>,
    signal: AbortSignal,
    isPickerOpened = false,
  ): Promise<ClusterView> {
    const capabilities = {
      canBePlayer: false,
      hidden: true,
      needsFullPlayerState: true,
      supportsGzipPushes: true,
    };
    return this.#register(
      { id: observerId(deviceId), info: { capabilities }, isPickerOpened },
      connectionId,
      own,
      signal,
    );
  }

  /**
   * Registers a device that Spotify's apps show.
   * @returns the whole cluster as it is now
   * @throws SpotifyError as `observe`
   */
  show(
    device: VisibleDevice,
    connectionId: string,
    own: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<ClusterView> {
    return this.#register({ id: device.deviceId, info: describe(device) }, connectionId, own, signal);
  }

  async #register(
    { id, info, isPickerOpened = false }: Registration,
    connectionId: string,
    own: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<ClusterView> {
    const request = create(PutStateRequestSchema, {
      memberType: MemberType.CONNECT_STATE,
      putStateReason: isPickerOpened ? PutStateReason.PICKER_OPENED : PutStateReason.NEW_DEVICE,
      clientSideTimestamp: BigInt(Date.now()),
      device: { deviceInfo: info, playerState: {} },
    });
    const { status, headers, body } = await this.#spclient.request(
      {
        method: "PUT",
        // Devices are woken by a request of its own.
        path: `/connect-state/v1/devices/${id}${isPickerOpened ? "?wake-devices=false" : ""}`,
        headers: { accept: PROTOBUF, "content-type": PROTOBUF, "x-spotify-connection-id": connectionId },
        body: toBinary(PutStateRequestSchema, request),
      },
      signal,
    );
    if (status !== 200) {
      throw new SpotifyError("REQUEST_REFUSED", `Spotify would not register the device (HTTP ${status}).`);
    }
    const isJson = String(headers["content-type"]).startsWith("application/json");
    return readCluster(isJson ? parseBoundedJson(body, "Spotify") : body, own);
  }
}

/** Source of the capabilities: librespot connect/src/state.rs, `ConnectState::new`. */
function describe({ deviceId, name, clientId }: VisibleDevice): DeviceInfoInit {
  return {
    // Spotify's apps list only devices that can play. We refuse the play command.
    canPlay: true,
    name,
    deviceId,
    deviceType: DeviceType.SPEAKER,
    clientId,
    brand: "Node-RED",
    model: "spotify-session",
    deviceSoftwareVersion: "1.0",
    spircVersion: "3.2.6",
    capabilities: {
      canBePlayer: true,
      isObservable: true,
      isControllable: true,
      gaiaEqConnectId: true,
      disableVolume: true,
      supportsTransferCommand: true,
      supportsCommandRequest: true,
      supportsGzipPushes: true,
      needsFullPlayerState: false,
      commandAcks: true,
    },
  };
}
