/** Reads what a device says of itself when it registers: a PutStateRequest, as protobuf or as JSON, compressed or not. */
import { clone, create, fromBinary, fromJsonString } from "@bufbuild/protobuf";
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

/** No registration is near this, however well it compresses. */
const MAX_BYTES = 1 << 20;

/** @returns undefined where the body is nothing that it says it is */
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
