/** accounts.spotify.com: the pages for users, the endpoints for programs, and their failures. */
import type { Account } from "../world/accounts";
import { AuthorizationCodes } from "./authorization-codes";
import { AuthorizePage, DECISION_PATH } from "./authorize-page";
import type { Backend } from "../backend";
import { DevicePairing } from "./device-pairing";
import { struck, strikes } from "../faults";
import { Grants } from "../world/grants";
import type { HttpAnswer, HttpRequest } from "../http";
import { bodyOf, formOf, oauthAnswer, OAuthError, oauthRefusal, Parameters } from "./oauth";
import { messagePage } from "./pages";
import { PAIR_DECISION_PATH, PairPage } from "./pair-page";
import { quotaExceeded } from "../web-api/rate-limits";
import { secretsIn } from "../secrets";
import { exchange, type TokenEndpointParts } from "./token-endpoint";

/** The result of a program's request. */
interface Outcome {
  answer: HttpAnswer;
  /** OAuth's code, if the request was refused. */
  error?: string;
}

export class AccountsService {
  readonly grants: Grants;
  readonly pairing: DevicePairing;
  /** The account that is signed in in the browser, if it is not the first one. */
  browserAccount: Account | undefined;
  readonly #backend: Backend;
  readonly #parts: TokenEndpointParts;
  readonly #authorizePage: AuthorizePage;
  readonly #pairPage: PairPage;
  readonly #routes: Readonly<Record<string, (request: HttpRequest) => HttpAnswer>> = {
    "GET /authorize": ({ url }) => this.#authorize(url),
    [`POST ${DECISION_PATH}`]: (request) => {
      const { nonce, agrees } = readDecision(request);
      return this.#authorizePage.decide(nonce, agrees);
    },
    "GET /pair": ({ url }) =>
      this.#pairPage.show(new Parameters(url.searchParams).get("code"), this.#whoBrowses),
    [`POST ${PAIR_DECISION_PATH}`]: (request) => {
      const { nonce, agrees } = readDecision(request);
      return this.#pairPage.decide(nonce, agrees);
    },
    "POST /api/token": (request) => this.#token(request),
    "POST /oauth2/device/authorize": (request) => this.#device(request),
  };

  constructor(backend: Backend) {
    const { policy, accounts, apps } = backend;
    this.#backend = backend;
    this.grants = new Grants(policy, accounts);
    this.pairing = new DevicePairing(policy, apps);
    const codes = new AuthorizationCodes(policy, this.grants);
    const { grants, pairing } = this;
    this.#parts = { apps, codes, grants, pairing, reused: () => (backend.journal.stats.refreshReuse += 1) };
    this.#authorizePage = new AuthorizePage(policy, apps, codes);
    this.#pairPage = new PairPage(this.pairing, apps);
  }

  answer(request: HttpRequest): HttpAnswer {
    const route = this.#routes[`${request.method} ${request.url.pathname}`];
    const answer = route?.(request) ?? messagePage(404, "Not found");
    this.#backend.passedSecrets.keep(...secretsIn(request, answer));
    return answer;
  }

  /**
   * Acts like a user with a browser: opens the page and presses a button.
   * @param account by default the one that is signed in in the browser
   * @returns the address of the redirect, which is not followed
   * @throws Error with the page's text, if there is nothing to decide
   */
  browse(authorizeUrl: URL, agrees: boolean, account = this.#whoBrowses): string {
    const { answer, nonce } = this.#show(authorizeUrl, account);
    const last = nonce === undefined ? answer : this.#authorizePage.decide(nonce, agrees);
    const location = last.headers?.["location"];
    if (typeof location === "string") return location;
    throw new Error(`The page says: ${/<h1>(.*?)<\/h1>/.exec(String(last.body))?.[1] ?? last.status}`);
  }

  get #whoBrowses(): Account | undefined {
    return this.browserAccount ?? this.#backend.accounts.all()[0];
  }

  #authorize(url: URL): HttpAnswer {
    return this.#show(url, this.#whoBrowses).answer;
  }

  #show(url: URL, account: Account | undefined): ReturnType<AuthorizePage["show"]> {
    const shown = this.#authorizePage.show(url.searchParams, account);
    const query = new Parameters(url.searchParams);
    const { journal } = this.#backend;
    const record = {
      clientId: query.get("client_id") ?? "",
      redirectUri: query.get("redirect_uri") ?? "",
      scopes: query.scopes,
      status: shown.answer.status,
      at: Date.now(),
    };
    journal.record(journal.stats.authorizeRequests, record);
    journal.happened("authorize", record);
    return shown;
  }

  #token(request: HttpRequest): HttpAnswer {
    const { journal, faults } = this.#backend;
    const delay = struck(faults, "accountsSlow") ?? 0;
    const fault = this.#fault();
    const outcome = fault ?? this.#carryOut(() => this.#exchange(request));
    const drop = fault === undefined && strikes(faults, "accountsDropAfter");
    const body = bodyOf(request);
    const record = {
      grantType: body.get("grant_type") ?? "",
      clientId: body.get("client_id") ?? "",
      status: drop ? 0 : outcome.answer.status,
      ...(outcome.error !== undefined && { error: outcome.error }),
      at: Date.now(),
    };
    journal.record(journal.stats.tokenRequests, record);
    journal.happened("token", record);
    return { ...outcome.answer, delay, drop };
  }

  #exchange(request: HttpRequest): object {
    const { refresh_token, ...others } = exchange(formOf(request), this.#parts);
    const keepsSilent =
      refresh_token === undefined || strikes(this.#backend.faults, "accountsNoRefreshToken");
    return keepsSilent ? others : { ...others, refresh_token };
  }

  #device(request: HttpRequest): HttpAnswer {
    const { journal, faults } = this.#backend;
    const delay = struck(faults, "accountsSlow") ?? 0;
    let userCode: string | undefined;
    const outcome =
      this.#fault() ??
      this.#carryOut(() => {
        const pairing = this.pairing.begin(formOf(request));
        ({ userCode } = pairing);
        return this.pairing.describe(pairing);
      });
    const body = bodyOf(request);
    const record = {
      clientId: body.get("client_id") ?? "",
      scopes: body.scopes,
      status: outcome.answer.status,
      ...(outcome.error !== undefined && { error: outcome.error }),
      ...(userCode !== undefined && { userCode }),
      at: Date.now(),
    };
    journal.record(journal.stats.deviceRequests, record);
    journal.happened("device", record);
    return { ...outcome.answer, delay };
  }

  #carryOut(action: () => object): Outcome {
    try {
      return { answer: oauthAnswer(action()) };
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      return { answer: oauthRefusal(error), error: error.code };
    }
  }

  /** The answer that replaces a program's request. */
  #fault(): Outcome | undefined {
    const { faults } = this.#backend;
    const retryAfter = struck(faults, "accountsRateLimited");
    if (retryAfter !== undefined) {
      const headers = { "retry-after": String(retryAfter), "content-type": "text/plain; charset=utf-8" };
      return { answer: { status: 429, body: "Too many requests", headers } };
    }
    const quota = struck(faults, "accountsQuota");
    if (quota !== undefined) return { answer: quotaExceeded(quota) };
    const status = struck(faults, "accountsStatus");
    if (status !== undefined) {
      return { answer: { status, body: "<html><body>Simulated failure</body></html>" } };
    }
    if (!strikes(faults, "accountsGarbage")) return undefined;
    const headers = { "content-type": "application/json" };
    return { answer: { status: 200, body: '{"access_token":"BQ', headers } };
  }
}

/** The fields of a page's form. */
function readDecision(request: HttpRequest): { nonce: string | undefined; agrees: boolean } {
  const form = bodyOf(request);
  return { nonce: form.get("nonce"), agrees: form.get("decision") === "agree" };
}
