/** Permissions and a client ID that a spotify-token reads from another place. */
import assert from "node:assert/strict";
import { CLIENT_IDS, type Token } from "../../../src";
import { Simulator, type Account } from "../../simulator";
import { FakeTime } from "../../support/fake-time";
import { Flow } from "../support/flow";
import { recordedUntil } from "../support/recorder";

const HOUR = 3_600_000;
const TWO = ["streaming", "user-top-read"];

describe("a spotify-token whose permissions or client ID come from another place", () => {
  let simulator: Simulator;
  let account: Account;
  let flow: Flow;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount();
    flow = new Flow();
  });

  afterEach(async () => {
    await flow.dispose();
    await simulator.close();
  });

  const deploy = (properties: Record<string, unknown>): Promise<void> =>
    flow.deploy(simulator, account, [properties]);
  const remember = (name: string, value: unknown): void => {
    const context = flow.node("t0").context();
    context.flow.set(name, value);
    context.global.set(name, value);
  };
  const shows = (fill: string, text: RegExp): Promise<unknown> =>
    flow.status("t0", (status) => status.fill === fill && text.test(status.text ?? ""));

  describe("reads the permissions", () => {
    for (const [scopesType, scopes] of [
      ["msg", "payload.wanted"],
      ["flow", "wanted"],
      ["global", "wanted"],
      ["env", "SPOTIFY_SCOPES"],
      ["str", TWO.join(" ")],
      ["json", JSON.stringify(TWO)],
      ["jsonata", '["streaming", "user-top-" & "read"]'],
    ] as const) {
      it(`with the type ${scopesType}`, async () => {
        flow.env = [{ name: "SPOTIFY_SCOPES", type: "str", value: TWO.join(", ") }];
        await deploy({ scopes, scopesType });
        remember("wanted", TWO);
        const { payload } = await flow.ask({ payload: { wanted: TWO } });
        assert.deepEqual(payload.scopes, TWO);
      });
    }

    it("with their present value when a message comes", async () => {
      await deploy({ scopes: "wanted", scopesType: "flow" });
      for (const scope of TWO) {
        remember("wanted", scope);
        assert.deepEqual((await flow.ask()).payload.scopes, [scope]);
      }
    });

    it("from msg.scopes with a higher priority", async () => {
      await deploy({ scopes: "wanted", scopesType: "flow" });
      remember("wanted", TWO);
      assert.deepEqual((await flow.ask({ scopes: "user-read-email" })).payload.scopes, ["user-read-email"]);
    });

    for (const [scopesType, scopes] of [
      ["msg", "nothing.there"],
      ["flow", "nothing"],
      ["env", "SPOTIFY_NOTHING"],
      ["flow", ""],
    ] as const) {
      it(`as an empty list if there are none: ${scopesType} "${scopes}"`, async () => {
        await deploy({ scopes, scopesType });
        const { payload } = await flow.ask();
        assert.deepEqual([payload.scopes, payload.audience], [null, "spotify-internal"]);
        await shows("yellow", /status\.noWebApi$/);
      });
    }

    it("and does not warn that permissions are missing, because they may come", async () => {
      await deploy({ scopes: "wanted", scopesType: "flow" });
      await shows("green", /status\.ready$/);
    });

    for (const value of [7, { a: 1 }, ["no scope!"], true]) {
      it(`but not ${JSON.stringify(value)}, which is invalid`, async () => {
        await deploy({ scopes: "wanted", scopesType: "flow" });
        remember("wanted", value);
        assert.equal((await flow.askInVain()).error.code, "INVALID_ARGUMENT");
        await shows("red", /errors\.INVALID_ARGUMENT$/);
        remember("wanted", TWO);
        await flow.ask();
        await shows("yellow", /status\.noWebApi$/);
      });
    }

    it("but not from an expression that cannot be read, which the error does not quote", async () => {
      await deploy({ scopes: "secret(", scopesType: "jsonata" });
      const { error } = await flow.askInVain();
      assert.equal(error.code, "INVALID_ARGUMENT");
      assert.match(error.message, /"scopes" cannot be read/);
      assert.doesNotMatch(error.message, /secret/);
    });
  });

  describe("reads the client ID", () => {
    for (const [clientIdType, clientId] of [
      ["msg", "app"],
      ["flow", "app"],
      ["global", "app"],
      ["env", "SPOTIFY_APP"],
      ["jsonata", '"i" & "os"'],
    ] as const) {
      it(`with the type ${clientIdType}`, async () => {
        flow.env = [{ name: "SPOTIFY_APP", type: "str", value: " IOS " }];
        await deploy({ scopes: ["streaming"], clientId, clientIdType });
        remember("app", "ios");
        assert.equal((await flow.ask({ app: "ios" })).payload.clientId, CLIENT_IDS.ios);
      });
    }

    it("from msg.clientId with a higher priority", async () => {
      await deploy({ scopes: ["streaming"], clientId: "app", clientIdType: "flow" });
      remember("app", "ios");
      assert.equal((await flow.ask({ clientId: "android" })).payload.clientId, CLIENT_IDS.android);
    });

    it("of the account if it is an empty string", async () => {
      await flow.deploy(
        simulator,
        account,
        [{ scopes: ["streaming"], clientId: "app", clientIdType: "msg" }],
        {
          clientId: "ios",
        },
      );
      assert.equal((await flow.ask({ app: "" })).payload.clientId, CLIENT_IDS.ios);
    });

    for (const clientIdType of ["msg", "flow", "env", "jsonata"]) {
      it(`but uses no other one if there is none: ${clientIdType}`, async () => {
        await deploy({ scopes: ["streaming"], clientId: "nothing", clientIdType });
        const { error } = await flow.askInVain();
        assert.equal(error.code, "INVALID_ARGUMENT");
        assert.equal(simulator.stats.keymasterRequests.length, 0);
      });
    }

    it("but not an invalid one", async () => {
      await deploy({ scopes: ["streaming"], clientId: "app", clientIdType: "flow" });
      remember("app", "my app");
      assert.equal((await flow.askInVain()).error.code, "INVALID_ARGUMENT");
    });
  });

  describe("and that emits by itself", () => {
    let time: FakeTime | undefined;

    afterEach(() => time?.restore());

    it("emits a token according to the flow, an environment variable or an expression", async () => {
      flow.env = [{ name: "SPOTIFY_SCOPES", type: "str", value: "streaming" }];
      await deploy({
        emit: "auto",
        scopes: "SPOTIFY_SCOPES",
        scopesType: "env",
        clientId: '"android"',
        clientIdType: "jsonata",
      });
      const { payload } = (await flow.next("s0")) as unknown as { payload: Token };
      assert.deepEqual([payload.scopes, payload.clientId], [["streaming"], CLIENT_IDS.android]);
    });

    it("waits for a client ID that the flow does not have yet, and reports that once", async () => {
      time = new FakeTime(simulator);
      await deploy({ emit: "auto", scopes: ["streaming"], clientId: "app", clientIdType: "flow" });
      const emitted: Token[] = [];
      flow.node("s0").on("input", ({ payload }) => emitted.push(payload as Token));
      const [failure, ...others] = await recordedUntil("failed", ({ length }) => length > 0);
      assert.equal((failure as unknown as { error: { code: string } }).error.code, "INVALID_ARGUMENT");
      assert.deepEqual(others, []);
      remember("app", "ios");
      await time.until(() => emitted.length === 1, HOUR);
      assert.equal(emitted[0]!.clientId, CLIENT_IDS.ios);
    });

    it("reads the flow's value again for each token", async () => {
      time = new FakeTime(simulator);
      await deploy({ emit: "auto", scopes: "wanted", scopesType: "flow" });
      const emitted: Token[] = [];
      flow.node("s0").on("input", ({ payload }) => emitted.push(payload as Token));
      await time.until(() => emitted.length === 1);
      remember("wanted", TWO);
      await time.until(() => emitted.length === 2, 2 * HOUR);
      assert.deepEqual(emitted[1]!.scopes, TWO);
    });

    for (const properties of [
      { scopes: "wanted", scopesType: "msg" },
      { clientId: "app", clientIdType: "msg" },
    ]) {
      for (const emit of ["auto", "both"]) {
        it(`cannot read them from a message: ${Object.keys(properties).join()}, ${emit}`, async () => {
          await deploy({ emit, ...properties });
          await shows("red", /errors\.INVALID_ARGUMENT$/);
          if (emit === "both") assert.match((await flow.askInVain()).error.message, /send on input only/);
        });
      }
    }
  });
});
