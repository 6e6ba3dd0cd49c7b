/** Reads the data of a device that registers: a PutStateRequest, as protobuf or as JSON, compressed or not. */
import { clone, create, fromBinary, fromJsonString } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import {
  DeviceInfoSchema,
  PutStateRequestSchema,
  type PutStateRequest,
} from "../../../src/proto/gen/connect_pb";
import type { Member } from "./cluster";
import { unpacked, type HttpRequest } from "../http";

export interface Registration {
  request: PutStateRequest;
  format: "protobuf" | "json";
}

/** No registration is nearly as large as this, even compressed. */
const MAX_BYTES = 1 << 20;

/** @returns undefined if the body does not match its headers */
export function readRegistration(request: HttpRequest): Registration | undefined {
  const [type = ""] = (request.headers["content-type"] ?? "").split(";");
  const body = unpacked(request, MAX_BYTES);
  if (body === undefined) return undefined;
  try {
    if (type.trim() !== "application/json") {
      return { request: fromBinary(PutStateRequestSchema, body), format: "protobuf" };
    }
    const said = fromJsonString(PutStateRequestSchema, body.toString("utf8"), { ignoreUnknownFields: true });
    return { request: said, format: "json" };
  } catch {
    return undefined;
  }
}

/**
 * Since when the device has been active, ms since the epoch by its own clock; 0 if it does not say. Another time means that
 * it is active again. Sources: librespot protocol/proto/connect.proto, PutStateRequest.started_playing_at (9), and
 * connect/src/state.rs, `active_since`; go-librespot daemon/player_state.go, `activeSince`.
 */
export function startedPlayingAt({ $unknown = [] }: PutStateRequest): number {
  const field = $unknown.findLast(({ no, wireType }) => no === 9 && wireType === WireType.Varint);
  return field === undefined ? 0 : Number(new BinaryReader(field.data).uint64());
}

/**
 * @param deviceId that of the path
 * @param clientId that of the token, for a device that does not say its own
 */
export function memberOf(
  { request, format }: Registration,
  deviceId: string,
  connectionId: string,
  clientId: string,
): Member {
  const said = request.device?.deviceInfo;
  const info = said === undefined ? create(DeviceInfoSchema) : clone(DeviceInfoSchema, said);
  info.deviceId = deviceId;
  if (info.clientId === "") info.clientId = clientId;
  return { deviceId, info, connectionId, format };
}
