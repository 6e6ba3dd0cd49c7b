/**
 * Keymaster: scoped tokens over the session.
 * Sources: librespot core/src/token.rs (request and answer), librespot#1331 (400, code 3), librespot#1532 and
 * librespot-java#1099 (403, code 4).
 */
import type { Account, Accounts } from "../world/accounts";
import { mayHave, type Policy } from "../world/policy";

const PATH = "hm://keymaster/token/authenticated";

export interface KeymasterRequest {
  scopes: string[];
  clientId: string;
  deviceId: string;
}

export interface KeymasterAnswer {
  /** Mercury status. */
  status: number;
  /** JSON. */
  payload: Buffer;
}

/** The asker. */
export interface Asker {
  account: Account;
  /** Whether the session was opened with an OAuth access token. */
  byToken: boolean;
  /** The session's number. */
  session: number;
}

/** @returns undefined if `uri` does not belong to keymaster. */
export function readKeymasterUri(uri: string): KeymasterRequest | undefined {
  const [path, query = ""] = uri.split("?", 2);
  if (path !== PATH) return undefined;
  const parameters = new URLSearchParams(query);
  return {
    scopes: (parameters.get("scope") ?? "").split(",").filter((scope) => scope !== ""),
    clientId: parameters.get("client_id") ?? "",
    deviceId: parameters.get("device_id") ?? "",
  };
}

/** Decides like the real one: first whether to answer this session at all, then what. */
export function answerKeymaster(
  request: KeymasterRequest,
  asker: Asker,
  policy: Policy,
  accounts: Accounts,
): KeymasterAnswer {
  const { account } = asker;
  if (asker.byToken || account.isRefused(asker.session)) return INVALID_REQUEST;
  // It is not published how a request without a client ID is answered; code 2 is invented.
  if (!/^[0-9a-f]{32}$/.test(request.clientId)) return refusal(400, 2, "Invalid client_id");
  if (policy.knownClientIds !== undefined && !policy.knownClientIds.includes(request.clientId)) {
    return INVALID_REQUEST;
  }
  const allowed = request.scopes.every((scope) => mayHave(policy, request.clientId, scope));
  if (request.scopes.length === 0 || !allowed) return refusal(400, 3, "Invalid scope");
  const token = accounts.mintKeymaster(account.username, request.clientId, request.scopes);
  return answer(200, {
    accessToken: token.accessToken,
    expiresIn: policy.tokenLifetime,
    tokenType: "Bearer",
    scope: token.scopes,
  });
}

function answer(status: number, body: unknown): KeymasterAnswer {
  return { status, payload: Buffer.from(JSON.stringify(body)) };
}

function refusal(status: number, code: number, errorDescription: string): KeymasterAnswer {
  return answer(status, { code, errorDescription });
}

const INVALID_REQUEST = refusal(403, 4, "Invalid request");
