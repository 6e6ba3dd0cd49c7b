/**
 * All faults, as values. All are off by default, can be combined, and may be changed by a test at any
 * time. Each is read when its moment comes.
 */
import { createHash } from "node:crypto";
import type { DealerGarbage } from "./dealer/dealer-garbage";
import type { HttpAnswer } from "./http";

/** Off (false), always (true), or the next n times (a number, or `{ times }`). */
export type Strike = boolean | number | { times: number };
/**
 * Off (false), always with this value, or `{ value, times }`: with this value the next n times, and from then on as
 * `next` says.
 */
export type Valued<T> = false | T | Counted<T>;

interface Counted<T> {
  value: T;
  times: number;
  /** By default off. */
  next?: Valued<T>;
}

/** Where an access point falls silent: it continues to read, but never answers. */
export type SilentPhase = "hello" | "login" | "mercury" | "pings" | "pong-acks";

/**
 * Invalid data from an access point.
 * - `hello`: random bytes instead of the answer to ClientHello
 * - `hello-length`: an answer to ClientHello whose length field announces 2 GiB
 * - `packets`: random bytes instead of each packet from the welcome on
 * - `packet-length`: instead of a Mercury answer, a packet header that announces 65,535 bytes, and nothing more
 * - `mercury-length`: a Mercury part that claims to be longer than its packet
 * - `keymaster`: status 200 with a payload that is not JSON
 */
export type Garbage = "hello" | "hello-length" | "packets" | "packet-length" | "mercury-length" | "keymaster";

/**
 * Invalid answers of a protobuf service, each with status 200.
 * - `garbage`: bytes that are not protobuf
 * - `empty`: an empty body
 * - `over-long`: the right answer, and 8 MiB of an unknown field
 */
export type BodyFault = "garbage" | "empty" | "over-long";

/**
 * Where the dealer falls silent, but keeps the connection.
 * - `connection-id`: it never sends the connection its ID
 * - `pong`: it answers no ping
 */
export type DealerSilence = "connection-id" | "pong";

/**
 * The Web API's answer instead of a document, after the request was carried out.
 * - `empty`: 200, and an empty body
 * - `null`: the JSON text `null`
 * - `text`: an ID as plain text, as commands were answered (spotify-web-api-ts-sdk#127)
 * - `html`: the page of a proxy on the way
 * - `invalid-json`: the beginning of a document, marked as JSON
 * - `wrong-type`: the right document, marked as `text/plain`
 * - `too-large`: a JSON document of more than 10 MB
 */
export type WebApiBody = "empty" | "null" | "text" | "html" | "invalid-json" | "wrong-type" | "too-large";

/** Faults that are on or off. */
export interface StrikeFaults {
  // The connection is reset (RST, not FIN):
  /** as soon as it was accepted; over loopback a client may see it as a failure to connect */
  dropBeforeHello: Strike;
  /** when ClientHello was read, without an answer */
  dropAfterHello: Strike;
  /** when the welcome has been sent, and the client has had 20 ms to read it */
  dropAfterLogin: Strike;
  /** when a Mercury request was read, without an answer */
  dropMidRequest: Strike;

  // The access point is not the real one:
  /** the signature over gs is broken */
  wrongSignature: Strike;
  /** a valid signature, by a key that is not the published one */
  wrongKey: Strike;

  /** a login is answered with 0xad and code 2 */
  tryAnotherAp: Strike;

  // A Mercury answer comes in an unusual way:
  /** its header in one packet, its payload in the next */
  twoPackets: Strike;
  /** its parts cut in two, each going on in the next packet */
  splitParts: Strike;
  /** a packet of an unknown type precedes each packet except the answer to the login */
  unknownPackets: Strike;

  /** the token request is carried out (a refresh token is rotated, a code is used), but the connection dies before the answer */
  accountsDropAfter: Strike;
  /** the accounts service answers 200 with text that is not JSON, and does nothing */
  accountsGarbage: Strike;
  /** a success of the token endpoint has an access token and no refresh token, as RFC 6749, 5.1 allows */
  accountsNoRefreshToken: Strike;

  /** the resolver answers 200 with text that is not JSON */
  resolverGarbage: Strike;
  /** the resolver knows no access point */
  resolverEmpty: Strike;

  /** Login5 resets the connection when it has read the request, and does nothing */
  login5Drop: Strike;
  /** like `login5Drop`, for client tokens */
  clientTokenDrop: Strike;
  /** like `login5Drop`, at connect-state */
  connectStateDrop: Strike;
  /** like `login5Drop`, for commands to other devices */
  deviceCommandDrop: Strike;
  /** like `login5Drop`, where many names are looked up at once */
  extendedMetadataDrop: Strike;

  /** the dealer resets a connection as soon as it has accepted it */
  dealerDrop: Strike;
}

/** Faults with a value. */
export interface FaultValues {
  /** the MAC of the n-th packet of a connection (1 is the welcome), or of the next one, is wrong */
  wrongMac: number | "next";
  /** a login is answered with 0xad and this code */
  loginFailed: number;
  /** ClientHello is answered with APResponseMessage.login_failed and this code, instead of the challenge */
  handshakeLoginFailed: number;
  /** a login is answered in plaintext, with login_failed and this code. Source: librespot-java Session.java */
  plainLoginFailed: number;
  /** every Mercury request is answered with this status and no payload */
  mercuryStatus: number;
  /** keymaster answers 200 with exactly this text */
  keymasterPayload: string;
  /** keymaster answers with this status, and this as JSON; undefined: no payload */
  keymasterRefusal: { status: number; payload?: unknown };
  /** Mercury answers are held back until there are this many, then sent in reverse order */
  reordering: number;
  /** everything written in pieces of this many bytes, each a separate segment */
  dribble: number;
  /** everything written this many milliseconds late */
  slow: number;
  silent: SilentPhase;
  garbage: Garbage;
  /** the resolver answers with this status */
  resolverStatus: number;
  /** the resolver answers this many milliseconds late */
  resolverSlow: number;
  /** the Web API answers with this status: a spurious 401 or 403, a 500, 502, 503 */
  webApiStatus: number;
  /** the Web API answers exactly this, and does nothing */
  webApiAnswer: HttpAnswer;
  /**
   * the Web API answers a valid token as it sometimes does since 2026-07-21: 401 "Access token missing", 403 "Premium
   * required". Sources: SpotifyWebApiPython 1.0.276, spotcast 6.5.4
   */
  webApiSpurious: 401 | 403;
  /** the Web API answers 429 with this Retry-After, in seconds; 0: without one */
  webApiRateLimited: number;
  /** the Web API answers 429 and that the developer's quota is used up, with this Retry-After; 0: without one */
  webApiQuota: number;
  /** the Web API answers this many milliseconds late */
  webApiSlow: number;
  /** if the answer has pages, the next page is at this address */
  webApiNext: string | number;
  webApiBody: WebApiBody;

  // The accounts service, where programs use it: tokens and pairing, not the pages.
  /** it answers with this status, and does nothing */
  accountsStatus: number;
  /** it answers 429 with this Retry-After, in seconds, and does nothing */
  accountsRateLimited: number;
  /** like `webApiQuota`, and does nothing */
  accountsQuota: number;
  /** it answers this many milliseconds late; a request that is aborted meanwhile is still carried out */
  accountsSlow: number;

  /** Login5 answers with this LoginError */
  login5Error: number;
  /** Login5 answers with this HTTP status, and does nothing */
  login5Status: number;
  /** Login5 answers this many milliseconds late */
  login5Slow: number;
  login5Body: BodyFault;
  // The same, where client tokens are given:
  clientTokenStatus: number;
  clientTokenSlow: number;
  clientTokenBody: BodyFault;
  // The same, at connect-state:
  connectStateStatus: number;
  connectStateSlow: number;
  connectStateBody: BodyFault;
  /** connect-state answers 429 with this Retry-After, in seconds, and does nothing */
  connectStateRateLimited: number;
  // The same, for commands to other devices:
  deviceCommandStatus: number;
  deviceCommandSlow: number;
  deviceCommandRateLimited: number;
  /** this many more devices are in each cluster, as if people had many loudspeakers */
  clusterDevices: number;

  // The same, where many names are looked up at once:
  extendedMetadataStatus: number;
  extendedMetadataSlow: number;
  extendedMetadataBody: BodyFault;
  /** like `connectStateRateLimited` */
  extendedMetadataRateLimited: number;
  /** metadata/4 answers with this status */
  metadata4Status: number;
  /** the same, for the metadata of a playlist */
  playlistStatus: number;
  /** the same, for an account's list of playlists */
  rootlistStatus: number;
  /** the same, at open.spotify.com */
  oembedStatus: number;

  /** the dealer refuses an upgrade with this status: 401, 403, 429, 503 */
  dealerStatus: number;
  /** the dealer refuses an upgrade with 429 and this Retry-After, in seconds */
  dealerRateLimited: number;
  dealerSilent: DealerSilence;
  /** the dealer closes a connection with this code as soon as it has accepted it */
  dealerClose: number;
  /** is sent before each message of the dealer; the message follows if the client is still connected */
  dealerGarbage: DealerGarbage;
}

type ValuedFaults = { [K in keyof FaultValues]: Valued<FaultValues[K]> };

export type Faults = StrikeFaults & ValuedFaults;

export function noFaults(): Faults {
  return {
    dropBeforeHello: false,
    dropAfterHello: false,
    dropAfterLogin: false,
    dropMidRequest: false,
    wrongSignature: false,
    wrongKey: false,
    wrongMac: false,
    tryAnotherAp: false,
    loginFailed: false,
    handshakeLoginFailed: false,
    plainLoginFailed: false,
    mercuryStatus: false,
    keymasterPayload: false,
    keymasterRefusal: false,
    twoPackets: false,
    splitParts: false,
    reordering: false,
    unknownPackets: false,
    dribble: false,
    slow: false,
    silent: false,
    garbage: false,
    resolverStatus: false,
    resolverGarbage: false,
    resolverSlow: false,
    resolverEmpty: false,
    webApiStatus: false,
    webApiAnswer: false,
    webApiSpurious: false,
    webApiRateLimited: false,
    webApiQuota: false,
    webApiSlow: false,
    webApiNext: false,
    webApiBody: false,
    accountsStatus: false,
    accountsRateLimited: false,
    accountsQuota: false,
    accountsSlow: false,
    accountsDropAfter: false,
    accountsGarbage: false,
    accountsNoRefreshToken: false,
    login5Drop: false,
    login5Error: false,
    login5Status: false,
    login5Slow: false,
    login5Body: false,
    clientTokenDrop: false,
    clientTokenStatus: false,
    clientTokenSlow: false,
    clientTokenBody: false,
    connectStateDrop: false,
    connectStateStatus: false,
    connectStateSlow: false,
    connectStateBody: false,
    connectStateRateLimited: false,
    deviceCommandDrop: false,
    deviceCommandStatus: false,
    deviceCommandSlow: false,
    deviceCommandRateLimited: false,
    clusterDevices: false,
    extendedMetadataDrop: false,
    extendedMetadataStatus: false,
    extendedMetadataSlow: false,
    extendedMetadataBody: false,
    extendedMetadataRateLimited: false,
    metadata4Status: false,
    playlistStatus: false,
    rootlistStatus: false,
    oembedStatus: false,
    dealerDrop: false,
    dealerStatus: false,
    dealerRateLimited: false,
    dealerSilent: false,
    dealerClose: false,
    dealerGarbage: false,
  };
}

/** Whether `name` applies now. Each call counts as a time. */
export function strikes(faults: StrikeFaults, name: keyof StrikeFaults): boolean {
  const fault = faults[name];
  if (typeof fault === "boolean") return fault;
  const times = typeof fault === "number" ? fault : fault.times;
  faults[name] = times > 1 ? times - 1 : false;
  return times > 0;
}

/**
 * The value of `name` if it applies now, or undefined if it is off. Each call counts as a time, unless
 * `applies` says that this value is meant for another moment.
 */
export function struck<K extends keyof FaultValues>(
  faults: Record<K, Valued<FaultValues[K]>>,
  name: K,
  applies: (value: FaultValues[K]) => boolean = () => true,
): FaultValues[K] | undefined {
  const fault: Valued<FaultValues[K]> = faults[name];
  if (fault === false) return undefined;
  if (!isCounted(fault)) return applies(fault) ? fault : undefined;
  if (fault.times < 1 || !applies(fault.value)) return undefined;
  faults[name] = fault.times > 1 ? { ...fault, times: fault.times - 1 } : (fault.next ?? false);
  return fault.value;
}

function isCounted<T>(fault: T | Counted<T>): fault is Counted<T> {
  return typeof fault === "object" && fault !== null && "times" in fault;
}

/** Meaningless bytes, the same in each run: `seed` and `length` determine them. */
export function noise(length: number, seed: number): Buffer {
  const blocks: Buffer[] = [];
  for (let block = 0; block * 32 < length; block++) {
    blocks.push(createHash("sha256").update(`noise ${seed} ${block}`).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}
