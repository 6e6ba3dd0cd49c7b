import assert from "node:assert/strict";
import { create } from "@bufbuild/protobuf";
import {
  ChallengeSolutionSchema,
  LoginError,
  type ChallengeSolution,
  type LoginResponse,
} from "../../../src/proto/gen/login5_pb";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import { solve } from "./hashcash";
import { logIn, loginRequest, type LoginRequestInit } from "../clients/login5-client";
import { Simulator, type Account } from "../index";

/** So many bits that a wrong solution is not right by chance, but a right one is found fast. */
const BITS = 10;

describe("simulator: challenges of Login5", () => {
  let simulator: Simulator;
  let account: Account;

  beforeEach(async () => {
    simulator = await Simulator.start({ policy: { login5Hashcash: [BITS] } });
    account = simulator.addAccount();
  });

  afterEach(() => simulator.close());

  /** The same login with the context and the solutions of challenges, or with a change of them. */
  async function answer(given: LoginResponse, change: LoginRequestInit = {}): Promise<LoginResponse> {
    return logIn(simulator, {
      ...loginRequest(account),
      loginContext: given.loginContext,
      challengeSolutions: { solutions: solutionsOf(given) },
      ...change,
    });
  }

  async function challenged(): Promise<LoginResponse> {
    const given = await logIn(simulator, loginRequest(account));
    assert.equal(given.response.case, "challenges");
    return given;
  }

  it("one solved hashcash lets the client log in", async () => {
    const given = await challenged();
    assert.ok(given.loginContext.length > 0);
    assert.equal((await answer(given)).response.case, "ok");
    assert.deepEqual(
      simulator.stats.login5Requests.map(({ outcome, solutions }) => [outcome, solutions]),
      [
        ["challenges", 0],
        ["ok", 1],
      ],
    );
  });

  it("several need one solution each, in their order", async () => {
    simulator.policy.login5Hashcash = [BITS, 12, 11];
    const given = await challenged();
    assert.equal(solutionsOf(given).length, 3);
    assert.equal((await answer(given)).response.case, "ok");
    const swapped = await challenged();
    const [first, second, third] = solutionsOf(swapped);
    assert.ok(first && second && third);
    const solutions = [second, first, third];
    await refused(answer(swapped, { challengeSolutions: { solutions } }));
  });

  it("come before the credential is checked", async () => {
    const given = await logIn(simulator, loginRequest(account, { username: "nobody" }));
    assert.equal(given.response.case, "challenges");
  });

  it("survive an error after which the login should be repeated", async () => {
    const given = await challenged();
    simulator.faults.login5Error = { value: LoginError.TIMEOUT, times: 1 };
    assert.equal((await answer(given)).response.case, "error");
    assert.equal((await answer(given)).response.case, "ok");
  });

  describe("are not solved by", () => {
    const wrong: [what: string, change: (given: LoginResponse) => LoginRequestInit][] = [
      ["another context", () => ({ loginContext: Buffer.from("another") })],
      ["no context", () => ({ loginContext: Buffer.of() })],
      ["no solution", () => ({ challengeSolutions: { solutions: [] } })],
      ["one solution too many", (given) => ({ challengeSolutions: twice(given) })],
      ["an empty solution", () => ({ challengeSolutions: { solutions: [{}] } })],
      ["a solution without duration", (given) => withHashcash(given, ({ suffix }) => ({ suffix }))],
      [
        "an invalid duration",
        (given) => withHashcash(given, ({ suffix }) => ({ suffix, duration: { nanos: 2e9 } })),
      ],
      [
        "a suffix that solves nothing",
        (given) => withHashcash(given, () => ({ suffix: Buffer.alloc(16), duration: {} })),
      ],
      [
        "a solution that was searched without the context",
        (given) => withHashcash(given, () => ({ suffix: search(given, Buffer.of()), duration: {} })),
      ],
      ["another device", () => ({ clientInfo: { clientId: CLIENT_IDS.keymaster, deviceId: "another" } })],
    ];
    for (const [what, change] of wrong) {
      it(what, async () => {
        const given = await challenged();
        await refused(answer(given, change(given)));
      });
    }

    it("a context that has been used", async () => {
      const given = await challenged();
      assert.equal((await answer(given)).response.case, "ok");
      await refused(answer(given));
    });
  });

  it("come again after a wrong solution, if the policy says so", async () => {
    simulator.policy.wrongSolution = "again";
    const given = await challenged();
    const again = await answer(given, { challengeSolutions: { solutions: [] } });
    assert.equal(again.response.case, "challenges");
    assert.notDeepEqual(again.loginContext, given.loginContext);
    assert.equal((await answer(again)).response.case, "ok");
  });

  it("may be a code, which no client can answer", async () => {
    simulator.policy.login5Code = 6;
    const given = await challenged();
    const kinds = challengesOf(given).map(({ challenge }) => challenge.case);
    assert.deepEqual(kinds, ["hashcash", "code"]);
    const [, { challenge } = { challenge: undefined }] = challengesOf(given);
    assert.equal(challenge?.case === "code" && challenge.value.codeLength, 6);
    await refused(answer(given));
  });
});

async function refused(login: Promise<LoginResponse>): Promise<void> {
  const { response } = await login;
  assert.deepEqual([response.case, response.value], ["error", LoginError.BAD_REQUEST]);
}

function challengesOf({ response }: LoginResponse) {
  return response.case === "challenges" ? response.value.challenges : [];
}

function solutionsOf(given: LoginResponse): ChallengeSolution[] {
  return challengesOf(given).flatMap(({ challenge }) => {
    if (challenge.case !== "hashcash") return [];
    const suffix = solve(given.loginContext, challenge.value);
    const value = { suffix, duration: { nanos: 14_400 } };
    return [create(ChallengeSolutionSchema, { solution: { case: "hashcash", value } })];
  });
}

function twice(given: LoginResponse): { solutions: ChallengeSolution[] } {
  return { solutions: [...solutionsOf(given), ...solutionsOf(given)] };
}

/** A suffix for the first challenge. */
function search(given: LoginResponse, context: Uint8Array): Buffer {
  const [first] = challengesOf(given);
  assert.ok(first?.challenge.case === "hashcash");
  return solve(context, first.challenge.value);
}

interface HashcashInit {
  suffix: Uint8Array;
  duration?: { nanos?: number };
}

function withHashcash(
  given: LoginResponse,
  change: (right: { suffix: Uint8Array }) => HashcashInit,
): LoginRequestInit {
  const value = change({ suffix: search(given, given.loginContext) });
  return { challengeSolutions: { solutions: [{ solution: { case: "hashcash", value } }] } };
}
