/**
 * A cluster for clients that registered with JSON, like the web player: the fields of the protobuf by their
 * names there, except that its map of devices is `devices` and its time of change `timestamp`; numbers of 64 bits are
 * texts, enumerations are names.
 * Sources: spotify/web-api#462 for the request; public observers for the answer and for pushes, whose
 * payload is an object `{cluster, update_reason, devices_that_changed}` and not base64.
 */
import { toJson, type JsonObject, type JsonValue } from "@bufbuild/protobuf";
import {
  ClusterSchema,
  ClusterUpdateSchema,
  type Cluster,
  type ClusterUpdate,
} from "../../../src/proto/gen/connect_pb";

const NAMES = { useProtoFieldName: true };

export function clusterJson(cluster: Cluster): JsonObject {
  const {
    device = {},
    changed_timestamp_ms: timestamp,
    ...others
  } = toObject(toJson(ClusterSchema, cluster, NAMES));
  return {
    ...(timestamp !== undefined && { timestamp }),
    active_device_id: "",
    ...others,
    devices: device,
    transfer_data_timestamp: "0",
    need_full_player_state: false,
  };
}

export function clusterUpdateJson(update: ClusterUpdate): JsonObject {
  const fields = toObject(toJson(ClusterUpdateSchema, update, NAMES));
  return { ...fields, ...(update.cluster !== undefined && { cluster: clusterJson(update.cluster) }) };
}

function toObject(value: JsonValue): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
