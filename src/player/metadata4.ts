import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { SpotifyError } from "../core/errors";
import type { HttpResponse } from "../net/client";
import type { Spclient } from "../spclient/spclient";
import { catalogueNames } from "./catalogue-names";
import type { CatalogueId } from "./extended-metadata";
import { MAX_NAMES_BYTES, type FoundNames } from "./found-names";
import { toGid } from "./spotify-id";

/**
 * Asks Spotify's older service for the names of one track or episode, in JSON.
 *
 * Source: a request of the desktop app in spotcontrol cuts/metadata_track.txt, from March 2026.
 *
 * @param server base URL; undefined: the spclient that the session uses
 * @returns null if Spotify does not have it
 * @throws SpotifyError PROTOCOL_ERROR for any other answer than 200 and 404, and for one that cannot be read; what
 *   `Spclient.request` throws; or the abort reason of `signal`
 */
export async function metadata4(
  spclient: Pick<Spclient, "request">,
  server: string | undefined,
  id: CatalogueId,
  signal: AbortSignal,
): Promise<FoundNames | null> {
  const gid = toGid(id.id);
  if (gid === undefined) return null;
  const path = `/metadata/4/${id.kind}/${gid}?market=from_token`;
  const request = { method: "GET", server, path, maxBytes: MAX_NAMES_BYTES } as const;
  const answer = await spclient.request(request, signal);
  if (answer.status === 404) return null;
  if (answer.status !== 200) {
    throw new SpotifyError(
      "PROTOCOL_ERROR",
      `Spotify answered a request for a name with HTTP ${answer.status}.`,
    );
  }
  return read(answer, id);
}

function read({ body, headers }: HttpResponse, { kind }: CatalogueId): FoundNames | null {
  try {
    const document = JSON.parse(body.toString("utf8"), withBase64) as JsonValue;
    const names = catalogueNames(kind, (schema) => fromJson(schema, document, { ignoreUnknownFields: true }));
    return names.title === null ? null : { names, ttl: Number(headers["mc-ttl"]) || undefined };
  } catch {
    // Without a cause: it may quote what was sent.
    throw new SpotifyError("PROTOCOL_ERROR", "Spotify sent a name that cannot be read.");
  }
}

/** This service writes bytes as hex. JSON of protobuf has them in base64. */
function withBase64(key: string, value: unknown): unknown {
  if ((key !== "gid" && key !== "file_id") || typeof value !== "string") return value;
  return Buffer.from(value, "hex").toString("base64");
}
