/** Authorization codes, which are valid for minutes, and once. Sources: RFC 6749, 4.1.2 and 4.1.3; RFC 7636, 4.6. */
import { createHash, randomBytes } from "node:crypto";
import { BoundedMap } from "../bounded-map";
import type { Authorization, Grant, Grants } from "../world/grants";
import { OAuthError } from "./oauth";
import type { Policy } from "../world/policy";

/** The authorization request, and the account that agreed to it. */
export interface CodeAuthorization extends Authorization {
  redirectUri: string;
  /** BASE64URL(SHA256(code_verifier)). */
  codeChallenge: string;
}

/** The fields of the token request. */
export interface CodeExchange {
  code: string;
  clientId: string;
  redirectUri: string;
  codeVerifier: string;
}

interface Issued {
  authorization: CodeAuthorization;
  issuedAt: number;
  /** The grant for the code, if it was used. */
  grant?: Grant;
}

const MAX_CODES = 1000;

export class AuthorizationCodes {
  readonly #policy: Policy;
  readonly #grants: Grants;
  readonly #codes = new BoundedMap<string, Issued>(MAX_CODES);

  constructor(policy: Policy, grants: Grants) {
    this.#policy = policy;
    this.#grants = grants;
  }

  issue(authorization: CodeAuthorization): string {
    const code = `AQ${randomBytes(150).toString("base64url")}`;
    this.#codes.set(code, { authorization, issuedAt: Date.now() });
    return code;
  }

  /**
   * The texts are quoted by users of accounts.spotify.com: spotify/web-api#267, spotify/web-api#514,
   * spotify/web-api-examples#126.
   * @throws OAuthError invalid_grant
   */
  redeem({ code, clientId, redirectUri, codeVerifier }: CodeExchange): Grant {
    const issued = this.#codes.get(code);
    if (issued === undefined || issued.authorization.clientId !== clientId) {
      throw new OAuthError("invalid_grant", "Invalid authorization code");
    }
    const { authorization, issuedAt, grant } = issued;
    if (grant !== undefined) {
      this.#grants.revokeWithAccessTokens(grant);
      throw new OAuthError("invalid_grant", "Invalid authorization code");
    }
    if (Date.now() >= issuedAt + this.#policy.codeLife * 1000) {
      throw new OAuthError("invalid_grant", "Authorization code expired");
    }
    if (redirectUri !== authorization.redirectUri) {
      throw new OAuthError("invalid_grant", "Invalid redirect URI");
    }
    if (!isVerifier(codeVerifier) || challengeOf(codeVerifier) !== authorization.codeChallenge) {
      throw new OAuthError("invalid_grant", "code_verifier was incorrect");
    }
    issued.grant = this.#grants.begin(authorization);
    return issued.grant;
  }
}

/** Source: RFC 7636, 4.1. */
function isVerifier(text: string): boolean {
  return /^[A-Za-z0-9._~-]{43,128}$/.test(text);
}

/** The method S256. Source: RFC 7636, 4.2. */
function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier, "ascii").digest("base64url");
}
