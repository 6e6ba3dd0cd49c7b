/**
 * What an app does to a device on the LAN: asks what it is, signs it in, signs it out.
 * Source: developer.spotify.com, commercial hardware, ZeroConf API; librespot discovery/src/server.rs.
 */
import { makeExchange, type ShortNumber } from "../access-point/handshake";
import { encryptCredential, sealBlob, type BlobContents } from "./official-app-blob";

/** An answer of the device: what its JSON says, and the HTTP status. */
export interface ZeroconfAnswer {
  httpStatus: number;
  /** 101 where all is well. */
  status: number;
  statusString: string;
  spotifyError: number;
  /** Whatever else it says. */
  fields: Record<string, unknown>;
}

export interface Controller {
  name: string;
  deviceId: string;
}

/** What a test has a tap do otherwise. */
export interface TapOptions {
  /** In place of the account's credential. */
  contents?: Partial<BlobContents>;
  /** The blob is encrypted for this device. By default for the one that getInfo names. */
  encryptedFor?: string;
  /** A number of the exchange begins with a zero byte, as happens once in 256 taps. */
  shortNumbers?: ShortNumber;
  /** Changes what is posted. */
  spoil?: (form: URLSearchParams) => void;
}

/** Of the ZeroConf API, as apps of today name it. */
const API_VERSION = "2.7.1";
/** A device that says nothing for so long is gone. Milliseconds. */
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
 * @returns what it answers to addUser
 * @throws Error where it does not say who it is
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
  return ask(address, { method: "POST", body: form });
}

async function ask(url: string, init: RequestInit = {}): Promise<ZeroconfAnswer> {
  // An app that is put away leaves nothing open.
  const headers = { connection: "close" };
  const response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(PATIENCE) });
  const text = await response.text();
  if (text.length > MAX_ANSWER_BYTES) throw new Error("The device's answer is too long");
  const fields = parse(text);
  const { status, statusString, spotifyError } = fields;
  return {
    httpStatus: response.status,
    status: typeof status === "number" ? status : 0,
    statusString: typeof statusString === "string" ? statusString : "",
    spotifyError: typeof spotifyError === "number" ? spotifyError : 0,
    fields,
  };
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
