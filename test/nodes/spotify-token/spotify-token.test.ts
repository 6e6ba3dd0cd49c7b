import assert from "node:assert/strict";
import { CLIENT_IDS } from "../../../src";
import { Simulator, type Account } from "../../simulator";
import { FIVE_SCOPES, Flow } from "../support/flow";

describe("spotify-token", () => {
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

  describe("a message", () => {
    it("comes out with a token as its payload and as its Authorization header", async () => {
      await flow.deploy(simulator, account, [{}]);
      const message = await flow.ask({ topic: "kitchen", headers: { accept: "text/plain" } });
      const token = message.payload;
      assert.equal(token.tokenType, "Bearer");
      assert.deepEqual(token.scopes, ["user-read-playback-state"]);
      assert.equal(token.clientId, CLIENT_IDS.keymaster);
      assert.equal(token.source, "keymaster");
      assert.equal(token.audience, "web-api");
      assert.ok(token.expiresIn >= 60 && token.expiresIn <= 3600);
      assert.ok(Math.abs(token.expiresAt - Date.now() - token.expiresIn * 1000) < 5000);
      assert.equal(message.topic, "kitchen");
      assert.deepEqual(message.headers, {
        accept: "text/plain",
        Authorization: `Bearer ${token.accessToken}`,
      });
    });

    it("comes out with a token that the Web API takes", async () => {
      await flow.deploy(simulator, account, [{}]);
      const { headers } = await flow.ask();
      const response = await fetch(`${simulator.endpoints.api}/v1/me/player`, {
        headers: { authorization: String(headers?.["Authorization"]) },
      });
      assert.equal(response.status, 200);
    });

    it("is the same message, not a copy", async () => {
      await flow.deploy(simulator, account, [{}]);
      const own = { kept: true };
      const message = await flow.ask({ own });
      assert.equal((message as unknown as { own: unknown }).own, own);
    });

    it("replaces an Authorization header in whatever case it was written", async () => {
      await flow.deploy(simulator, account, [{}]);
      const { headers, payload } = await flow.ask({ headers: { authorization: "Basic old" } });
      assert.deepEqual(headers, { Authorization: `Bearer ${payload.accessToken}` });
    });

    it("keeps its headers untouched where the header is switched off", async () => {
      await flow.deploy(simulator, account, [{ authorizationHeader: false }]);
      assert.equal((await flow.ask()).headers, undefined);
      assert.deepEqual((await flow.ask({ headers: { a: "b" } })).headers, { a: "b" });
    });

    for (const scopes of [
      ["user-top-read", "streaming"],
      "user-top-read, streaming",
      "user-top-read streaming",
    ]) {
      it(`may name its scopes: ${JSON.stringify(scopes)}`, async () => {
        await flow.deploy(simulator, account, [{}]);
        const { payload } = await flow.ask({ scopes });
        assert.deepEqual(payload.scopes, ["user-top-read", "streaming"]);
      });
    }

    for (const [name, clientId] of Object.entries({
      ...CLIENT_IDS,
      "0123456789abcdef0123456789ABCDEF": "",
    })) {
      it(`may name its client ID: ${name}`, async () => {
        await flow.deploy(simulator, account, [{}]);
        const { payload } = await flow.ask({ scopes: "streaming", clientId: name });
        assert.equal(payload.clientId, clientId || name.toLowerCase());
      });
    }

    for (const [what, message] of Object.entries({
      "scopes that are none": { scopes: 7 },
      "a scope with a newline": { scopes: ["user-read\nclient_id=1"] },
      "no scope at all": { scopes: [] },
      "a client ID that is none": { clientId: "spotify" },
    })) {
      it(`is an INVALID_ARGUMENT with ${what}`, async () => {
        await flow.deploy(simulator, account, [{}]);
        assert.equal((await flow.askInVain(message)).error.code, "INVALID_ARGUMENT");
        assert.equal(simulator.stats.keymasterRequests.length, 0);
      });
    }
  });

  describe("in session mode, as KEYMASTER", () => {
    it("gives all five playback scopes", async () => {
      await flow.deploy(simulator, account, [{ scopes: FIVE_SCOPES, clientId: "" }]);
      assert.deepEqual((await flow.ask()).payload.scopes, FIVE_SCOPES);
    });
  });

  describe("as ANDROID", () => {
    for (const scope of FIVE_SCOPES) {
      it(`fails as INVALID_SCOPE for ${scope}, naming the client ID and the one that would work`, async () => {
        await flow.deploy(simulator, account, [{ scopes: [scope], clientId: "" }], { clientId: "android" });
        const { error } = await flow.askInVain();
        assert.equal(error.code, "INVALID_SCOPE");
        assert.equal(error.source.id, "t0");
        assert.match(error.message, new RegExp(scope));
        assert.match(error.message, new RegExp(CLIENT_IDS.android));
        assert.match(error.message, /the session's client ID, from its configuration/);
        assert.match(error.message, new RegExp(`keymaster \\(${CLIENT_IDS.keymaster}\\)`));
      });

      it(`gives ${scope} where the message names keymaster`, async () => {
        await flow.deploy(simulator, account, [{ scopes: [scope], clientId: "" }], { clientId: "android" });
        const { payload } = await flow.ask({ clientId: "keymaster" });
        assert.deepEqual([payload.scopes, payload.clientId], [[scope], CLIENT_IDS.keymaster]);
      });
    }

    it("gives what ANDROID may have, as ANDROID", async () => {
      await flow.deploy(simulator, account, [{ scopes: ["streaming"] }], { clientId: "android" });
      assert.equal((await flow.ask()).payload.clientId, CLIENT_IDS.android);
    });

    it("goes to KEYMASTER by itself where the client ID is best", async () => {
      await flow.deploy(simulator, account, [{ scopes: FIVE_SCOPES, clientId: "best" }], {
        clientId: "android",
      });
      assert.equal((await flow.ask()).payload.clientId, CLIENT_IDS.keymaster);
      assert.equal(simulator.stats.keymasterRequests.length, 1);
    });
  });

  it("never answers with the token of another client ID", async () => {
    await flow.deploy(simulator, account, [{ scopes: ["streaming"], clientId: "" }]);
    const asKeymaster = (await flow.ask()).payload;
    const asIos = (await flow.ask({ clientId: "ios" })).payload;
    flow.sessionNode.session!.setClientId("android", "remote-frame");
    const asAndroid = (await flow.ask()).payload;
    assert.deepEqual(
      [asKeymaster.clientId, asIos.clientId, asAndroid.clientId],
      [CLIENT_IDS.keymaster, CLIENT_IDS.ios, CLIENT_IDS.android],
    );
    assert.equal(new Set([asKeymaster.accessToken, asIos.accessToken, asAndroid.accessToken]).size, 3);
  });

  it("asks keymaster once for 1,000 messages at once to ten nodes", async () => {
    await flow.deploy(
      simulator,
      account,
      Array.from({ length: 10 }, () => ({})),
    );
    const tokens = new Set<string>();
    let received = 0;
    await new Promise<void>((resolve) => {
      for (let node = 0; node < 10; node++) {
        flow.node(`s${node}`).on("input", (message) => {
          tokens.add((message.payload as { accessToken: string }).accessToken);
          if (++received === 1000) resolve();
        });
        for (let i = 0; i < 100; i++) flow.send({}, node);
      }
    });
    assert.equal(tokens.size, 1);
    assert.equal(simulator.stats.keymasterRequests.length, 1);
  });

  it("gives each message a token object of its own", async () => {
    await flow.deploy(simulator, account, [{}]);
    const first = (await flow.ask()).payload;
    first.accessToken = "spoilt";
    first.scopes!.push("spoilt");
    const second = (await flow.ask()).payload;
    assert.notEqual(second.accessToken, "spoilt");
    assert.deepEqual(second.scopes, ["user-read-playback-state"]);
  });

  describe("errors", () => {
    it("is NOT_SIGNED_IN where the session has no credential, and nothing is connected", async () => {
      await flow.deploy(simulator, undefined, [{}]);
      assert.equal((await flow.askInVain()).error.code, "NOT_SIGNED_IN");
      assert.equal(simulator.stats.connections, 0);
    });

    it("is BAD_CREDENTIALS where Spotify refuses the credential, at once and without trying on", async () => {
      const stranger = simulator.addAccount();
      simulator.faults.loginFailed = 12;
      await flow.deploy(simulator, stranger, [{}]);
      assert.equal((await flow.askInVain()).error.code, "BAD_CREDENTIALS");
      assert.equal((await flow.askInVain()).error.code, "BAD_CREDENTIALS");
      assert.equal(simulator.stats.logins.length, 1);
    });

    it("is REQUEST_REFUSED where the account is refused keymaster, with when to ask again", async () => {
      await flow.deploy(simulator, simulator.addAccount({ keymaster: "refused" }), [{}]);
      const { error } = await flow.askInVain();
      assert.equal(error.code, "REQUEST_REFUSED");
      await flow.askInVain();
      assert.equal(simulator.stats.keymasterRequests.length, 2, "once, and once more on a fresh session");
    });

    it("is INVALID_ARGUMENT where the credential is no credentials.json, without quoting it", async () => {
      await flow.deploy(simulator, { credentialsJson: '{"secret-thing' }, [{}]);
      const { error } = await flow.askInVain();
      assert.equal(error.code, "INVALID_ARGUMENT");
      assert.doesNotMatch(JSON.stringify(error), /secret-thing/);
    });
  });

  describe("status", () => {
    it("is green with the time the token is good until and the client ID's name", async () => {
      await flow.deploy(simulator, account, [{}]);
      const { payload } = await flow.ask();
      const end = new Date(payload.expiresAt);
      const time = [end.getHours(), end.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
      const status = await flow.status("t0", ({ fill, shape }) => fill === "green" && shape === "dot");
      assert.deepEqual(status, { fill: "green", shape: "dot", text: `${time} keymaster` });
    });

    it("is yellow while the session connects", async () => {
      simulator.faults.silent = "login";
      await flow.deploy(simulator, account, [{}]);
      assert.equal(
        (await flow.status("t0", ({ fill }) => fill === "yellow")).text,
        "spotify-token.status.connecting",
      );
    });

    it("is red with the error's short text", async () => {
      await flow.deploy(simulator, account, [{ scopes: FIVE_SCOPES, clientId: "android" }]);
      await flow.askInVain();
      const status = await flow.status("t0", ({ fill }) => fill === "red");
      assert.equal(status.text, "spotify-token.errors.INVALID_SCOPE");
    });

    it("is green again after the next success", async () => {
      await flow.deploy(simulator, account, [{ scopes: FIVE_SCOPES, clientId: "android" }]);
      await flow.askInVain();
      await flow.ask({ clientId: "keymaster" });
      await flow.status("t0", ({ fill }) => fill === "green");
    });
  });
});
