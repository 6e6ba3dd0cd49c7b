/** A sign-in that brings a credential: pairing with a code, a file of another program, a tap in Spotify's app. */
export type SignInKind = "pairing" | "import" | "tap";

/** The account that is signed in, and the credential that Spotify handed out for the next login, as they are stored. */
export interface RememberedAccount {
  username: string;
  authType: number;
  /** base64 */
  authData: string;
  /** A fingerprint of the configured credential that this came from: a new one in the settings takes its place. */
  configuredAs: string;
  /** When it was handed out first, ms since the epoch; 0 if a version before 0.2 stored it. */
  since: number;
  /** The sign-in that it came from, if there was one. */
  by?: SignInKind;
}

const SIGN_IN_KINDS: ReadonlySet<unknown> = new Set<SignInKind>(["pairing", "import", "tap"]);
const MAX_TEXT = 4096;

/** The account that was stored, or undefined if it is malformed. */
export function parseRememberedAccount(value: unknown): RememberedAccount | undefined {
  const { username, authType, authData, configuredAs, since, by } = (value ?? {}) as RememberedAccount;
  for (const text of [username, authData] as unknown[]) {
    if (typeof text !== "string" || text === "" || text.length > MAX_TEXT) return undefined;
  }
  if (typeof authType !== "number" || typeof configuredAs !== "string") return undefined;
  const account = { username, authType, authData, configuredAs, since: Number.isFinite(since) ? since : 0 };
  return by && SIGN_IN_KINDS.has(by) ? { ...account, by } : account;
}
