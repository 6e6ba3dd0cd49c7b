/**
 * The services for the names of URIs: extended-metadata, metadata/4 and playlist metadata on spclient, and oEmbed on
 * open.spotify.com.
 */
import type { Backend } from "../backend";
import { struck } from "../faults";
import { unpacked, type HttpAnswer, type HttpRequest } from "../http";
import type { MetadataRecord } from "../journal";
import { withFaults } from "../login5/protobuf-service";
import { findContext, type ItemEntry } from "../world/catalogue";
import { episode, itemOf, track } from "./entity-messages";
import { answerBatch, readBatch } from "./extended-metadata";
import { idOfGid } from "./gid";
import { episodeDocument, trackDocument } from "./metadata4";
import { embedDocument, uriOfLink } from "./oembed";

const BATCH_PATH = "/extended-metadata/v0/extended-metadata";
/** 250 URIs are much smaller. */
const MAX_BATCH_BYTES = 1 << 20;
const METADATA4_PATH = /^\/metadata\/4\/(track|episode)\/([0-9a-f]{32})$/;
const PLAYLIST_PATH = /^\/playlist\/v2\/playlist\/([0-9A-Za-z]{22})\/metadata$/;
const NOT_FOUND: HttpAnswer = { status: 404 };

export class Metadata {
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** The answer of spclient; undefined for a path that is not about metadata. */
  answer(request: HttpRequest): HttpAnswer | undefined {
    const { pathname } = request.url;
    if (pathname === BATCH_PATH) return this.#batch(request);
    const [, type, gid] = METADATA4_PATH.exec(pathname) ?? [];
    if (type !== undefined && gid !== undefined) return this.#metadata4(request, type, gid);
    const [, playlist] = PLAYLIST_PATH.exec(pathname) ?? [];
    return playlist === undefined ? undefined : this.#playlist(request, playlist);
  }

  /** The answer of open.spotify.com. */
  answerOpen(request: HttpRequest): HttpAnswer {
    const { pathname, searchParams } = request.url;
    if (pathname !== "/oembed") return NOT_FOUND;
    const uri = uriOfLink(searchParams.get("url") ?? "");
    const decide = (): HttpAnswer => {
      const body = uri === undefined ? undefined : embedDocument(uri);
      return body === undefined ? NOT_FOUND : { status: 200, body };
    };
    const answer = this.#failed("oembed") ?? onlyFor("GET", request) ?? decide();
    return this.#record(request, "oembed", uri === undefined ? [] : [uri], answer);
  }

  #batch(request: HttpRequest): HttpAnswer {
    const { clientTokens, faults, policy } = this.#backend;
    const body = unpacked(request, MAX_BATCH_BYTES);
    const entities = body && readBatch(body);
    const { answer } = withFaults(faults, "extendedMetadata", undefined, () => ({
      answer:
        this.#rateLimited() ??
        onlyFor("POST", request) ??
        this.#tokenRefusal(request) ??
        clientTokens.refusal(request.headers) ??
        answerBatch(entities, policy.metadata.ttl),
      record: undefined,
    }));
    return this.#record(request, "extended-metadata", entities?.map(({ uri }) => uri) ?? [], answer);
  }

  #metadata4(request: HttpRequest, type: string, gid: string): HttpAnswer {
    const uri = `spotify:${type}:${idOfGid(gid)}`;
    const decide = (): HttpAnswer => {
      if (!this.#backend.policy.metadata.servesMetadata4) return { status: 500 };
      const item = type === "track" ? itemOf("track", uri) : itemOf("episode", uri);
      return item === undefined ? NOT_FOUND : itemAnswer(request, type, item);
    };
    const answer =
      this.#failed("metadata4") ?? onlyFor("GET", request) ?? this.#tokenRefusal(request) ?? decide();
    return this.#record(request, "metadata/4", [uri], answer);
  }

  #playlist(request: HttpRequest, id: string): HttpAnswer {
    const uri = `spotify:playlist:${id}`;
    const decide = (): HttpAnswer => {
      const playlist = findContext(uri);
      if (playlist === undefined) return NOT_FOUND;
      return { status: 200, body: { length: playlist.items.length, attributes: { name: playlist.name } } };
    };
    const answer =
      this.#failed("playlist") ?? onlyFor("GET", request) ?? this.#tokenRefusal(request) ?? decide();
    return this.#record(request, "playlist", [uri], answer);
  }

  #rateLimited(): HttpAnswer | undefined {
    const retryAfter = struck(this.#backend.faults, "extendedMetadataRateLimited");
    if (retryAfter === undefined) return undefined;
    return { status: 429, headers: { "retry-after": String(retryAfter) } };
  }

  #failed(service: "metadata4" | "playlist" | "oembed"): HttpAnswer | undefined {
    const status = struck(this.#backend.faults, `${service}Status`);
    return status === undefined ? undefined : { status };
  }

  #tokenRefusal({ headers }: HttpRequest): HttpAnswer | undefined {
    const [, token = ""] = /^Bearer (.+)$/i.exec(headers.authorization ?? "") ?? [];
    return this.#backend.accounts.serviceToken(token) === undefined ? { status: 401 } : undefined;
  }

  #record(
    { headers }: HttpRequest,
    service: MetadataRecord["service"],
    uris: string[],
    answer: HttpAnswer,
  ): HttpAnswer {
    const { journal } = this.#backend;
    const hasToken = headers.authorization !== undefined;
    const record = { service, uris, hasToken, status: answer.status, at: Date.now() };
    journal.record(journal.stats.metadataRequests, record);
    journal.happened("metadata", record);
    return answer;
  }
}

function onlyFor(method: string, request: HttpRequest): HttpAnswer | undefined {
  return request.method === method ? undefined : { status: 405 };
}

/** JSON only if the request accepts it, and for the listener's own market; else protobuf, as librespot requests. */
function itemAnswer({ headers, url }: HttpRequest, type: string, item: ItemEntry): HttpAnswer {
  const { accept = "*/*" } = headers;
  if (!accept.includes("application/json")) {
    const takesProtobuf = accept.includes("*/*") || accept.includes("protobuf");
    if (!takesProtobuf) return { status: 406 };
    const body = type === "track" ? track(item) : episode(item);
    return { status: 200, body, headers: { "content-type": "application/x-protobuf" } };
  }
  if (url.searchParams.get("market") !== "from_token") return { status: 400 };
  return { status: 200, body: type === "track" ? trackDocument(item) : episodeDocument(item) };
}
