import assert from "node:assert/strict";
import type { SpotifyErrorCode } from "../../src";
import type { Faults } from "../simulator";
import { Outcome } from "../support/failure";
import { useStage } from "../support/stage";
import { resolverNaming, serve } from "../support/wiretap";

/** What goes wrong while connecting → the error of `connect` when its time is over. */
const TROUBLES: readonly [string, Partial<Faults>, SpotifyErrorCode][] = [
  ["is dropped before the hello", { dropBeforeHello: true }, "UNREACHABLE"],
  ["is dropped after the hello", { dropAfterHello: true }, "UNREACHABLE"],
  ["is dropped after the login", { dropAfterLogin: true }, "UNREACHABLE"],
  ["is silent after the hello", { silent: "hello" }, "TIMEOUT"],
  ["is silent after the login", { silent: "login" }, "TIMEOUT"],
  ["answers the hello with garbage", { garbage: "hello" }, "PROTOCOL_ERROR"],
  ["announces an answer of 2 GiB", { garbage: "hello-length" }, "PROTOCOL_ERROR"],
  ["enciphers the welcome wrongly", { wrongMac: 1 }, "PROTOCOL_ERROR"],
];

describe("an access point that", () => {
  const stage = useStage();

  for (const [what, faults, code] of TROUBLES) {
    it(`${what}: ${code}; the tries are limited, and go on until one works`, async () => {
      const { simulator, time } = stage.current;
      Object.assign(simulator.faults, faults);
      const session = stage.current.session(stage.current.account());
      const connecting = new Outcome(session.connect({ timeout: 60_000 }));
      await time.advance(60_100);
      if (code === "UNREACHABLE" && faults.dropAfterLogin) assert.equal(connecting.pending, false);
      else assert.equal(connecting.error?.code, code, String(connecting.error));
      assert.ok(simulator.stats.connections <= 40, `${simulator.stats.connections} connections in a minute`);
      assert.ok(simulator.stats.connections >= 3);
      Object.assign(simulator.faults, Object.fromEntries(Object.keys(faults).map((name) => [name, false])));
      await time.advance(130_000);
      assert.equal(session.state, "ready");
      assert.equal(simulator.stats.openConnections, 1, "nothing is left over of the tries");
    });
  }

  it("sends garbage later on is replaced by another, and requests that were waiting are sent again", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    for (const faults of [
      { garbage: { value: "packets", times: 1 } },
      { wrongMac: { value: "next", times: 1 } },
    ] as const) {
      Object.assign(simulator.faults, faults);
      const token = new Outcome(session.tokens.getToken(["streaming"]));
      await time.advance(20_000);
      assert.equal(token.result?.tokenType, "Bearer", JSON.stringify(faults));
      session.tokens.refused(token.result.accessToken);
    }
  });

  it("sends its bytes one by one is understood", async () => {
    const { simulator } = stage.current;
    simulator.faults.dribble = 1;
    const session = await stage.current.connected();
    assert.equal((await session.tokens.getToken(["streaming"])).tokenType, "Bearer");
    assert.equal(simulator.stats.connections, 1);
  });

  it("answers everything two seconds late is waited for", async () => {
    const { simulator, time } = stage.current;
    simulator.faults.slow = 2_000;
    const session = stage.current.session(stage.current.account());
    const token = new Outcome(session.tokens.getToken(["streaming"]));
    await time.advance(15_000);
    assert.equal(token.result?.tokenType, "Bearer");
    assert.equal(simulator.stats.connections, 1);
  });

  it("is a web server, or sends arbitrary bytes, is a PROTOCOL_ERROR", async () => {
    const { time } = stage.current;
    for (const answer of [
      "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
      Buffer.from("00000004", "hex"),
      Buffer.from("00000000", "hex"),
      Buffer.from("0000000852000000", "hex"),
      Buffer.from("0000000a520408001200", "hex"),
      Buffer.concat([Buffer.from("00010000", "hex"), Buffer.alloc(70_000)]),
      Buffer.alloc(100_000),
    ]) {
      const server = await serve((socket) => socket.once("data", () => socket.write(answer)));
      const resolver = await resolverNaming(() => [server.address]);
      const session = stage.current.session(stage.current.account(), {
        endpoints: { apResolve: resolver.url },
      });
      const connecting = new Outcome(session.connect({ timeout: 12_000 }));
      await time.advance(13_000);
      assert.equal(connecting.error?.code, "PROTOCOL_ERROR", String(connecting.error));
      await session.close();
      await server.close();
      await resolver.close();
    }
  });
});
