import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/**
 * What reading a cluster may cost. Nothing else happens while a cluster is read, so that one with thousands of tiny devices
 * would hold up everything. The costs are about in proportion to the time that reading takes. A cluster of 100 devices and
 * 200 tracks costs some 10,000.
 */
const MAX_COST = 30_000;
const COST = { value: 1, object: 3, objectWithName: 10 };

/** The description of a field, as far as its cost depends on it. The value of a map is described in the same way. */
type Field = Pick<DescField, "number" | "fieldKind" | "message">;

/**
 * Whether protobuf can be read at a reasonable cost. Goes through its fields without reading what they hold.
 * @throws an Error if it is not protobuf
 */
export function isCheapProtobuf(bytes: Uint8Array, { fields }: DescMessage): boolean {
  return costOfProtobuf(bytes, fields, MAX_COST) <= MAX_COST;
}

/** The same for a document that was parsed from JSON. */
export function isCheapJson(document: unknown): boolean {
  let cost = 0;
  for (const left = [document]; left.length > 0 && cost <= MAX_COST;) {
    const value = left.pop();
    if (typeof value !== "object" || value === null) cost += COST.value;
    else {
      cost += COST.objectWithName;
      left.push(...(Object.values(value) as unknown[]).slice(0, MAX_COST));
    }
  }
  return cost <= MAX_COST;
}

/** Stops as soon as it is more than `most`. */
function costOfProtobuf(bytes: Uint8Array, fields: readonly Field[], most: number): number {
  const reader = new BinaryReader(bytes);
  let cost = 0;
  while (reader.pos < reader.len && cost <= most) {
    const [number, type] = reader.tag();
    const field = fields.find((candidate) => candidate.number === number);
    cost += !field?.message ? COST.value : field.fieldKind === "map" ? COST.objectWithName : COST.object;
    if (field?.message && type === WireType.LengthDelimited)
      cost += costOfProtobuf(reader.bytes(), fieldsBelow(field, field.message), most - cost);
    else reader.skip(type, number);
  }
  return cost;
}

/** The value of a map has number 2. Source: protobuf.dev/programming-guides/encoding, "Maps". */
function fieldsBelow({ fieldKind }: Field, message: DescMessage): readonly Field[] {
  return fieldKind === "map" ? [{ number: 2, fieldKind: "message", message }] : message.fields;
}
