/**
 * GET /authorize: the page on which a user accepts an app, and the browser's redirect to the app.
 * Sources: RFC 6749, 4.1.1 to 4.1.2.1; RFC 7636, 4.3 and 4.4; developer.spotify.com, "Authorization Code with PKCE".
 */
import { randomBytes } from "node:crypto";
import type { Account } from "../world/accounts";
import type { App, Apps } from "../world/apps";
import type { AuthorizationCodes } from "./authorization-codes";
import { BoundedMap } from "../bounded-map";
import type { HttpAnswer } from "../http";
import { Parameters } from "./oauth";
import { consentPage, messagePage } from "./pages";
import type { Policy } from "../world/policy";
import { withAnswer } from "./redirect-uris";

/** A request that a user may accept. */
interface AuthorizeRequest {
  app: App;
  redirectUri: string;
  scopes: readonly string[];
  codeChallenge: string;
  state: string | undefined;
}

/** The shown request, until the user has decided. */
interface Question extends AuthorizeRequest {
  account: Account;
}

export interface Shown {
  answer: HttpAnswer;
  /** For `decide`, if there is something to decide. */
  nonce?: string;
}

/** The target of the page's form. */
export const DECISION_PATH = "/authorize/decision";
const MAX_QUESTIONS = 1000;

export class AuthorizePage {
  readonly #policy: Policy;
  readonly #apps: Apps;
  readonly #codes: AuthorizationCodes;
  readonly #questions = new BoundedMap<string, Question>(MAX_QUESTIONS);

  constructor(policy: Policy, apps: Apps, codes: AuthorizationCodes) {
    this.#policy = policy;
    this.#apps = apps;
    this.#codes = codes;
  }

  /** @param account account that is signed in in the browser */
  show(query: URLSearchParams, account: Account | undefined): Shown {
    const request = this.#read(new Parameters(query));
    if ("status" in request) return { answer: request };
    if (account === undefined) return { answer: messagePage(400, "Nobody is signed in") };
    const nonce = randomBytes(16).toString("hex");
    this.#questions.set(nonce, { ...request, account });
    const answer = consentPage({
      action: DECISION_PATH,
      nonce,
      app: request.app.name,
      username: account.username,
      scopes: request.scopes,
    });
    return { answer, nonce };
  }

  /** The user has pressed a button; each page can be answered once. */
  decide(nonce: string | undefined, agrees: boolean): HttpAnswer {
    const question = this.#questions.get(nonce ?? "");
    if (nonce === undefined || question === undefined) return messagePage(400, "This page has expired");
    this.#questions.delete(nonce);
    const { app, redirectUri, state, account, scopes, codeChallenge } = question;
    if (!agrees) return redirect(redirectUri, { error: "access_denied", state });
    const { username } = account;
    const code = this.#codes.issue({ username, clientId: app.clientId, scopes, redirectUri, codeChallenge });
    return redirect(redirectUri, { code, state });
  }

  /** Errors in client or redirect URI are shown to the user, all others to the client: RFC 6749, 4.1.2.1. */
  #read(query: Parameters): AuthorizeRequest | HttpAnswer {
    const clientId = query.get("client_id");
    const redirectUri = query.get("redirect_uri");
    if (query.repeated === "client_id" || query.repeated === "redirect_uri") {
      return messagePage(400, `Repeated parameter: ${query.repeated}`);
    }
    if (clientId === undefined) return messagePage(400, "Missing required parameter: client_id");
    const app = this.#apps.get(clientId);
    if (app === undefined) return messagePage(400, "INVALID_CLIENT: Invalid client");
    if (redirectUri === undefined) return messagePage(400, "Missing required parameter: redirect_uri");
    if (!app.mayRedirectTo(redirectUri)) return messagePage(400, "INVALID_CLIENT: Invalid redirect URI");

    const state = query.get("state");
    const refuse = (error: string, description?: string): HttpAnswer =>
      redirect(redirectUri, { error, error_description: description, state });
    const { repeated, scopes } = query;
    if (repeated !== undefined) return refuse("invalid_request", `${repeated} must be supplied once`);
    if (query.get("response_type") === undefined) {
      return refuse("invalid_request", "response_type must be supplied");
    }
    if (query.get("response_type") !== "code") return refuse("unsupported_response_type");
    const codeChallenge = query.get("code_challenge");
    if (codeChallenge === undefined) return refuse("invalid_request", "code_challenge must be supplied");
    // If absent, it means "plain", which Spotify does not support.
    if (query.get("code_challenge_method") !== "S256") {
      return refuse("invalid_request", "code_challenge_method must be S256");
    }
    if (!/^[A-Za-z0-9_-]{43}$/.test(codeChallenge)) {
      return refuse("invalid_request", "code_challenge is incorrect");
    }
    if (!app.mayHaveAll(scopes, this.#policy)) return refuse("invalid_scope");
    return { app, redirectUri, scopes, codeChallenge, state };
  }
}

function redirect(uri: string, answer: Record<string, string | undefined>): HttpAnswer {
  return { status: 302, headers: { location: withAnswer(uri, answer), "cache-control": "no-store" } };
}
