/** The bodies of commands. */
import { gunzipSync } from "node:zlib";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import type { HttpRequest } from "../http";
import { parseObject } from "../web-api/json";
import { MAX_VOLUME } from "./simulated-device-info";

export type Fields = Readonly<Record<string, unknown>>;

/** No command is nearly as large as this, even compressed. */
const MAX_BYTES = 1 << 20;

/**
 * The desktop app compresses it, and says so in a separate header. Source: WaveeMusic connect-commands-from-capture.md.
 * @returns nothing if it is not one JSON object
 */
export function documentOf({ headers, bytes, body }: HttpRequest): Fields {
  if (headers["x-transfer-encoding"] !== "gzip") return parseObject(body) ?? {};
  try {
    return parseObject(gunzipSync(bytes, { maxOutputLength: MAX_BYTES }).toString("utf8")) ?? {};
  } catch {
    return {};
  }
}

/** 0 to 65,535, as JSON or as SetVolumeCommand. Sources: talyxel-sound, SpotAPI; BridgeThing, spotcontrol. */
export function volumeOf(request: HttpRequest): number | undefined {
  const isJson = String(request.headers["content-type"]).startsWith("application/json");
  const volume: unknown = isJson ? documentOf(request)["volume"] : protobufVolume(request.bytes);
  return Number.isInteger(volume) && Number(volume) >= 0 && Number(volume) <= MAX_VOLUME
    ? Number(volume)
    : undefined;
}

/** SetVolumeCommand.volume is field 1. */
function protobufVolume(bytes: Uint8Array): number | undefined {
  try {
    const reader = new BinaryReader(bytes);
    let volume: number | undefined;
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (field === 1 && type === WireType.Varint) volume = reader.int32();
      else reader.skip(type);
    }
    // A message without the field says 0.
    return volume ?? 0;
  } catch {
    return undefined;
  }
}
