/**
 * The list of playlists that Spotify's apps show: /playlist/v2/user/<username>/rootlist on spclient, as JSON.
 *
 * Sources: librespot core/src/spclient.rs, `get_rootlist`, and protocol/proto/playlist4_external.proto; public clients that
 * read the JSON say that `items` and `metaItems` have the same order, and that a folder is two rows, one for each end,
 * with an empty entry beside it. An owner's picture is 20 bytes in base64; Spotify's own playlists have addresses.
 */
import { createHash } from "node:crypto";
import type { Backend } from "../backend";
import { struck } from "../faults";
import type { HttpAnswer, HttpRequest } from "../http";
import type { MetadataRecord } from "../journal";
import type { Account } from "../world/accounts";
import { CATALOGUE } from "../world/catalogue";
import type { SimulatedPlaylist } from "../world/playlists";

const PATH = /^\/playlist\/v2\/user\/([^/]+)\/rootlist$/;
/** The number of rows if the request names none. Source: librespot asks for 120. */
const USUAL_LENGTH = 120;
/** The most rows at once. The real limit is not known. */
const MOST_AT_ONCE = 300;
/** A picture that a person has uploaded. Source: the address of such a picture in the Web API. */
const UPLOADED = "ab67706c0000da84";
const BY_SPOTIFY = { default: "ab67706f00000002", small: "ab67706f00000001", large: "ab67706f00000003" };
const FOLDER = "1c1b4a5f2e3d4c5b";

const { dinner, dj } = CATALOGUE;

interface Row {
  item: object;
  about: object;
}

export class Rootlists {
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** @returns undefined for a path of another service */
  answer(request: HttpRequest): HttpAnswer | undefined {
    const [, username] = PATH.exec(request.url.pathname) ?? [];
    if (username === undefined) return undefined;
    const { journal, faults } = this.#backend;
    const status = struck(faults, "rootlistStatus");
    const answer = status === undefined ? this.#decide(request, decodeURIComponent(username)) : { status };
    const hasToken = request.headers.authorization !== undefined;
    const record: MetadataRecord = {
      service: "rootlist",
      uris: [],
      hasToken,
      status: answer.status,
      at: Date.now(),
    };
    journal.record(journal.stats.metadataRequests, record);
    journal.happened("metadata", record);
    return answer;
  }

  #decide({ method, headers, url }: HttpRequest, username: string): HttpAnswer {
    if (method !== "GET") return { status: 405 };
    const [, token = ""] = /^Bearer (.+)$/i.exec(headers.authorization ?? "") ?? [];
    const owner = this.#backend.accounts.serviceToken(token);
    if (owner === undefined) return { status: 401 };
    const refusal = this.#backend.clientTokens.refusal(headers);
    if (refusal !== undefined) return refusal;
    if (username !== owner.account.username) return { status: 403 };
    // Otherwise Spotify answers with protobuf.
    if (!(headers.accept ?? "").includes("application/json")) return { status: 406 };
    return documentOf(owner.account, url.searchParams);
  }
}

function documentOf(account: Account, query: URLSearchParams): HttpAnswer {
  const from = Number(query.get("from") ?? 0);
  const length = Math.min(Number(query.get("length") ?? USUAL_LENGTH), MOST_AT_ONCE);
  if (!Number.isSafeInteger(from) || from < 0 || !(length > 0)) return { status: 400 };
  const decorations: ReadonlySet<string> = new Set(query.get("decorate")?.split(","));
  const all = account.playlists.all.flatMap((playlist) => rowsOf(playlist, decorations));
  const rows = all.slice(from, from + length);
  return {
    status: 200,
    body: {
      revision: "AAAAAQ==",
      length: all.length,
      attributes: {},
      contents: {
        pos: from,
        truncated: from + rows.length < all.length,
        items: rows.map(({ item }) => item),
        ...(decorations.size > 0 && { metaItems: rows.map(({ about }) => about) }),
      },
    },
  };
}

/** All accounts have Dinner in a folder. */
function rowsOf(playlist: SimulatedPlaylist, decorations: ReadonlySet<string>): Row[] {
  const row = { item: { uri: playlist.uri, attributes: { public: false } }, about: {} };
  row.about = {
    ...(decorations.has("revision") && { revision: playlist.revision.toString("base64") }),
    ...(decorations.has("attributes") && { attributes: { name: playlist.name, ...pictureOf(playlist) } }),
    ...(decorations.has("length") && { length: playlist.items.length }),
    ...(decorations.has("owner") && { ownerUsername: ownerOf(playlist) }),
  };
  if (playlist.uri !== dinner.uri) return [row];
  const end = (uri: string): Row => ({ item: { uri }, about: {} });
  return [end(`spotify:start-group:${FOLDER}:Good+evenings`), row, end(`spotify:end-group:${FOLDER}`)];
}

function ownerOf({ uri, owner }: SimulatedPlaylist): string {
  return uri === dj.uri ? "spotify" : owner;
}

/** Most playlists of people have none: the apps show the covers of four albums. */
function pictureOf({ uri, name }: SimulatedPlaylist): object {
  const number = createHash("sha256").update(name).digest("hex").slice(0, 24);
  if (uri === dinner.uri) return { picture: Buffer.from(UPLOADED + number, "hex").toString("base64") };
  if (uri !== dj.uri) return {};
  const sizes = Object.entries(BY_SPOTIFY).map(([targetName, head]) => ({
    targetName,
    url: `https://i.scdn.co/image/${head}${number}`,
  }));
  return { format: "dj", pictureSize: sizes };
}
