import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { SpotifyError } from "../core/errors";
import {
  BatchedEntityRequestSchema,
  BatchedExtensionResponseSchema,
  ExtensionKind,
  type BatchedExtensionResponse,
} from "../proto/gen/extendedmetadata_pb";
import type { Spclient } from "../spclient/spclient";
import { catalogueNames } from "./catalogue-names";
import { MAX_NAMES_BYTES, type FoundNames } from "./found-names";
import type { CatalogueKind, SpotifyId } from "./spotify-id";

export interface CatalogueId extends SpotifyId {
  kind: CatalogueKind;
}

const PATH = "/extended-metadata/v0/extended-metadata";
const PROTOBUF = "application/x-protobuf";
const FROM_BINARY = { readUnknownFields: false };

/**
 * Asks Spotify's own services for many names at once.
 *
 * Source: librespot core/src/spclient.rs, `get_extended_metadata`; 250 URIs in a request: BridgeThing crates/spotify.
 *
 * @param ids at most 250
 * @returns what was found, by URI
 * @throws SpotifyError PROTOCOL_ERROR for an answer other than 200, and one that cannot be read; what `Spclient.request`
 *   throws; or the abort reason of `signal`
 */
export async function extendedMetadata(
  spclient: Pick<Spclient, "request">,
  ids: readonly CatalogueId[],
  signal: AbortSignal,
): Promise<Map<string, FoundNames>> {
  const entityRequest = ids.map(({ uri, kind }) => ({
    entityUri: uri,
    query: [{ extensionKind: extensionKind(kind) }],
  }));
  const body = toBinary(BatchedEntityRequestSchema, create(BatchedEntityRequestSchema, { entityRequest }));
  const headers = { "content-type": PROTOBUF, accept: PROTOBUF };
  const request = { method: "POST", path: PATH, headers, body, maxBytes: MAX_NAMES_BYTES } as const;
  const answer = await spclient.request(request, signal);
  if (answer.status !== 200) {
    throw new SpotifyError(
      "PROTOCOL_ERROR",
      `Spotify answered a request for names with HTTP ${answer.status}.`,
    );
  }
  return readAnswer(answer.body, ids);
}

/** @throws SpotifyError PROTOCOL_ERROR if the answer cannot be read */
function readAnswer(body: Uint8Array, ids: readonly CatalogueId[]): Map<string, FoundNames> {
  const asked = new Map(ids.map((id) => [id.uri, id]));
  const found = new Map<string, FoundNames>();
  for (const { extensionKind: kind, extensionData, header } of decoded(body).extendedMetadata) {
    for (const { entityUri, header: own, extensionData: data } of extensionData) {
      const id = asked.get(entityUri);
      if (!id || extensionKind(id.kind) !== kind || own?.statusCode !== 200 || !data) continue;
      try {
        const names = catalogueNames(id.kind, (schema) => fromBinary(schema, data.value, FROM_BINARY));
        const ttl = Number(own.cacheTtlInSeconds || header?.cacheTtlInSeconds || 0) || undefined;
        if (names.title !== null) found.set(entityUri, { names, ttl });
      } catch {
        // One damaged entity does not spoil the others: it counts as not found.
      }
    }
  }
  return found;
}

function decoded(body: Uint8Array): BatchedExtensionResponse {
  try {
    return fromBinary(BatchedExtensionResponseSchema, body, FROM_BINARY);
  } catch {
    // Without a cause: it may quote what was sent.
    throw new SpotifyError("PROTOCOL_ERROR", "Spotify sent names that cannot be read.");
  }
}

function extensionKind(kind: CatalogueKind): ExtensionKind {
  switch (kind) {
    case "track":
      return ExtensionKind.TRACK_V4;
    case "episode":
      return ExtensionKind.EPISODE_V4;
    case "album":
      return ExtensionKind.ALBUM_V4;
    case "artist":
      return ExtensionKind.ARTIST_V4;
    case "show":
      return ExtensionKind.SHOW_V4;
  }
}
