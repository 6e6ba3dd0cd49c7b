/**
 * A minimal client of the accounts service, for the simulator's own tests.
 *
 * OAuth clients of other projects work with it too, as tried with openid-client, oauth4webapi, requests-oauthlib
 * and authlib.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Account, App, Simulator } from "../index";

export const REDIRECT_URI = "http://127.0.0.1:8123/callback";
export const SCOPES = "user-read-playback-state user-modify-playback-state";

export interface Answer {
  status: number;
  headers: Headers;
  /** Of JSON. */
  body: Record<string, unknown>;
}

type Form = Record<string, string | undefined>;

/** A verifier and its challenge. Source: RFC 7636, 4. */
export class Pkce {
  readonly verifier = randomBytes(32).toString("base64url");
  readonly challenge = createHash("sha256").update(this.verifier).digest("base64url");
}

/** @param changes parameters that replace the usual ones; undefined leaves one out */
export function authorizeUrl(simulator: Simulator, app: App, pkce: Pkce, changes: Form = {}): string {
  const query = {
    response_type: "code",
    client_id: app.clientId,
    redirect_uri: REDIRECT_URI,
    scope: SCOPES,
    state: "st+at/e &",
    code_challenge: pkce.challenge,
    code_challenge_method: "S256",
    ...changes,
  };
  return `${simulator.endpoints.accounts}/authorize?${encode(query).toString()}`;
}

export async function post(simulator: Simulator, path: string, form: Form): Promise<Answer> {
  const response = await fetch(simulator.endpoints.accounts + path, { method: "POST", body: encode(form) });
  const body: unknown = await response.json();
  return { status: response.status, headers: response.headers, body: Object(body) };
}

/** The code of an authorization that `account` agreed to. */
export async function codeFor(
  simulator: Simulator,
  app: App,
  account: Account,
  pkce: Pkce,
  changes: Form = {},
): Promise<string> {
  const redirect = await simulator.approve(authorizeUrl(simulator, app, pkce, changes), account);
  return new URL(redirect).searchParams.get("code") ?? "";
}

/** @param changes as for `authorizeUrl`, of the token request */
export function exchangeCode(
  simulator: Simulator,
  app: App,
  code: string,
  pkce: Pkce,
  changes: Form = {},
): Promise<Answer> {
  return post(simulator, "/api/token", {
    grant_type: "authorization_code",
    client_id: app.clientId,
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: pkce.verifier,
    ...changes,
  });
}

/** Goes through a whole sign-in. @returns the answer of the token endpoint */
export async function signIn(simulator: Simulator, app: App, account: Account): Promise<Answer> {
  const pkce = new Pkce();
  return exchangeCode(simulator, app, await codeFor(simulator, app, account, pkce), pkce);
}

export function refresh(
  simulator: Simulator,
  app: App,
  refreshToken: unknown,
  changes: Form = {},
): Promise<Answer> {
  return post(simulator, "/api/token", {
    grant_type: "refresh_token",
    client_id: app.clientId,
    refresh_token: String(refreshToken),
    ...changes,
  });
}

function encode(form: Form): URLSearchParams {
  const present = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(present);
}
