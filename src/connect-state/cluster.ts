import { fromBinary, fromJson, type JsonObject, type JsonValue } from "@bufbuild/protobuf";
import { SpotifyError } from "../core/errors";
import {
  ClusterSchema,
  ClusterUpdateSchema,
  type Cluster,
  type ClusterUpdate,
} from "../proto/gen/connect_pb";
import { isCheapJson, isCheapProtobuf } from "./cluster-cost";
import { controllingDevice, sentClientId, type ControllingDevice } from "./controlling-device";

/** An app of the account, in the cluster. */
export interface ClusterApp {
  clientId: string;
  device: ControllingDevice;
}

/** A cluster, and which app controls playback in it. */
export class ClusterView {
  /** The whole cluster, as Spotify sent it. */
  readonly cluster: Cluster;
  /** The push that brought the cluster; undefined for the answer to a registration. */
  readonly update: ClusterUpdate | undefined;
  /** The IDs under which this device is registered. */
  readonly own: ReadonlySet<string>;
  /**
   * The app that started what is played, or else the active device. Undefined if neither has a client ID, or if it is
   * this device.
   */
  readonly controller: ClusterApp | undefined;

  /** @param own the IDs under which this device is registered */
  constructor(cluster: Cluster, own: ReadonlySet<string>, update?: ClusterUpdate) {
    this.cluster = cluster;
    this.update = update;
    this.own = own;
    const { activeDeviceId: active, playerState } = cluster;
    const candidates = active ? [playerState?.playOrigin?.deviceIdentifier, active] : [];
    this.controller = candidates.map((id) => (id && !own.has(id) ? this.app(id) : undefined)).find(Boolean);
  }

  /** Whether any device is active. */
  get isActive(): boolean {
    return this.cluster.activeDeviceId !== "";
  }

  /** Whether the cluster has this device. */
  has(deviceId: string): boolean {
    return Object.hasOwn(this.cluster.device, deviceId);
  }

  /** A device by its ID; undefined if the cluster does not have it, or it has no client ID. */
  app(deviceId: string): ClusterApp | undefined {
    if (!this.has(deviceId)) return undefined;
    const info = this.cluster.device[deviceId]!;
    const clientId = sentClientId(info.clientId);
    const device = controllingDevice(deviceId, info);
    return clientId !== undefined && device ? { clientId, device } : undefined;
  }
}

/**
 * Reads a cluster.
 * @param answer protobuf as bytes, or what JSON was parsed to
 * @param own the IDs under which this device is registered
 * @throws SpotifyError PROTOCOL_ERROR if it is not a cluster
 */
export function readCluster(answer: unknown, own: ReadonlySet<string>): ClusterView {
  return new ClusterView(
    decoded(() => {
      if (!(answer instanceof Uint8Array)) return fromJson(ClusterSchema, protobufNames(answer), FROM_JSON);
      // Also what Spotify answers to headers that it does not like. A cluster holds at least its time.
      if (answer.length === 0 || !isCheapProtobuf(answer, ClusterSchema)) throw notCluster();
      return fromBinary(ClusterSchema, answer, FROM_BINARY);
    }),
    own,
  );
}

/**
 * Reads what is pushed to hm://connect-state/v1/cluster.
 * @throws SpotifyError PROTOCOL_ERROR if it is not a cluster
 */
export function readClusterUpdate(payload: unknown, own: ReadonlySet<string>): ClusterView {
  const update = decoded(() => {
    if (payload instanceof Uint8Array) {
      if (!isCheapProtobuf(payload, ClusterUpdateSchema)) throw notCluster();
      return fromBinary(ClusterUpdateSchema, payload, FROM_BINARY);
    }
    const document = object(payload);
    return fromJson(
      ClusterUpdateSchema,
      { ...document, cluster: protobufNames(document["cluster"]) },
      FROM_JSON,
    );
  });
  if (!update.cluster) throw notCluster();
  return new ClusterView(update.cluster, own, update);
}

const FROM_BINARY = { readUnknownFields: false };
const FROM_JSON = { ignoreUnknownFields: true };

/** In JSON two fields of a cluster have other names than in protobuf. Source: SpotAPI spotapi/status.py. */
function protobufNames(document: unknown): JsonObject {
  if (!isCheapJson(document)) throw notCluster();
  const { timestamp, devices, ...others } = object(document);
  return {
    ...others,
    ...(timestamp !== undefined && { changed_timestamp_ms: timestamp }),
    ...(devices !== undefined && { device: devices }),
  };
}

function object(value: unknown): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw notCluster();
  return value as Record<string, JsonValue>;
}

function decoded<Message>(decode: () => Message): Message {
  try {
    return decode();
  } catch {
    // Without a cause: it may quote what was sent.
    throw notCluster();
  }
}

function notCluster(): SpotifyError {
  return new SpotifyError("PROTOCOL_ERROR", "Spotify sent a cluster that cannot be read.");
}
