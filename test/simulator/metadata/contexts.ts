/**
 * The items of a context, and a person's saved items: /context-resolve/v1/<uri> and /collection/v2/write on spclient.
 * Sources: librespot core/src/spclient.rs, `get_context`, and its proto context.proto for the names; collection2v2.proto of
 * Spotify's desktop app, as public clients quote it.
 */
import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { Backend } from "../backend";
import type { HttpAnswer, HttpRequest } from "../http";
import type { Account } from "../world/accounts";
import { findContext, findItem } from "../world/content";

const RESOLVE = /^\/context-resolve\/v1\/(spotify:.{1,512})$/;
const WRITE = "/collection/v2/write";
const COLLECTION = "application/vnd.collection-v2.spotify.proto";
/** `collection` refuses artists. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  collection: ["track", "album"],
  artist: ["artist"],
};

export class Contexts {
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** @returns undefined for a path of another service */
  answer(request: HttpRequest): HttpAnswer | undefined {
    const { pathname } = request.url;
    const [, uri] = RESOLVE.exec(pathname) ?? [];
    if (uri === undefined && pathname !== WRITE) return undefined;
    const [, token = ""] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "") ?? [];
    const owner = this.#backend.accounts.serviceToken(token);
    if (owner === undefined) return { status: 401 };
    const refusal = this.#backend.clientTokens.refusal(request.headers);
    if (refusal !== undefined) return refusal;
    if (uri !== undefined) return request.method === "GET" ? resolve(uri) : { status: 405 };
    return request.method === "POST" ? write(request, owner.account) : { status: 405 };
  }
}

function resolve(uri: string): HttpAnswer {
  const item = findItem(uri);
  const context = item === undefined ? findContext(uri) : { uri, items: [item] };
  if (context === undefined) return { status: 404 };
  const tracks = context.items.map((one) => ({ uri: one.uri, metadata: {} }));
  return { status: 200, body: { uri, url: `context://${uri}`, metadata: {}, pages: [{ tracks }] } };
}

function write({ headers, bytes }: HttpRequest, account: Account): HttpAnswer {
  if (headers["content-type"] !== COLLECTION) return { status: 415 };
  const written = readWrite(bytes);
  if (written === undefined) return { status: 400 };
  const { username, set, items } = written;
  const kinds = KINDS[set];
  const isGood =
    username === account.username &&
    kinds !== undefined &&
    items.every(({ uri }) => kinds.includes(uri.split(":")[1] ?? ""));
  if (!isGood) return { status: 400 };
  for (const { uri, isRemoved } of items) {
    if (isRemoved) account.library.delete(uri);
    else account.library.add(uri);
  }
  return { status: 200 };
}

interface Written {
  username: string;
  set: string;
  items: WrittenItem[];
}

interface WrittenItem {
  uri: string;
  isRemoved: boolean;
}

/** @returns undefined if it is not protobuf */
function readWrite(bytes: Uint8Array): Written | undefined {
  try {
    return readFields(bytes);
  } catch {
    return undefined;
  }
}

/** WriteRequest: username 1, set 2, items 3 of CollectionItem: uri 1, added_at 2, is_removed 3. */
function readFields(bytes: Uint8Array): Written {
  const reader = new BinaryReader(bytes);
  const request: Written = { username: "", set: "", items: [] };
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 1) request.username = reader.string();
    else if (field === 2) request.set = reader.string();
    else if (field === 3) request.items.push(readItem(reader.bytes()));
    else reader.skip(type);
  }
  return request;
}

function readItem(bytes: Uint8Array): WrittenItem {
  const reader = new BinaryReader(bytes);
  const item = { uri: "", isRemoved: false };
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 1) item.uri = reader.string();
    else if (field === 3) item.isRemoved = reader.bool();
    else reader.skip(type);
  }
  return item;
}
