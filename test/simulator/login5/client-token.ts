/**
 * https://clienttoken.spotify.com: POST /v1/clienttoken.
 * Sources: librespot core/src/spclient.rs, client_token; go-librespot#167: a user's client ID is 400; facts: two
 * Accept headers are answered with 200 and an empty body.
 */
import { create } from "@bufbuild/protobuf";
import {
  ClientTokenRequestSchema,
  ClientTokenRequestType,
  ClientTokenResponseSchema,
  ClientTokenResponseType,
  type ChallengeAnswersRequest,
  type ClientDataRequest,
  type ClientTokenRequest,
} from "../../../src/proto/gen/clienttoken_pb";
import type { Backend } from "../backend";
import { ClientTokenChallenges, type Asker } from "./client-token-challenges";
import type { HttpAnswer, HttpRequest } from "../http";
import type { ClientTokenRecord } from "../journal";
import { message, parse, withFaults } from "./protobuf-service";

type Decision = Pick<ClientTokenRecord, "outcome"> & { answer: HttpAnswer };

const PATH = "/v1/clienttoken";
const REFUSED: Decision = { answer: { status: 400 } };

export class ClientTokenService {
  readonly #backend: Backend;
  readonly #challenges = new ClientTokenChallenges();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  answer(request: HttpRequest): HttpAnswer {
    if (request.method !== "POST" || request.url.pathname !== PATH) return { status: 404 };
    const { faults, journal } = this.#backend;
    const asked = parse(ClientTokenRequestSchema, request);
    const { answer, record } = withFaults(faults, "clientToken", describe(asked), () => {
      const { answer: decided, ...what } = this.#decide(request, asked);
      return { answer: decided, record: { ...describe(asked), ...what } };
    });
    const complete: ClientTokenRecord = { ...record, status: answer.status };
    journal.record(journal.stats.clientTokenRequests, complete);
    journal.happened("clientToken", complete);
    return answer;
  }

  #decide({ headers }: HttpRequest, asked: ClientTokenRequest | undefined): Decision {
    // node:http joins two such headers with a comma.
    if (headers.accept !== "application/x-protobuf") {
      return { answer: { status: 200, headers: { "content-length": 0 } } };
    }
    switch (asked?.requestType) {
      case ClientTokenRequestType.REQUEST_CLIENT_DATA_REQUEST:
        return asked.request.case === "clientData" ? this.#ask(asked.request.value) : REFUSED;
      case ClientTokenRequestType.REQUEST_CHALLENGE_ANSWERS_REQUEST:
        return asked.request.case === "challengeAnswers" ? this.#prove(asked.request.value) : REFUSED;
      default:
        return REFUSED;
    }
  }

  #ask(data: ClientDataRequest): Decision {
    const { policy } = this.#backend;
    const asker = { clientId: data.clientId, deviceId: deviceIdOf(data) };
    if (!policy.clientTokenClientIds.includes(data.clientId)) return REFUSED;
    if (data.clientVersion === "" || asker.deviceId === "" || !hasPlatform(data)) return REFUSED;
    return policy.clientTokenHashcash.length > 0 ? this.#challenge(asker) : this.#grant(asker);
  }

  #prove(answers: ChallengeAnswersRequest): Decision {
    const { asker, isSolved } = this.#challenges.end(answers);
    if (asker === undefined) return REFUSED;
    if (isSolved) return this.#grant(asker);
    return this.#backend.policy.wrongSolution === "again" ? this.#challenge(asker) : REFUSED;
  }

  #challenge(asker: Asker): Decision {
    const response = this.#challenges.begin(asker, this.#backend.policy.clientTokenHashcash);
    return { answer: message(ClientTokenResponseSchema, response), outcome: "challenges" };
  }

  #grant({ clientId, deviceId }: Asker): Decision {
    const { policy, clientTokens, passedSecrets } = this.#backend;
    const { clientTokenLife, clientTokenRefreshAfter } = policy;
    const { token } = clientTokens.grant(clientId, deviceId, clientTokenLife);
    passedSecrets.keep(token);
    const response = create(ClientTokenResponseSchema, {
      responseType: ClientTokenResponseType.RESPONSE_GRANTED_TOKEN_RESPONSE,
      response: {
        case: "grantedToken",
        value: {
          token,
          expiresAfterSeconds: clientTokenLife,
          refreshAfterSeconds: clientTokenRefreshAfter,
        },
      },
    });
    return { answer: message(ClientTokenResponseSchema, response), outcome: "granted" };
  }
}

function describe(asked: ClientTokenRequest | undefined): ClientTokenRecord {
  const data = asked?.request.case === "clientData" ? asked.request.value : undefined;
  const answers = asked?.request.case === "challengeAnswers" ? asked.request.value.answers : [];
  return {
    clientId: data?.clientId ?? "",
    deviceId: data === undefined ? "" : deviceIdOf(data),
    solutions: answers.length,
    status: 0,
    at: Date.now(),
  };
}

function deviceIdOf({ data }: ClientDataRequest): string {
  return data.case === "connectivitySdkData" ? data.value.deviceId : "";
}

/** Phones and others are fields that are not in this .proto. */
function hasPlatform({ data }: ClientDataRequest): boolean {
  const platform = data.value?.platformSpecificData;
  return platform?.data.case !== undefined || (platform?.$unknown?.length ?? 0) > 0;
}
