/**
 * https://login5.spotify.com: POST /v3/login, a stored credential for a token of Spotify's own services.
 * Sources: librespot core/src/login5.rs; librespot#1344: a user's client ID is BAD_REQUEST; librespot#1737: since
 * 2026-08-10 a credential that was made with another app's OAuth token is INVALID_CREDENTIALS.
 */
import { create } from "@bufbuild/protobuf";
import {
  LoginError,
  LoginRequestSchema,
  LoginResponseSchema,
  type LoginOk,
  type LoginRequest,
  type LoginResponse,
  type StoredCredential,
} from "../../../src/proto/gen/login5_pb";
import type { Backend } from "../backend";
import { struck } from "../faults";
import type { HttpAnswer, HttpRequest } from "../http";
import type { Login5Record } from "../journal";
import { Login5Challenges } from "./login5-challenges";
import { message, parse, withFaults } from "./protobuf-service";

const PATH = "/v3/login";

export class Login5Service {
  readonly #backend: Backend;
  readonly #challenges: Login5Challenges;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#challenges = new Login5Challenges(backend.policy);
  }

  answer(request: HttpRequest): HttpAnswer {
    if (request.method !== "POST" || request.url.pathname !== PATH) return { status: 404 };
    const { faults, journal } = this.#backend;
    const asked = parse(LoginRequestSchema, request);
    const { answer, record } = withFaults(faults, "login5", describe(asked), () => {
      const refused = this.#refuse(request);
      if (refused !== undefined) return { answer: refused, record: describe(asked) };
      if (asked === undefined) return { answer: { status: 400 }, record: describe(asked) };
      const response = this.#decide(asked);
      return {
        answer: message(LoginResponseSchema, response),
        record: { ...describe(asked), ...describeAnswer(response) },
      };
    });
    const complete: Login5Record = { ...record, status: answer.status };
    journal.record(journal.stats.login5Requests, complete);
    journal.happened("login5", complete);
    return answer;
  }

  #refuse({ headers }: HttpRequest): HttpAnswer | undefined {
    const { policy, clientTokens } = this.#backend;
    // The official app sends none.
    if ((headers.accept ?? "application/x-protobuf") !== "application/x-protobuf") return { status: 406 };
    // librespot-python's users log in without one (its core.py, `TokenProvider.login5`). A bad one is worse than none.
    const hasToken = (headers["client-token"] ?? "") !== "";
    return hasToken || policy.login5NeedsClientToken ? clientTokens.refusal(headers) : undefined;
  }

  #decide(request: LoginRequest): LoginResponse {
    const { policy, faults } = this.#backend;
    const simulated = struck(faults, "login5Error");
    // Before the challenges, because their solution counts for the next try.
    if (simulated !== undefined) return refusal(simulated);
    const { clientInfo, loginMethod } = request;
    if (clientInfo === undefined || clientInfo.deviceId === "") return refusal(LoginError.BAD_REQUEST);
    if (!policy.login5ClientIds.includes(clientInfo.clientId)) return refusal(LoginError.BAD_REQUEST);
    if (loginMethod.case === undefined) return refusal(LoginError.UNSUPPORTED_LOGIN_PROTOCOL);
    const proof = this.#challenges.judge(request);
    if (proof === "wrong") return refusal(LoginError.BAD_REQUEST);
    if (proof !== undefined) return proof;
    return this.#logIn(loginMethod.value, clientInfo.clientId);
  }

  #logIn({ username, data }: StoredCredential, clientId: string): LoginResponse {
    const { accounts, policy, passedSecrets } = this.#backend;
    const account = accounts.get(username);
    const isGood = account?.credentials.clientIdOf(data) === clientId;
    if (account === undefined || account.login5 === "refused" || !isGood) {
      return refusal(LoginError.INVALID_CREDENTIALS);
    }
    const { login5Rotation: rotation, login5TokenLifetime: accessTokenExpiresIn } = policy;
    const { accessToken } = accounts.mintLogin5(username, clientId);
    const kept = rotation === "rotate" ? account.credentials.renew(clientId) : Buffer.from(data);
    passedSecrets.keep(accessToken, data, kept);
    const value: Omit<LoginOk, "$typeName"> = {
      username,
      accessToken,
      storedCredential: rotation === "omit" ? Buffer.alloc(0) : kept,
      accessTokenExpiresIn,
    };
    return create(LoginResponseSchema, { response: { case: "ok", value } });
  }
}

function refusal(error: LoginError): LoginResponse {
  return create(LoginResponseSchema, { response: { case: "error", value: error } });
}

function describe(asked: LoginRequest | undefined): Login5Record {
  return {
    username: asked?.loginMethod.value?.username ?? "",
    clientId: asked?.clientInfo?.clientId ?? "",
    deviceId: asked?.clientInfo?.deviceId ?? "",
    solutions: asked?.challengeSolutions?.solutions.length ?? 0,
    status: 0,
    at: Date.now(),
  };
}

function describeAnswer({ response }: LoginResponse): Pick<Login5Record, "outcome" | "error"> {
  if (response.case === undefined) return {};
  return { outcome: response.case, ...(response.case === "error" && { error: response.value }) };
}
