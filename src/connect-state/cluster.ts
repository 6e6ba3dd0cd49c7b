import { fromBinary } from "@bufbuild/protobuf";
import { SpotifyError } from "../core/errors";
import {
  ClusterGlanceSchema,
  ClusterUpdateGlanceSchema,
  DeviceInfoSchema,
  type ClusterGlance,
} from "../proto/gen/connect_pb";
import { DeviceIndex } from "../dealer/large-json";
import { controllingDevice, sentClientId, type ControllingDevice } from "./controlling-device";

/** An app of the account, in the cluster. */
export interface ClusterApp {
  clientId: string;
  device: ControllingDevice;
}

/** What the cluster says of who controls playback. */
export interface ClusterView {
  /** Whether any device is active. */
  readonly isActive: boolean;
  /**
   * The app that started what is played, else the active device; undefined where neither is known by a client ID, and
   * where it is this device itself.
   */
  readonly controller: ClusterApp | undefined;
  /** Whether a device is there. */
  has(deviceId: string): boolean;
  /** A device by its ID; undefined where it is not there or says no client ID. */
  app(deviceId: string): ClusterApp | undefined;
}

/** The part of a device that matters, by the names that connect-state's JSON has for it. */
interface DeviceWords {
  name?: unknown;
  client_id?: unknown;
  brand?: unknown;
  model?: unknown;
}

/**
 * Reads a cluster.
 * @param answer protobuf as bytes, or the document that JSON gave
 * @param own the IDs under which this device is registered
 * @throws SpotifyError PROTOCOL_ERROR for what is no cluster
 */
export function readCluster(answer: Uint8Array | object, own: ReadonlySet<string>): ClusterView {
  if (answer instanceof Uint8Array) return glance(decoded(ClusterGlanceSchema, answer), own);
  return documentView(answer, own);
}

/**
 * Reads what is pushed to hm://connect-state/v1/cluster.
 * @throws SpotifyError PROTOCOL_ERROR for what is no cluster
 */
export function readClusterUpdate(payload: Uint8Array | object, own: ReadonlySet<string>): ClusterView {
  if (payload instanceof Uint8Array) {
    const { cluster } = decoded(ClusterUpdateGlanceSchema, payload);
    if (!cluster) throw noCluster();
    return glance(cluster, own);
  }
  const { cluster } = payload as { cluster?: unknown };
  if (!isObject(cluster)) throw noCluster();
  return documentView(cluster, own);
}

function glance(cluster: ClusterGlance, own: ReadonlySet<string>): ClusterView {
  return view(
    cluster.activeDeviceId,
    cluster.playerState?.playOrigin?.deviceIdentifier,
    own,
    (id) => Object.hasOwn(cluster.device, id),
    (id) => {
      const { name, clientId, brand, model } = decoded(DeviceInfoSchema, cluster.device[id]!);
      return { name, client_id: clientId, brand, model };
    },
  );
}

/** Source of the names: what connect-state answers to the web player. */
function documentView(document: object, own: ReadonlySet<string>): ClusterView {
  const { active_device_id, player_state, devices, device } = document as Record<string, unknown>;
  const list = devices ?? device;
  const known = list instanceof DeviceIndex ? list : small(isObject(list) ? list : {});
  const origin = isObject(player_state) ? player_state["play_origin"] : undefined;
  return view(
    text(active_device_id),
    isObject(origin) ? text(origin["device_identifier"]) : undefined,
    own,
    (id) => known.has(id),
    (id) => known.get(id) ?? {},
  );
}

/** The devices of a cluster that was parsed as a whole. */
function small(byId: Record<string, unknown>): Pick<DeviceIndex, "has" | "get"> {
  return {
    has: (id) => Object.hasOwn(byId, id) && isObject(byId[id]),
    get: (id) => byId[id],
  };
}

function view(
  active: string | undefined,
  origin: string | undefined,
  own: ReadonlySet<string>,
  has: (deviceId: string) => boolean,
  words: (deviceId: string) => DeviceWords,
): ClusterView {
  const app = (deviceId: string): ClusterApp | undefined => {
    if (!has(deviceId)) return undefined;
    const { name, client_id, brand, model } = words(deviceId);
    const clientId = sentClientId(text(client_id));
    const device = controllingDevice(deviceId, { name: text(name), brand: text(brand), model: text(model) });
    return clientId !== undefined && device ? { clientId, device } : undefined;
  };
  const controllers = active ? [origin, active] : [];
  const controller = controllers.map((id) => (id && !own.has(id) ? app(id) : undefined)).find(Boolean);
  return { isActive: Boolean(active), controller, has, app };
}

function decoded<Schema extends Parameters<typeof fromBinary>[0]>(
  schema: Schema,
  bytes: Uint8Array,
): ReturnType<typeof fromBinary<Schema>> {
  try {
    return fromBinary(schema, bytes);
  } catch {
    // No cause: it may quote the bytes.
    throw noCluster();
  }
}

function noCluster(): SpotifyError {
  return new SpotifyError("PROTOCOL_ERROR", "Spotify sent a cluster that cannot be read.");
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
