import { create, toBinary } from "@bufbuild/protobuf";
import assert from "node:assert/strict";
import { request as httpRequest, type IncomingMessage } from "node:http";
import {
  ChallengeType,
  ClientTokenRequestSchema,
  ClientTokenRequestType,
  type ChallengesResponse,
  type ClientTokenResponse,
} from "../../../src/proto/gen/clienttoken_pb";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import { solve } from "./hashcash";
import {
  askClientToken,
  clientDataRequest,
  clientToken,
  DEVICE_ID,
  post,
  postClientToken,
  type ClientTokenRequestInit,
} from "../clients/login5-client";
import { Simulator } from "../index";

describe("simulator: client tokens", () => {
  let simulator: Simulator;

  beforeEach(async () => {
    simulator = await Simulator.start();
  });

  afterEach(() => simulator.close());

  it("are given to the three public client IDs, and are valid for 1,216,800 s", async () => {
    for (const clientId of Object.values(CLIENT_IDS)) {
      const { response } = await askClientToken(simulator, clientDataRequest({ clientId }));
      assert.ok(response.case === "grantedToken");
      const { token, expiresAfterSeconds, refreshAfterSeconds } = response.value;
      assert.match(token, /^AA[\w+/]{300,}=*$/);
      assert.equal(expiresAfterSeconds, 1_216_800);
      assert.ok(refreshAfterSeconds > 0 && refreshAfterSeconds < expiresAfterSeconds);
      const known = simulator.clientTokens.find(token);
      assert.deepEqual([known?.clientId, known?.deviceId], [clientId, DEVICE_ID]);
    }
  });

  it("are valid as long as the policy says", async () => {
    simulator.policy.clientTokenLife = 300;
    simulator.policy.clientTokenRefreshAfter = 200;
    const { response } = await askClientToken(simulator);
    assert.ok(response.case === "grantedToken");
    const { expiresAfterSeconds, refreshAfterSeconds } = response.value;
    assert.deepEqual([expiresAfterSeconds, refreshAfterSeconds], [300, 200]);
  });

  it("are answered as protobuf", async () => {
    const response = await postClientToken(simulator);
    assert.equal(response.headers.get("content-type"), "application/x-protobuf");
  });

  it("are in the journal without the token, and among the secrets with it", async () => {
    const heard = simulator.next("clientToken");
    const token = await clientToken(simulator);
    const [record] = await heard;
    assert.deepEqual(simulator.stats.clientTokenRequests, [record]);
    const { at, ...rest } = record;
    assert.ok(at <= Date.now());
    assert.deepEqual(rest, {
      clientId: CLIENT_IDS.keymaster,
      deviceId: DEVICE_ID,
      solutions: 0,
      status: 200,
      outcome: "granted",
    });
    assert.deepEqual(simulator.secrets, [token]);
  });

  describe("are refused with 400", () => {
    const refused: [what: string, request: () => ClientTokenRequestInit][] = [
      ["an own app's client ID", () => clientDataRequest({ clientId: simulator.addApp().clientId })],
      ["no client ID", () => clientDataRequest({ clientId: "" })],
      ["no device ID", () => clientDataRequest({ deviceId: "" })],
      ["no version", () => clientDataRequest({ clientVersion: "" })],
      ["no platform", () => clientDataRequest({ hasPlatform: false })],
      ["nothing", () => ({})],
      [
        "a request of another type than it says",
        () => ({
          ...clientDataRequest(),
          requestType: ClientTokenRequestType.REQUEST_CHALLENGE_ANSWERS_REQUEST,
        }),
      ],
      ["an answer to no challenge", () => answers("state", [])],
    ];
    for (const [what, request] of refused) {
      it(`for ${what}`, async () => {
        assert.equal((await postClientToken(simulator, request())).status, 400);
        assert.equal(simulator.stats.clientTokenRequests[0]?.outcome, undefined);
        assert.deepEqual(simulator.clientTokens.all(), []);
      });
    }

    it("for data that is not protobuf", async () => {
      const url = `${simulator.endpoints.clientToken}/v1/clienttoken`;
      const headers = { accept: "application/x-protobuf" };
      assert.equal((await post(url, Buffer.from("{}"), headers)).status, 400);
    });
  });

  it("are available at no other path", async () => {
    const { clientToken: base } = simulator.endpoints;
    assert.equal((await fetch(`${base}/v1/clienttoken`)).status, 404);
    assert.equal((await post(`${base}/v3/login`, Buffer.of(), {})).status, 404);
  });

  it("two Accept headers are answered with 200, and nothing", async () => {
    const body = toBinary(ClientTokenRequestSchema, create(ClientTokenRequestSchema, clientDataRequest()));
    const length = String(body.length);
    const accept = ["accept", "application/x-protobuf"];
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      httpRequest(
        `${simulator.endpoints.clientToken}/v1/clienttoken`,
        {
          method: "POST",
          headers: [...accept, "accept", "*/*", "content-length", length, "host", "x", "user-agent", "test"],
        },
        resolve,
      )
        .on("error", reject)
        .end(body);
    });
    let size = 0;
    for await (const piece of answer) size += Buffer.from(piece).length;
    assert.deepEqual([answer.statusCode, size], [200, 0]);
    assert.deepEqual(simulator.clientTokens.all(), []);
  });

  it("a request without a User-Agent is refused", async () => {
    const url = `${simulator.endpoints.clientToken}/v1/clienttoken`;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      httpRequest(url, { method: "POST" }, resolve).on("error", reject).end();
    });
    answer.resume();
    assert.equal(answer.statusCode, 403);
    assert.deepEqual(simulator.stats.userAgents, [{ service: "clientToken", userAgent: "" }]);
  });

  describe("after a challenge", () => {
    beforeEach(() => {
      simulator.policy.clientTokenHashcash = [6, 4];
    });

    async function challenges(): Promise<ChallengesResponse> {
      return challengesOf(await askClientToken(simulator));
    }

    it("are given for a suffix in upper-case hex to each hashcash", async () => {
      const given = await challenges();
      assert.equal(given.challenges.length, 2);
      for (const { type, parameters } of given.challenges) {
        assert.equal(type, ChallengeType.CHALLENGE_HASH_CASH);
        assert.match(parameters.value?.prefix ?? "", /^[0-9A-F]{32}$/);
      }
      const { response } = await askClientToken(simulator, answers(given.state, solutionsOf(given)));
      assert.ok(response.case === "grantedToken");
      assert.equal(simulator.clientTokens.find(response.value.token)?.deviceId, DEVICE_ID);
      assert.deepEqual(
        simulator.stats.clientTokenRequests.map(({ outcome, solutions }) => [outcome, solutions]),
        [
          ["challenges", 0],
          ["granted", 2],
        ],
      );
    });

    const wrong: [what: string, change: (suffixes: string[]) => string[]][] = [
      ["in lower case", (suffixes) => suffixes.map((suffix) => suffix.toLowerCase())],
      ["of another length", ([first = "", ...others]) => [`${first}00`, ...others]],
      ["that is not a solution", ([, ...others]) => ["00".repeat(16), ...others]],
      ["too few", ([first = ""]) => [first]],
      ["too many", (suffixes) => [...suffixes, "00".repeat(16)]],
    ];
    for (const [what, change] of wrong) {
      it(`are refused for a suffix ${what}`, async () => {
        // So long that a wrong one cannot be right by chance.
        simulator.policy.clientTokenHashcash = [12, 12];
        const given = await challenges();
        const request = answers(given.state, change(solutionsOf(given)));
        assert.equal((await postClientToken(simulator, request)).status, 400);
      });
    }

    it("are given once for one state", async () => {
      const given = await challenges();
      const request = answers(given.state, solutionsOf(given));
      assert.equal((await postClientToken(simulator, request)).status, 200);
      assert.equal((await postClientToken(simulator, request)).status, 400);
    });

    it("need another solution, if the policy says so", async () => {
      simulator.policy.wrongSolution = "again";
      const given = await challenges();
      const again = challengesOf(await askClientToken(simulator, answers(given.state, [])));
      assert.notEqual(again.state, given.state);
      const { response } = await askClientToken(simulator, answers(again.state, solutionsOf(again)));
      assert.equal(response.case, "grantedToken");
    });
  });

  describe("fail on demand", () => {
    it("with a status", async () => {
      simulator.faults.clientTokenStatus = { value: 503, times: 1 };
      assert.equal((await postClientToken(simulator)).status, 503);
      assert.equal((await postClientToken(simulator)).status, 200);
    });

    it("with garbage, or with nothing", async () => {
      simulator.faults.clientTokenBody = { value: "garbage", times: 1, next: { value: "empty", times: 1 } };
      await assert.rejects(askClientToken(simulator));
      assert.equal((await askClientToken(simulator)).response.case, undefined);
      assert.deepEqual(simulator.clientTokens.all(), []);
      assert.equal((await askClientToken(simulator)).response.case, "grantedToken");
    });

    it("with far too much", async () => {
      simulator.faults.clientTokenBody = { value: "over-long", times: 1 };
      const response = await postClientToken(simulator);
      assert.ok(Number(response.headers.get("content-length")) > 8 << 20);
      await response.arrayBuffer();
    });

    it("with a reset, and nothing given", async () => {
      simulator.faults.clientTokenDrop = 1;
      await assert.rejects(postClientToken(simulator));
      assert.equal(simulator.stats.clientTokenRequests[0]?.status, 0);
      assert.deepEqual(simulator.clientTokens.all(), []);
    });

    it("by a delay", async () => {
      simulator.faults.clientTokenSlow = { value: 30, times: 1 };
      const start = performance.now();
      await clientToken(simulator);
      assert.ok(performance.now() - start >= 29);
    });
  });
});

function answers(state: string, suffixes: readonly string[]): ClientTokenRequestInit {
  return {
    requestType: ClientTokenRequestType.REQUEST_CHALLENGE_ANSWERS_REQUEST,
    request: {
      case: "challengeAnswers",
      value: {
        state,
        answers: suffixes.map((suffix) => ({
          challengeType: ChallengeType.CHALLENGE_HASH_CASH,
          answer: { case: "hashCash" as const, value: { suffix } },
        })),
      },
    },
  };
}

function solutionsOf({ challenges }: ChallengesResponse): string[] {
  return challenges.map(({ parameters }) => {
    const prefix = Buffer.from(parameters.value?.prefix ?? "", "hex");
    const suffix = solve(Buffer.of(), { prefix, length: parameters.value?.length ?? 0 });
    return suffix.toString("hex").toUpperCase();
  });
}

function challengesOf({ response }: ClientTokenResponse): ChallengesResponse {
  assert.ok(response.case === "challenges");
  return response.value;
}
