import assert from "node:assert/strict";
import { fromBinary } from "@bufbuild/protobuf";
import { ClientHelloSchema } from "../../src/proto/gen/keyexchange_pb";
import { failureOf } from "../support/failure";
import { useStage } from "../support/stage";
import { resolverNaming, tap } from "../support/wiretap";

describe("a server that is not Spotify's", () => {
  const stage = useStage();

  for (const fault of ["wrongSignature", "wrongKey"] as const) {
    it(`is recognised (${fault}), and receives only the hello`, async () => {
      const { simulator } = stage.current;
      simulator.faults[fault] = true;
      const line = await tap(simulator.accessPoints[0]!);
      stage.current.after(line.close);
      const resolver = await resolverNaming(() => [line.address]);
      stage.current.after(resolver.close);
      const session = stage.current.session(stage.current.account(), {
        endpoints: { apResolve: resolver.url },
      });

      const error = await failureOf(session.connect(), "UNTRUSTED_SERVER");

      assert.match(error.message, /not Spotify's/);
      assert.notEqual(session.state, "ready");
      await session.close();
      // All bytes that we sent, over all connections, are hellos and nothing else.
      let sent = line.sent();
      assert.ok(sent.length > 0);
      while (sent.length > 0) {
        assert.equal(sent.readUInt16BE(0), 0x0004);
        const length = sent.readUInt32BE(2);
        const hello = fromBinary(ClientHelloSchema, sent.subarray(6, length));
        assert.equal(hello.loginCryptoHello?.diffieHellman?.serverKeysKnown, 1);
        sent = sent.subarray(length);
      }
      assert.deepEqual(simulator.stats.logins, []);
      assert.equal(simulator.stats.handshakes, 0);
    });
  }

  it("does not end the session, because the real server may answer again", async () => {
    const { simulator, time } = stage.current;
    simulator.faults.wrongKey = true;
    const session = stage.current.session(stage.current.account());
    const troubles: string[] = [];
    session.on("trouble", ({ code }) => troubles.push(code));
    const failure = failureOf(session.connect(), "UNTRUSTED_SERVER");
    await time.advance(10_000);
    await failure;
    simulator.faults.wrongKey = false;
    await time.advance(60_000);
    assert.equal(session.state, "ready");
    assert.equal(
      troubles.every((code) => code === "UNTRUSTED_SERVER"),
      true,
    );
  });

  it("is reported even if another server merely fails: the graver error wins", async () => {
    const { simulator } = stage.current;
    simulator.faults.wrongKey = true;
    const resolver = await resolverNaming(() => [...simulator.accessPoints, "127.0.0.1:1"]);
    stage.current.after(resolver.close);
    const session = stage.current.session(stage.current.account(), {
      endpoints: { apResolve: resolver.url },
    });
    await failureOf(session.connect(), "UNTRUSTED_SERVER");
  });

  it("is trusted only with Spotify's own key, if no other key is configured", async () => {
    const session = stage.current.session(stage.current.account(), { accessPointKey: undefined });
    await failureOf(session.connect(), "UNTRUSTED_SERVER");
    assert.deepEqual(stage.current.simulator.stats.logins, []);
  });
});
