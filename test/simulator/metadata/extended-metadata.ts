/**
 * POST /extended-metadata/v0/extended-metadata: the names of many URIs, in one request. Protobuf both ways:
 * BatchedEntityRequest, BatchedExtensionResponse. Source: librespot protocol/proto/extended_metadata.proto and
 * entity_extension_data.proto; several clients of 2026 ask for 250 URIs at once.
 */
import { createHash } from "node:crypto";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { HttpAnswer } from "../http";
import { KINDS } from "./entity-messages";
import { bytesField, int32Field, messageOf } from "./protobuf-fields";

const MAX_ENTITIES = 250;
const HEADERS = { "content-type": "application/protobuf" };

/** A client's request about one URI. */
export interface EntityRequest {
  uri: string;
  /** ExtensionKind. */
  kinds: number[];
}

/** @returns undefined if the body is not a BatchedEntityRequest */
export function readBatch(body: Uint8Array): EntityRequest[] | undefined {
  const entities: EntityRequest[] = [];
  try {
    eachField(body, (field, reader) => {
      if (field !== 2) return false;
      entities.push(readEntity(reader.bytes()));
      return true;
    });
    return entities;
  } catch {
    return undefined;
  }
}

/** @param ttl seconds that a client may keep an answer */
export function answerBatch(entities: readonly EntityRequest[] | undefined, ttl: number): HttpAnswer {
  if (entities === undefined || entities.length > MAX_ENTITIES) return { status: 400 };
  const kinds = [...new Set(entities.flatMap((entity) => entity.kinds))];
  const arrays = kinds.map((kind) => {
    const asked = entities.filter((entity) => entity.kinds.includes(kind));
    return messageOf(
      int32Field(2, kind),
      ...asked.map(({ uri }) => bytesField(3, extensionData(kind, uri, ttl))),
    );
  });
  return { status: 200, body: messageOf(...arrays.map((array) => bytesField(2, array))), headers: HEADERS };
}

function extensionData(kind: number, uri: string, ttl: number): Uint8Array {
  const known = KINDS.get(kind);
  const value = known?.encode(uri);
  if (known === undefined || value === undefined) {
    return messageOf(bytesField(1, int32Field(1, 404)), bytesField(2, uri));
  }
  const etag = createHash("sha256").update(value).digest("hex").slice(0, 16);
  const header = messageOf(int32Field(1, 200), bytesField(2, etag), int32Field(4, ttl));
  const any = messageOf(
    bytesField(1, `type.googleapis.com/spotify.metadata.${known.name}`),
    bytesField(2, value),
  );
  return messageOf(bytesField(1, header), bytesField(2, uri), bytesField(3, any));
}

function readEntity(bytes: Uint8Array): EntityRequest {
  const entity: EntityRequest = { uri: "", kinds: [] };
  eachField(bytes, (field, reader) => {
    if (field === 1) entity.uri = reader.string();
    else if (field === 2) entity.kinds.push(readKind(reader.bytes()));
    else return false;
    return true;
  });
  return entity;
}

function readKind(query: Uint8Array): number {
  let kind = 0;
  eachField(query, (field, reader) => {
    if (field !== 1) return false;
    kind = reader.int32();
    return true;
  });
  return kind;
}

/** @param read returns false for a field that it does not read @throws Error if the bytes are not protobuf */
function eachField(bytes: Uint8Array, read: (field: number, reader: BinaryReader) => boolean): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (!read(field, reader)) reader.skip(type, field);
  }
}
