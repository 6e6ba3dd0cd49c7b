/**
 * Logging in on the encrypted connection, and what the access point then sends to the client.
 * Sources: librespot core/src/connection/mod.rs (`authenticate`), core/src/session.rs (`dispatch`).
 */
import { create, fromBinary, isFieldSet, toBinary } from "@bufbuild/protobuf";
import {
  APWelcomeSchema,
  AccountType,
  AuthenticationType,
  ClientResponseEncryptedSchema,
  LoginCredentialsSchema,
} from "../../../src/proto/gen/authentication_pb";
import { APLoginFailedSchema, ErrorCode } from "../../../src/proto/gen/keyexchange_pb";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import { anyErrorCode } from "./handshake";
import type { Account, Accounts } from "../world/accounts";
import { struck, strikes, type Faults, noise } from "../faults";
import { Command, understand, type Packet } from "./framing";
import type { Policy } from "../world/policy";

export interface LoginAttempt {
  username: string;
  type: AuthenticationType;
  deviceId: string;
}

/** The account that may log in, and the client ID of its credential; or the code of the refusal. */
export type LoginResult = LoginAttempt & (Admission | { code: number });

interface Admission {
  account: Account;
  clientId: string;
}

/**
 * @param payload of packet 0xab
 * @throws ClientError if it is not protobuf
 */
export function judgeLogin(payload: Uint8Array, accounts: Accounts, faults: Faults): LoginResult {
  const message = understand(() => fromBinary(ClientResponseEncryptedSchema, payload));
  const credentials = message.loginCredentials;
  const claimed = credentials?.username ?? "";
  // An empty name counts as a wrong one; go-librespot leaves the field out (ap/ap.go, `ConnectSpotifyToken`).
  const isNameless =
    credentials === undefined || !isFieldSet(credentials, LoginCredentialsSchema.field.username);
  // `typ` is an enum whose first value, 0, also stands for an absent field: a password, which is refused.
  const type = credentials?.typ ?? AuthenticationType.AUTHENTICATION_USER_PASS;
  const attempt = { username: claimed, type, deviceId: message.systemInfo?.deviceId ?? "" };
  if (strikes(faults, "tryAnotherAp")) return { ...attempt, code: ErrorCode.TryAnotherAP };
  const failed = struck(faults, "loginFailed");
  if (failed !== undefined) return { ...attempt, code: failed };

  const data = Buffer.from(credentials?.authData ?? []);
  const admission = admit(accounts, type, isNameless ? undefined : claimed, data);
  if (admission === undefined) return { ...attempt, code: ErrorCode.BadCredentials };
  return { ...attempt, username: admission.account.username, ...admission };
}

function admit(
  accounts: Accounts,
  type: AuthenticationType,
  claimed: string | undefined,
  data: Buffer,
): Admission | undefined {
  switch (type) {
    case AuthenticationType.AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS: {
      const account = accounts.byLogin(claimed ?? "");
      const clientId = account?.credentials.clientIdOf(data);
      return account && clientId !== undefined ? { account, clientId } : undefined;
    }
    case AuthenticationType.AUTHENTICATION_SPOTIFY_TOKEN: {
      // The username may be missing: device pairing does not tell it to clients. go-librespot#375.
      const account = accounts.ownerOfOauthToken(data.toString("utf8"));
      if (account === undefined || (claimed !== undefined && claimed !== account.username)) return undefined;
      return { account, clientId: CLIENT_IDS.keymaster };
    }
    case AuthenticationType.AUTHENTICATION_USER_PASS:
    case AuthenticationType.AUTHENTICATION_STORED_FACEBOOK_CREDENTIALS:
    case AuthenticationType.AUTHENTICATION_FACEBOOK_TOKEN:
      return undefined;
  }
  return undefined;
}

export function loginFailedPacket(code: number): Packet {
  const message = create(APLoginFailedSchema, { errorCode: anyErrorCode(code) });
  return { cmd: Command.LoginFailed, payload: Buffer.from(toBinary(APLoginFailedSchema, message)) };
}

/** The welcome, and the packets that follow without a request. */
export function welcomePackets({ account, clientId }: Admission, policy: Policy): Packet[] {
  const welcome = create(APWelcomeSchema, {
    canonicalUsername: account.username,
    accountTypeLoggedIn: AccountType.Spotify,
    credentialsTypeLoggedIn: AccountType.Spotify,
    reusableAuthCredentialsType: AuthenticationType.AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS,
    reusableAuthCredentials: account.credentials.of(clientId),
  });
  return [
    { cmd: Command.Welcome, payload: Buffer.from(toBinary(APWelcomeSchema, welcome)) },
    // Keys of the old download protocol. They have been unused for years, but are still sent.
    { cmd: Command.SecretBlock, payload: noise(336, 2) },
    { cmd: Command.LegacyWelcome, payload: Buffer.alloc(0) },
    { cmd: Command.CountryCode, payload: Buffer.from(policy.country) },
    { cmd: Command.LicenseVersion, payload: Buffer.from([0, 0]) },
    { cmd: Command.ProductInfo, payload: Buffer.from(productInfo(account)) },
  ];
}

/** The real list has about sixty entries; these are the ones that clients read. */
function productInfo(account: Account): string {
  const product = {
    type: account.premium ? "premium" : "open",
    catalogue: account.premium ? "premium" : "free",
    ads: account.premium ? "0" : "1",
    streaming: account.premium ? "1" : "0",
    "filter-explicit-content": "0",
    autoplay: "1",
  };
  const entries = Object.entries(product).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<?xml version="1.0" encoding="utf-8"?><products><product>${entries.join("")}</product></products>`;
}
