/** Properties of a wrong type, and properties that an environment variable fills. */
import assert from "node:assert/strict";
import { TOKEN_VERSION } from "../../../nodes/spotify-token/migrate";
import { CLIENT_IDS } from "../../../src";
import { Simulator, type Account } from "../../simulator";
import { Flow } from "../support/flow";
import { recordedUntil } from "../support/recorder";

describe("a property", () => {
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

  const withEnv = (env: Flow["env"]): void => {
    flow.env = env;
  };

  describe("of a wrong type is reported with its type", () => {
    for (const [name, value, message] of [
      ["deviceName", 5, /"deviceName" is a number: it must be a text/],
      ["clientId", ["keymaster"], /"clientId" is a list: it must be a text/],
      ["connect", 1, /"connect" is a number: it must be true or false/],
      ["followClientId", "perhaps", /"followClientId" is a text: it must be true or false/],
    ] as const) {
      it(`in an account: ${name}`, async () => {
        await flow.deploy(simulator, account, [{}], { [name]: value, version: 1 }, {}, [{}]);
        const { error } = await flow.askInVain();
        assert.equal(error.code, "INVALID_ARGUMENT");
        assert.match(error.message, message);
        await flow.status("t0", ({ text }) => text === "spotify-token.errors.INVALID_ARGUMENT");
        await flow.status("session", ({ fill }) => fill === "red");
        const [event] = await recordedUntil("r0", (messages) => messages.length > 0);
        assert.match((event!.payload as { error: { message: string } }).error.message, message);
      });
    }

    for (const [name, value, message] of [
      ["source", 5, /"source" is a number: it must be a text/],
      ["emit", {}, /"emit" is an object: it must be a text/],
      ["emit", "postman", /not by "postman"/],
      ["output", 5, /"output" is a number: it must be a text/],
      ["authorizationHeader", [], /"authorizationHeader" is a list: it must be true or false/],
      ["scopesType", 0, /"scopesType" is a number: it must be a text/],
      ["scopes", { a: 1 }, /Scopes are a list of texts/],
      ["clientId", 7, /A client ID is/],
    ] as const) {
      it(`in a token node: ${name}`, async () => {
        await flow.deploy(simulator, account, [{ [name]: value, version: TOKEN_VERSION }]);
        const { error } = await flow.askInVain();
        assert.equal(error.code, "INVALID_ARGUMENT");
        assert.match(error.message, message);
        await flow.status("t0", ({ text }) => text === "spotify-token.errors.INVALID_ARGUMENT");
      });
    }

    it("in an events node: kinds", async () => {
      await flow.deploy(simulator, account, [], {}, {}, [{ kinds: 5 }]);
      await flow.status("e0", ({ text }) => text === "spotify-events.errors.INVALID_ARGUMENT");
    });

    it("without a quote, because it may be a secret", async () => {
      await flow.deploy(simulator, account, [{ authorizationHeader: "BQ-a-secret", version: TOKEN_VERSION }]);
      assert.ok(!JSON.stringify(await flow.askInVain()).includes("BQ-a-secret"));
    });
  });

  describe("may name an environment variable", () => {
    it("for every text of a token node", async () => {
      withEnv([
        { name: "ACCOUNT", type: "str", value: "session" },
        { name: "SCOPES", type: "str", value: "streaming, user-top-read" },
        { name: "CLIENT", type: "str", value: " KeyMaster " },
        { name: "SOURCE", type: "str", value: "keymaster" },
        { name: "EMIT", type: "str", value: "input" },
        { name: "OUTPUT", type: "str", value: "token" },
        { name: "HEADER", type: "bool", value: "false" },
      ]);
      await flow.deploy(simulator, account, [
        {
          session: "${ACCOUNT}",
          scopes: ["${SCOPES}"],
          clientId: "${CLIENT}",
          source: "${SOURCE}",
          emit: "${EMIT}",
          output: "${OUTPUT}",
          authorizationHeader: "${HEADER}",
          version: 2,
        },
      ]);
      const { token, headers } = (await flow.ask()) as unknown as {
        token: { scopes: string[]; clientId: string };
        headers: unknown;
      };
      assert.deepEqual(
        [token.scopes, token.clientId],
        [["streaming", "user-top-read"], CLIENT_IDS.keymaster],
      );
      assert.equal(headers, undefined);
    });

    it("of the type JSON for the scopes", async () => {
      withEnv([{ name: "SCOPES", type: "json", value: '["streaming","user-top-read"]' }]);
      await flow.deploy(simulator, account, [{ scopes: ["${SCOPES}"] }, { scopes: "${SCOPES}" }]);
      for (const index of [0, 1]) {
        assert.deepEqual((await flow.ask({}, index)).payload.scopes, ["streaming", "user-top-read"]);
      }
    });

    it("for every text of an account", async () => {
      withEnv([
        { name: "CLIENT", type: "str", value: "IOS" },
        { name: "DEVICE", type: "str", value: " Kitchen " },
        { name: "FOLLOW", type: "str", value: "false" },
      ]);
      const session = {
        clientId: "${CLIENT}",
        deviceName: "${DEVICE}",
        followClientId: "${FOLLOW}",
        version: 1,
      };
      await flow.deploy(simulator, account, [{ clientId: "" }], { z: "tab", ...session });
      assert.equal((await flow.ask()).payload.clientId, CLIENT_IDS.ios);
      assert.equal(flow.sessionNode.deviceName, "Kitchen");
      flow.sessionNode.session!.setClientId("android", "cluster");
      assert.equal(flow.sessionNode.session!.clientId, CLIENT_IDS.ios);
    });

    for (const type of ["str", "json"]) {
      it(`for the credential, of the type ${type}`, async () => {
        withEnv([{ name: "LOGIN", type, value: account.credentialsJson }]);
        await flow.deploy(simulator, { credentialsJson: "${LOGIN}" }, [{}], { z: "tab" });
        assert.ok((await flow.ask()).payload.accessToken);
      });
    }

    it("for the credential, except a number, which is not quoted", async () => {
      withEnv([{ name: "LOGIN", type: "num", value: "8675309" }]);
      await flow.deploy(simulator, { credentialsJson: "${LOGIN}" }, [{}], { z: "tab" });
      const caught = await flow.askInVain();
      assert.match(caught.error.message, /"librespotCredentials" is a number/);
      assert.ok(!JSON.stringify(caught).includes("8675309"));
    });
  });
});
