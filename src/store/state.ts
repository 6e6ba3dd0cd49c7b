/** What a session remembers over a restart. */
export interface SessionState {
  /** 40 hex digits, made once. */
  deviceId?: string;
  account?: AccountState;
  accessPoints?: AccessPointState;
  /** Tokens that were valid. Their form is the affair of `tokens/`, which checks each. */
  tokens: unknown[];
  /** OAuth grants. Their form is the affair of `sign-in/`. */
  grants: unknown[];
  /** Who was told to wait. Its form is the affair of `http/`. */
  rateLimits: unknown[];
  clientToken?: ClientTokenState;
  /** The port on which Spotify's apps reached the session. */
  connectPort?: number;
  /** Whether keymaster serves the account, and since when (ms since the epoch). */
  keymaster?: { serves: boolean; since: number };
  /** What the Web API said to Spotify's own client IDs. Its form is the affair of `tokens/`. */
  webApi: unknown[];
  /** The configured credential that the user has signed out of, as in `AccountState.configuredAs`. */
  signedOutOf?: string;
}

/** The account that is signed in, and the credential Spotify handed out for the next time. */
export interface AccountState {
  username: string;
  authType: number;
  /** base64 */
  authData: string;
  /** Which configured credential this came from: a new one in the settings takes its place. */
  configuredAs: string;
  /** When it was handed out first, ms since the epoch; 0 where a version before 0.2 has kept it. */
  since: number;
  /** The sign-in that it came from, where one did. */
  by?: SignInKind;
}

/** A sign-in that brings a credential: pairing with a code, a file of another program, a tap in Spotify's app. */
export type SignInKind = "pairing" | "import" | "tap";

/** The access points of the last answer of `resolver`. */
export interface AccessPointState {
  resolver: string;
  /** `host:port`, best first */
  addresses: string[];
  /** ms since the epoch */
  at: number;
}

/** What a device shows Spotify's own services beside the user's token. Whether it is still good is the affair of `login5/`. */
export interface ClientTokenState {
  token: string;
  /** What it was made for. */
  clientId: string;
  deviceId: string;
  /** When it was asked for, when another is to be asked for, when it is over; ms since the epoch. */
  askedAt: number;
  refreshAt: number;
  expiresAt: number;
}

const SIGN_IN_KINDS: readonly SignInKind[] = ["pairing", "import", "tap"];
const MAX_ITEMS = 256;
const MAX_TEXT = 4096;

/**
 * The state in a document that was read from somewhere. Never throws: what cannot be understood is left out, for a
 * device ID and a few tokens less are better than no session.
 */
export function parseState(document: unknown): SessionState {
  const state: SessionState = emptyState();
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
    const since = typeof account["since"] === "number" ? account["since"] : 0;
    const by = SIGN_IN_KINDS.find((kind) => kind === account["by"]);
    state.account = { username, authType, authData, configuredAs, since, ...(by && { by }) };
  }
  const accessPoints = document["accessPoints"];
  if (
    isObject(accessPoints) &&
    typeof accessPoints["resolver"] === "string" &&
    Array.isArray(accessPoints["addresses"]) &&
    typeof accessPoints["at"] === "number"
  ) {
    const { resolver, addresses, at } = accessPoints;
    state.accessPoints = { resolver, addresses: addresses as string[], at };
  }
  for (const list of ["tokens", "grants", "rateLimits", "webApi"] as const) {
    const items = document[list];
    if (Array.isArray(items)) state[list] = items.slice(0, MAX_ITEMS);
  }
  const keymaster = document["keymaster"];
  if (isObject(keymaster)) {
    const { serves, since } = keymaster;
    if (typeof serves === "boolean" && typeof since === "number") state.keymaster = { serves, since };
  }
  const clientToken = parseClientToken(document["clientToken"]);
  if (clientToken) state.clientToken = clientToken;
  const connectPort = document["connectPort"];
  if (Number.isInteger(connectPort) && Number(connectPort) > 0 && Number(connectPort) <= 65_535) {
    state.connectPort = Number(connectPort);
  }
  if (typeof document["signedOutOf"] === "string") state.signedOutOf = document["signedOutOf"];
  return state;
}

function parseClientToken(document: unknown): ClientTokenState | undefined {
  if (!isObject(document)) return undefined;
  const { token, clientId, deviceId, askedAt, refreshAt, expiresAt } = document;
  if (!isText(token) || !isText(clientId) || !isText(deviceId)) return undefined;
  if (typeof askedAt !== "number" || typeof refreshAt !== "number" || typeof expiresAt !== "number") {
    return undefined;
  }
  return { token, clientId, deviceId, askedAt, refreshAt, expiresAt };
}

export function emptyState(): SessionState {
  return { tokens: [], grants: [], rateLimits: [], webApi: [] };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= MAX_TEXT;
}
