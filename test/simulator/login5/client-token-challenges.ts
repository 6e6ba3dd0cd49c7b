/**
 * The work that a client does for its client token, if the policy requires it.
 * Source: librespot core/src/spclient.rs, client_token: the prefix is upper-case hex, and so is the answer's suffix.
 */
import { create } from "@bufbuild/protobuf";
import { randomBytes } from "node:crypto";
import {
  ChallengeType,
  ClientTokenResponseSchema,
  ClientTokenResponseType,
  type ChallengeAnswer,
  type ChallengeAnswersRequest,
  type ClientTokenResponse,
} from "../../../src/proto/gen/clienttoken_pb";
import { BoundedMap } from "../bounded-map";
import { isSolved, type Hashcash } from "./hashcash";

/** The client that requested a client token. */
export interface Asker {
  clientId: string;
  deviceId: string;
}

interface Waiting {
  asker: Asker;
  hashcashes: Hashcash[];
}

const MAX_WAITING = 1000;
const PREFIX_BYTES = 16;

export class ClientTokenChallenges {
  readonly #waiting = new BoundedMap<string, Waiting>(MAX_WAITING);

  /** @param lengths bits of each hashcash */
  begin(asker: Asker, lengths: readonly number[]): ClientTokenResponse {
    const hashcashes = lengths.map((length) => ({ prefix: randomBytes(PREFIX_BYTES), length }));
    const state = randomBytes(96).toString("base64");
    this.#waiting.set(state, { asker, hashcashes });
    const challenges = hashcashes.map(({ prefix, length }) => ({
      type: ChallengeType.CHALLENGE_HASH_CASH,
      parameters: {
        case: "evaluateHashcashParameters" as const,
        value: { length, prefix: prefix.toString("hex").toUpperCase() },
      },
    }));
    return create(ClientTokenResponseSchema, {
      responseType: ClientTokenResponseType.RESPONSE_CHALLENGES_RESPONSE,
      response: { case: "challenges", value: { state, challenges } },
    });
  }

  /**
   * A state is valid for one answer.
   * @returns the client, if the state is known, and whether every challenge is answered
   */
  end({ state, answers }: ChallengeAnswersRequest): { asker: Asker | undefined; isSolved: boolean } {
    const waiting = this.#waiting.get(state);
    this.#waiting.delete(state);
    if (waiting === undefined) return { asker: undefined, isSolved: false };
    const { asker, hashcashes } = waiting;
    const isEach = hashcashes.every((hashcash, index) => isAnswered(hashcash, answers[index]));
    return { asker, isSolved: isEach && answers.length === hashcashes.length };
  }
}

function isAnswered(hashcash: Hashcash, given: ChallengeAnswer | undefined): boolean {
  if (given?.challengeType !== ChallengeType.CHALLENGE_HASH_CASH) return false;
  if (given.answer.case !== "hashCash") return false;
  const { suffix } = given.answer.value;
  return /^[0-9A-F]{32}$/.test(suffix) && isSolved(hashcash, Buffer.from(suffix, "hex"));
}
