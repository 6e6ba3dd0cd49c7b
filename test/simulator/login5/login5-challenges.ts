/**
 * The work that Login5 requires before it checks a credential, if the policy says so.
 * Source: librespot core/src/login5.rs, handle_challenges: the answer's login context comes back with the solutions.
 */
import { create } from "@bufbuild/protobuf";
import { randomBytes } from "node:crypto";
import {
  LoginResponseSchema,
  type ChallengeSolution,
  type LoginRequest,
  type LoginResponse,
} from "../../../src/proto/gen/login5_pb";
import { BoundedMap } from "../bounded-map";
import { belongsTo, isSolved, type Hashcash } from "./hashcash";
import type { Policy } from "../world/policy";

interface Waiting {
  clientId: string;
  deviceId: string;
  hashcashes: Hashcash[];
  /** A code was requested too, and no message has a field for one. */
  wantsCode: boolean;
}

const MAX_WAITING = 1000;
/** As long as those in recordings. */
const CONTEXT_BYTES = 250;
const PREFIX_BYTES = 16;
/** Seconds for which the code of a `code` challenge is valid. */
const CODE_LIFE = 600;

export class Login5Challenges {
  readonly #policy: Policy;
  /** By login context, as hex. */
  readonly #waiting = new BoundedMap<string, Waiting>(MAX_WAITING);

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  /** @returns undefined if there is nothing more to prove; "wrong"; or the challenges */
  judge(request: LoginRequest): LoginResponse | "wrong" | undefined {
    const { login5Hashcash, login5Code, wrongSolution } = this.#policy;
    const hasProof = request.loginContext.length > 0 || request.challengeSolutions !== undefined;
    if (!hasProof) return login5Hashcash.length > 0 || login5Code > 0 ? this.#begin(request) : undefined;
    if (this.#isProven(request)) return undefined;
    return wrongSolution === "again" ? this.#begin(request) : "wrong";
  }

  #begin({ clientInfo }: LoginRequest): LoginResponse {
    const { login5Hashcash, login5Code } = this.#policy;
    const hashcashes = login5Hashcash.map((length) => ({ prefix: randomBytes(PREFIX_BYTES), length }));
    const loginContext = randomBytes(CONTEXT_BYTES);
    this.#waiting.set(loginContext.toString("hex"), {
      clientId: clientInfo?.clientId ?? "",
      deviceId: clientInfo?.deviceId ?? "",
      hashcashes,
      wantsCode: login5Code > 0,
    });
    const work = hashcashes.map((value) => ({ challenge: { case: "hashcash" as const, value } }));
    const code = { codeLength: login5Code, expiresIn: CODE_LIFE };
    const codes = login5Code > 0 ? [{ challenge: { case: "code" as const, value: code } }] : [];
    return create(LoginResponseSchema, {
      loginContext,
      response: { case: "challenges", value: { challenges: [...work, ...codes] } },
    });
  }

  /** A context is valid for one try. */
  #isProven({ loginContext, clientInfo, challengeSolutions }: LoginRequest): boolean {
    const key = Buffer.from(loginContext).toString("hex");
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    if (waiting === undefined || waiting.wantsCode) return false;
    if (waiting.clientId !== clientInfo?.clientId || waiting.deviceId !== clientInfo.deviceId) return false;
    const solutions = challengeSolutions?.solutions ?? [];
    if (solutions.length !== waiting.hashcashes.length) return false;
    return waiting.hashcashes.every((hashcash, index) =>
      isAnswered(hashcash, loginContext, solutions[index]),
    );
  }
}

function isAnswered(hashcash: Hashcash, context: Uint8Array, given: ChallengeSolution | undefined): boolean {
  if (given?.solution.case !== "hashcash") return false;
  const { suffix, duration } = given.solution.value;
  if (duration === undefined || duration.seconds < 0n) return false;
  if (duration.nanos < 0 || duration.nanos >= 1e9) return false;
  return belongsTo(context, suffix) && isSolved(hashcash, suffix);
}
