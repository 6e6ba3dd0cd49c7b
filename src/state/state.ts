import { parseAddresses } from "../access-point/resolver";

/** What a session remembers over a restart. */
export interface SessionState {
  /** 40 hex digits, made once. */
  deviceId?: string;
  account?: AccountState;
  accessPoints?: AccessPointState;
  /** Tokens that were valid. Their form is the affair of `tokens/`, which checks each. */
  tokens: unknown[];
}

/** The account that is signed in, and the credential Spotify handed out for the next time. */
export interface AccountState {
  username: string;
  authType: number;
  /** base64 */
  authData: string;
  /** Which configured credential this came from: a new one in the settings takes its place. */
  configuredAs: string;
}

/** The access points of the last answer of `resolver`. */
export interface AccessPointState {
  resolver: string;
  /** `host:port`, best first */
  addresses: string[];
  /** ms since the epoch */
  at: number;
}

const MAX_TOKENS = 256;
const MAX_TEXT = 4096;

/**
 * The state in a document that was read from somewhere. Never throws: what cannot be understood is left out, for a
 * device ID and a few tokens less are better than no session.
 */
export function parseState(document: unknown): SessionState {
  const state: SessionState = { tokens: [] };
  if (!isObject(document)) return state;
  const deviceId = document["deviceId"];
  if (typeof deviceId === "string" && /^[\w-]{1,64}$/.test(deviceId)) state.deviceId = deviceId;
  const account = document["account"];
  if (
    isObject(account) &&
    isText(account["username"]) &&
    typeof account["authType"] === "number" &&
    isText(account["authData"]) &&
    typeof account["configuredAs"] === "string"
  ) {
    const { username, authType, authData, configuredAs } = account;
    state.account = { username, authType, authData, configuredAs };
  }
  const accessPoints = document["accessPoints"];
  if (
    isObject(accessPoints) &&
    typeof accessPoints["resolver"] === "string" &&
    Array.isArray(accessPoints["addresses"]) &&
    typeof accessPoints["at"] === "number" &&
    parseAddresses(accessPoints["addresses"]).length > 0
  ) {
    const { resolver, addresses, at } = accessPoints;
    state.accessPoints = { resolver, addresses: addresses as string[], at };
  }
  if (Array.isArray(document["tokens"])) state.tokens = document["tokens"].slice(0, MAX_TOKENS);
  return state;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= MAX_TEXT;
}
