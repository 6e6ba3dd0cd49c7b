/**
 * An app's requests to a device on the LAN: get its data, sign it in, sign it out.
 * Source: developer.spotify.com, commercial hardware, ZeroConf API; librespot discovery/src/server.rs.
 */
import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { makeExchange, type ShortNumber } from "../access-point/handshake";
import { encryptCredential, sealBlob, type BlobContents } from "./official-app-blob";

/** A device's answer: the fields of its JSON, and the HTTP status. */
export interface ZeroconfAnswer {
  httpStatus: number;
  /** 101 if it succeeded. */
  status: number;
  statusString: string;
  spotifyError: number;
  /** Its other fields. */
  fields: Record<string, unknown>;
}

export interface Controller {
  name: string;
  deviceId: string;
}

/** Changes of a tap by a test. */
export interface TapOptions {
  /** Replaces the account's credential. */
  contents?: Partial<BlobContents>;
  /** The blob is encrypted for this device; by default for the one that getInfo names. */
  encryptedFor?: string;
  /** A number of the exchange begins with a zero byte, which happens once in 256 taps. */
  shortNumbers?: ShortNumber;
  /** Changes the form. */
  spoil?: (form: URLSearchParams) => void;
}

/** The version of the ZeroConf API that present apps use. */
const API_VERSION = "2.7.1";
/** A device that does not answer for this long is gone. Milliseconds. */
const PATIENCE = 10_000;
const MAX_ANSWER_BYTES = 1 << 20;

/** @param address URL of the device's ZeroConf API, without a query */
export function getInfo(address: string): Promise<ZeroconfAnswer> {
  return ask(`${address}?${new URLSearchParams({ action: "getInfo", version: API_VERSION }).toString()}`);
}

export function resetUsers(address: string): Promise<ZeroconfAnswer> {
  return post(address, new URLSearchParams({ action: "resetUsers", version: API_VERSION }));
}

/**
 * Signs a device in.
 * @returns its answer to addUser
 * @throws Error if it does not answer getInfo
 */
export async function tap(
  address: string,
  credential: BlobContents,
  controller: Controller,
  options: TapOptions = {},
): Promise<ZeroconfAnswer> {
  const info = await getInfo(address);
  const { publicKey, deviceID } = info.fields;
  if (info.status !== 101 || typeof publicKey !== "string" || typeof deviceID !== "string") {
    throw new Error(`The device does not say who it is: ${info.httpStatus} ${info.statusString}`);
  }
  const contents = { ...credential, ...options.contents };
  const peer = Buffer.from(publicKey, "base64");
  const exchange = makeExchange(peer, options.shortNumbers);
  const text = encryptCredential(contents, options.encryptedFor ?? deviceID);
  const form = new URLSearchParams({
    action: "addUser",
    userName: contents.username,
    blob: sealBlob(text, exchange.sharedWith(peer)).toString("base64"),
    clientKey: exchange.publicNumber.toString("base64"),
    loginId: "",
    tokenType: "default",
    deviceName: controller.name,
    deviceId: controller.deviceId,
    version: API_VERSION,
  });
  options.spoil?.(form);
  return post(address, form);
}

function post(address: string, form: URLSearchParams): Promise<ZeroconfAnswer> {
  return ask(address, form.toString());
}

/**
 * Headers in the spelling that Spotify's apps use. librespot-python and librespot-java refuse a form with a charset behind
 * its type, and librespot-java does not find headers in lower case. Source: ZeroconfServer.java, `handle`.
 */
function headersOf(form: string | undefined): Record<string, string | number> {
  // An app that is closed leaves no connection open.
  const usual = { Connection: "close" };
  if (form === undefined) return usual;
  return {
    ...usual,
    "Content-Type": "application/x-www-form-urlencoded",
    "Content-Length": Buffer.byteLength(form),
  };
}

/** @param form form for a POST; if absent, it is a GET */
async function ask(url: string, form?: string): Promise<ZeroconfAnswer> {
  const asked = request(url, {
    method: form === undefined ? "GET" : "POST",
    headers: headersOf(form),
    signal: AbortSignal.timeout(PATIENCE),
  });
  // Errors after the start of the answer are also reported by the answer.
  asked.on("error", () => {});
  asked.end(form);
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  const fields = parse(await textOf(response));
  const { status, statusString, spotifyError } = fields;
  return {
    httpStatus: response.statusCode ?? 0,
    status: typeof status === "number" ? status : 0,
    statusString: typeof statusString === "string" ? statusString : "",
    spotifyError: typeof spotifyError === "number" ? spotifyError : 0,
    fields,
  };
}

async function textOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MAX_ANSWER_BYTES) throw new Error("The device's answer is too long");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
