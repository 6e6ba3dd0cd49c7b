/** Writes single fields of protobuf messages, so that no generated code is shared with the client under test. */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** A text, or the bytes of a message within a message. */
export function bytesField(field: number, value: string | Uint8Array): Uint8Array {
  const writer = new BinaryWriter().tag(field, WireType.LengthDelimited);
  return (typeof value === "string" ? writer.string(value) : writer.bytes(value)).finish();
}

export function int32Field(field: number, value: number): Uint8Array {
  return new BinaryWriter().tag(field, WireType.Varint).int32(value).finish();
}

export function sint32Field(field: number, value: number): Uint8Array {
  return new BinaryWriter().tag(field, WireType.Varint).sint32(value).finish();
}

export function messageOf(...fields: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(fields);
}
