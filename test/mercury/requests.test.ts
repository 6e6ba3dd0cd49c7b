import assert from "node:assert/strict";
import { failureOf, Outcome } from "../support/failure";
import { useStage } from "../support/stage";

describe("Mercury requests", () => {
  const stage = useStage();

  it("get their answers, with 500 in flight, answered in reverse order", async () => {
    const { simulator } = stage.current;
    const { mercury } = await stage.current.connected();
    simulator.faults.reordering = 500;
    const uris = Array.from({ length: 500 }, (_, i) => `hm://number/${i}`);
    const answers = await Promise.all(uris.map((uri) => mercury.get(uri)));
    assert.deepEqual(
      answers.map(({ uri }) => uri),
      uris,
    );
    assert.equal(mercury.inFlight, 0);
  });

  for (const fault of ["twoPackets", "splitParts", "unknownPackets"] as const) {
    it(`get their answers in any form of packets: ${fault}`, async () => {
      const { simulator } = stage.current;
      const session = await stage.current.connected();
      simulator.faults[fault] = true;
      const token = await session.tokens.getToken(["streaming"]);
      assert.equal(token.accessToken, simulator.issuedTokens[0]!.accessToken);
    });
  }

  it("get an answer even if its status is not 200", async () => {
    const { mercury } = await stage.current.connected();
    assert.equal((await mercury.get("hm://nothing/here")).statusCode, 404);
  });

  it("fail alone if their answer is damaged", async () => {
    const { simulator } = stage.current;
    const { mercury } = await stage.current.connected();
    simulator.faults.garbage = { value: "mercury-length", times: 1 };
    const damaged = failureOf(mercury.get("hm://damaged"), "PROTOCOL_ERROR");
    const fine = mercury.get("hm://fine");
    await damaged;
    assert.equal((await fine).uri, "hm://fine");
    assert.equal(simulator.stats.connections, 1);
  });

  it("time out after 30 s, or after the given time, and are then forgotten", async () => {
    const { simulator, time } = stage.current;
    const { mercury } = await stage.current.connected();
    await simulator.stopAccessPoints();
    await time.settle();
    const [long, short] = [
      new Outcome(mercury.get("hm://a")),
      new Outcome(mercury.get("hm://b", { timeout: 5_000 })),
    ];
    await time.advance(4_900);
    assert.ok(short.pending);
    await time.advance(200);
    assert.equal(short.error?.code, "TIMEOUT");
    assert.match(short.error.message, /5 s/);
    await time.advance(24_700);
    assert.ok(long.pending);
    await time.advance(300);
    assert.equal(long.error?.code, "TIMEOUT");
    assert.equal(mercury.inFlight, 0);
  });

  it("are given up when their caller aborts", async () => {
    const { simulator } = stage.current;
    const { mercury } = await stage.current.connected();
    simulator.faults.silent = "mercury";
    const controller = new AbortController();
    const request = mercury.get("hm://slow", { signal: controller.signal });
    controller.abort(new Error("changed my mind"));
    await assert.rejects(request, /changed my mind/);
    await assert.rejects(mercury.get("hm://slow", { signal: controller.signal }), /changed my mind/);
    assert.equal(mercury.inFlight, 0);
  });

  it("are limited: one too many fails with a rate limit, and does not affect the others", async () => {
    const { simulator, time } = stage.current;
    const { mercury } = await stage.current.connected();
    simulator.faults.silent = "mercury";
    const waiting = Array.from(
      { length: 4096 },
      () => new Outcome(mercury.get("hm://many", { timeout: 1_000 })),
    );
    const error = await failureOf(mercury.get("hm://one-too-many"), "RATE_LIMITED");
    assert.ok(error.retryAfter! > 0);
    await time.advance(1_100);
    assert.ok(waiting.every((request) => request.error?.code === "TIMEOUT"));
  });

  it("with an address that is too long are refused at once", async () => {
    const { mercury } = await stage.current.connected();
    await failureOf(mercury.get(`hm://${"x".repeat(70_000)}`), "INVALID_ARGUMENT");
    assert.equal(mercury.inFlight, 0);
  });

  it("are all sent again, once each, if the connection breaks", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    simulator.faults.silent = "mercury";
    const requests = Array.from(
      { length: 50 },
      (_, i) => new Outcome(session.mercury.get(`hm://again/${i}`)),
    );
    await time.settle();
    simulator.faults.silent = false;
    simulator.dropAll();
    await time.advance(3_000);
    assert.deepEqual(
      requests.map(({ result }) => result?.uri),
      Array.from({ length: 50 }, (_, i) => `hm://again/${i}`),
    );
    assert.equal(simulator.stats.mercuryRequests.length, 100);
  });
});
