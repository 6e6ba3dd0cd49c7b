import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { SpotifyErrorCode } from "../../src";
import { failureOf } from "../support/failure";
import { useStage } from "../support/stage";

const SECRET = "BQsecretsecretsecretsecret";
const good = { accessToken: SECRET, expiresIn: 3600, tokenType: "Bearer", scope: ["streaming"] };

/** The text of keymaster's answer with status 200 → the result. */
const ANSWERS: readonly [string, string, SpotifyErrorCode][] = [
  ["nothing", "", "PROTOCOL_ERROR"],
  ["half a token", JSON.stringify(good).slice(0, 60), "PROTOCOL_ERROR"],
  ["a list", "[]", "PROTOCOL_ERROR"],
  ["null", "null", "PROTOCOL_ERROR"],
  ["a text", `"${SECRET}"`, "PROTOCOL_ERROR"],
  ["an empty token", JSON.stringify({ ...good, accessToken: "" }), "PROTOCOL_ERROR"],
  ["a token that is a number", JSON.stringify({ ...good, accessToken: 5 }), "PROTOCOL_ERROR"],
  [
    "a token with a line break",
    JSON.stringify({ ...good, accessToken: `${SECRET}\r\nx: y` }),
    "PROTOCOL_ERROR",
  ],
  [
    "a token of 5,000 characters",
    JSON.stringify({ ...good, accessToken: "x".repeat(5000) }),
    "PROTOCOL_ERROR",
  ],
  ["no lifetime", JSON.stringify({ ...good, expiresIn: undefined }), "PROTOCOL_ERROR"],
  ["a lifetime that is a text", JSON.stringify({ ...good, expiresIn: "3600" }), "PROTOCOL_ERROR"],
  ["a lifetime below zero", JSON.stringify({ ...good, expiresIn: -1 }), "PROTOCOL_ERROR"],
  ["a lifetime of a minute", JSON.stringify({ ...good, expiresIn: 60 }), "PROTOCOL_ERROR"],
  ["a token without the scope", JSON.stringify({ ...good, scope: ["user-top-read"] }), "INVALID_SCOPE"],
];

describe("keymaster's possible answers", () => {
  const stage = useStage();

  for (const [name, payload, code] of ANSWERS) {
    it(`${name}: ${code}, without a quote`, async () => {
      const { simulator } = stage.current;
      const session = await stage.current.connected();
      simulator.faults.keymasterPayload = payload;
      const error = await failureOf(session.tokens.getToken(["streaming"]), code);
      assert.ok(!inspect(error, { depth: 10, showHidden: true }).includes(SECRET));
      assert.equal(session.state, "ready");
    });
  }

  it("a token without scopes in the answer is accepted, and its scopes are unknown", async () => {
    const { simulator } = stage.current;
    const session = await stage.current.connected();
    simulator.faults.keymasterPayload = { value: JSON.stringify({ ...good, scope: undefined }), times: 1 };
    assert.equal((await session.tokens.getToken(["streaming"])).scopes, null);
    assert.equal((await session.tokens.getToken(["streaming"])).accessToken, SECRET);
  });

  it("a token with more scopes than requested serves them too", async () => {
    const { simulator } = stage.current;
    const session = await stage.current.connected();
    const scope = ["user-top-read", "streaming"];
    simulator.faults.keymasterPayload = { value: JSON.stringify({ ...good, scope }), times: 1 };
    await session.tokens.getToken(["streaming"]);
    assert.equal((await session.tokens.getToken(["user-top-read"])).accessToken, SECRET);
  });

  it("a lifetime of years is limited to a day", async () => {
    const { simulator } = stage.current;
    const session = await stage.current.connected();
    simulator.faults.keymasterPayload = JSON.stringify({ ...good, expiresIn: 1e12 });
    const token = await session.tokens.getToken(["streaming"]);
    assert.ok(token.expiresIn <= 86_400);
  });

  for (const status of [0, 401, 404, 418]) {
    it(`status ${status} is a PROTOCOL_ERROR that names it`, async () => {
      const { simulator } = stage.current;
      const session = await stage.current.connected();
      simulator.faults.mercuryStatus = status;
      const error = await failureOf(session.tokens.getToken(["streaming"]), "PROTOCOL_ERROR");
      assert.match(error.message, new RegExp(`status ${status}\\b`));
    });
  }

  for (const [status, payload] of [
    [400, { code: 2, errorDescription: "Invalid client_id" }],
    [401, undefined],
    [404, undefined],
    [403, undefined],
    [403, { code: 7, errorDescription: "Something new" }],
  ] as const) {
    it(`status ${status} with ${payload ? `code ${payload.code}` : "nothing"} is asked again after a pause, and a longer one each time`, async () => {
      const { simulator, time } = stage.current;
      const session = await stage.current.connected();
      const asked = (): number => simulator.stats.keymasterRequests.length;
      simulator.faults.keymasterRefusal = { value: { status, payload }, times: 3 };
      const pauses: (number | undefined)[] = [];
      for (const seconds of [30, 60, 120]) {
        const before = asked();
        const error = await failureOf(session.tokens.getToken(["streaming"]), "PROTOCOL_ERROR");
        pauses.push(error.retryAfter);
        for (let message = 0; message < 50; message++) {
          await failureOf(session.tokens.getToken(["streaming"]), "PROTOCOL_ERROR");
        }
        assert.equal(asked() - before, 1, "fifty more messages ask nothing");
        await time.advance((seconds - 1) * 1000);
        const { retryAfter } = await failureOf(session.tokens.getToken(["streaming"]), "PROTOCOL_ERROR");
        assert.equal(retryAfter, 1);
        await time.advance(1_000);
      }
      assert.deepEqual(pauses, [30, 60, 120]);
      assert.equal((await session.tokens.getToken(["streaming"])).source, "keymaster");
      assert.equal(simulator.stats.connections, 1, "no fresh session was opened");
    });
  }

  it("an unexpected answer for some scopes affects no other scopes, and not the account", async () => {
    const { simulator } = stage.current;
    const session = await stage.current.connected();
    simulator.faults.keymasterRefusal = { value: { status: 403, payload: undefined }, times: 1 };
    await failureOf(session.tokens.getToken(["streaming"]), "PROTOCOL_ERROR");
    assert.equal((await session.tokens.explain(["streaming"])).source, "keymaster");
    assert.deepEqual((await session.tokens.getToken(["user-top-read"])).scopes, ["user-top-read"]);
  });

  it("the longest pause is a quarter of an hour, and a token ends it", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    const pause = async (): Promise<number> => {
      const { retryAfter = 0 } = await failureOf(session.tokens.getToken(["streaming"]), "PROTOCOL_ERROR");
      await time.advance(retryAfter * 1000);
      return retryAfter;
    };
    simulator.faults.keymasterPayload = { value: "{}", times: 9 };
    for (let times = 1; times < 8; times++) await pause();
    assert.equal(await pause(), 900);
    assert.equal(await pause(), 900);
    const { accessToken } = await session.tokens.getToken(["streaming"]);
    session.tokens.refused(accessToken);
    simulator.faults.keymasterPayload = { value: "{}", times: 1 };
    assert.equal(await pause(), 30);
  });

  it("status 429 has the time to wait", async () => {
    const { simulator } = stage.current;
    const session = await stage.current.connected();
    simulator.faults.mercuryStatus = 429;
    assert.equal((await failureOf(session.tokens.getToken(["streaming"]), "RATE_LIMITED")).retryAfter, 60);
  });

  it("a damaged answer affects only its caller", async () => {
    const { simulator } = stage.current;
    const session = await stage.current.connected();
    simulator.faults.garbage = { value: "mercury-length", times: 1 };
    await failureOf(session.tokens.getToken(["streaming"]), "PROTOCOL_ERROR");
    assert.equal((await session.tokens.getToken(["streaming"])).tokenType, "Bearer");
    assert.equal(simulator.stats.connections, 1);
  });

  it("an empty list of scopes causes no request to keymaster", async () => {
    const session = await stage.current.connected();
    const another = session.tokens.getToken(["streaming"]);
    for (const scopes of [[], "", " , "])
      await failureOf(session.tokens.getToken(scopes, { source: "keymaster" }), "INVALID_ARGUMENT");
    await another;
    assert.equal(stage.current.simulator.stats.keymasterRequests.length, 1);
  });
});
