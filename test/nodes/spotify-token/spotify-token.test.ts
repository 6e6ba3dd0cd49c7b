import assert from "node:assert/strict";
import { CLIENT_IDS } from "../../../src";
import { Simulator, type Account } from "../../simulator";
import { signInWithApp } from "../../support/own-app";
import { FIVE_SCOPES, Flow, type TokenMessage } from "../support/flow";

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

  /** The Web API's answer to a token. */
  async function webApiStatus(accessToken: string): Promise<number> {
    const headers = { authorization: `Bearer ${accessToken}` };
    return (await fetch(`${simulator.endpoints.api}/v1/me/player`, { headers })).status;
  }

  describe("a message", () => {
    it("comes out with a token as its payload and as its Authorization header", async () => {
      await flow.deploy(simulator, account, [{}]);
      const message = await flow.ask({ topic: "kitchen", headers: { accept: "text/plain" } });
      const token = message.payload;
      assert.equal(token.tokenType, "Bearer");
      assert.deepEqual(token.scopes, ["user-read-playback-state"]);
      assert.equal(token.clientId, CLIENT_IDS.keymaster);
      assert.equal(token.source, "keymaster");
      assert.equal(token.audience, "spotify-internal");
      assert.ok(token.expiresIn >= 60 && token.expiresIn <= 3600);
      assert.ok(Math.abs(token.expiresAt - Date.now() - token.expiresIn * 1000) < 5000);
      assert.equal(message.topic, "kitchen");
      assert.deepEqual(message.headers, {
        accept: "text/plain",
        Authorization: `Bearer ${token.accessToken}`,
      });
    });

    it("comes out with a token that the Web API accepts", async () => {
      await flow.deploy(simulator, account, [{ clientId: "best" }]);
      await signInWithApp(simulator, flow.sessionNode.session!, account, ["user-read-playback-state"]);
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

    it("replaces an Authorization header in upper or lower case", async () => {
      await flow.deploy(simulator, account, [{}]);
      for (const name of ["authorization", "AUTHORIZATION", "authoriZation", "Authorization"]) {
        const { headers, payload } = await flow.ask({ headers: { [name]: "Basic old" } });
        assert.deepEqual(headers, { Authorization: `Bearer ${payload.accessToken}` }, name);
      }
    });

    it("keeps its headers unchanged if the header is switched off", async () => {
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
      "an invalid client ID": { clientId: "spotify" },
    })) {
      it(`is an INVALID_ARGUMENT with ${what}`, async () => {
        await flow.deploy(simulator, account, [{}]);
        assert.equal((await flow.askInVain(message)).error.code, "INVALID_ARGUMENT");
        assert.equal(simulator.stats.keymasterRequests.length, 0);
      });
    }
  });

  describe("without scopes", () => {
    it("has a token of login5, for Spotify's own services only, if no app is signed in", async () => {
      await flow.deploy(simulator, account, [{ scopes: [] }]);
      const { payload: token } = await flow.ask();
      assert.deepEqual(
        [token.source, token.audience, token.scopes, token.clientId],
        ["login5", "spotify-internal", null, CLIENT_IDS.keymaster],
      );
      assert.equal(await webApiStatus(token.accessToken), 429);
      assert.equal(simulator.stats.keymasterRequests.length, 0);
    });

    it("has a token with all scopes of an app, if one is signed in with that client ID", async () => {
      const granted = ["user-read-playback-state", "user-top-read"];
      await flow.deploy(simulator, account, [{ scopes: [] }]);
      const app = await signInWithApp(simulator, flow.sessionNode.session!, account, granted);
      const { payload: token } = await flow.ask({ clientId: app });
      assert.deepEqual(
        [token.source, token.audience, token.clientId, token.scopes?.toSorted()],
        ["oauth", "web-api", app, granted],
      );
      assert.equal(await webApiStatus(token.accessToken), 200);
    });
  });

  describe("from the source login5", () => {
    it("is a token for Spotify's own services, and the status says so", async () => {
      await flow.deploy(simulator, account, [{ scopes: [], source: "login5" }]);
      const { payload: token } = await flow.ask();
      assert.deepEqual([token.source, token.audience, token.scopes], ["login5", "spotify-internal", null]);
      const { text } = await flow.status("t0", ({ fill, shape }) => fill === "green" && shape === "dot");
      assert.match(text ?? "", /^\d\d:\d\d login5$/);
    });

    it("is sent without a message if the node sends by itself", async () => {
      await flow.deploy(simulator, account, [{ scopes: [], source: "login5", emit: "auto" }]);
      const { payload } = (await flow.next("s0")) as TokenMessage;
      assert.equal(payload.source, "login5");
    });

    it("is never used if scopes are requested, even if it is available", async () => {
      await flow.deploy(simulator, account, [
        { scopes: [], source: "login5" },
        { scopes: ["streaming"] },
        { scopes: ["streaming"], source: "login5" },
      ]);
      const { payload: internal } = await flow.ask();
      for (const message of [{}, { scopes: FIVE_SCOPES }, { scopes: "user-read-private user-read-email" }]) {
        const { payload } = await flow.ask(message, 1);
        assert.deepEqual([payload.source, payload.audience], ["keymaster", "spotify-internal"]);
        assert.notEqual(payload.accessToken, internal.accessToken);
        const { error } = await flow.askInVain({ scopes: "streaming", ...message }, 2);
        assert.equal(error.code, "INVALID_ARGUMENT");
        assert.match(error.message, /without scopes.*Web API refuses them/);
      }
    });

    it("is not used instead if keymaster refuses the account", async () => {
      const refused = simulator.addAccount({ keymaster: "refused" });
      await flow.deploy(simulator, refused, [{ scopes: [], source: "login5" }, {}]);
      assert.equal((await flow.ask()).payload.source, "login5");
      assert.equal((await flow.askInVain({}, 1)).error.code, "REQUEST_REFUSED");
      assert.equal((await flow.askInVain({}, 1)).error.code, "REQUEST_REFUSED");
    });
  });

  it("is INVALID_ARGUMENT with a source that this version does not have, and sends no request", async () => {
    await flow.deploy(simulator, account, [{ source: "magic" }]);
    const { error } = await flow.askInVain();
    assert.equal(error.code, "INVALID_ARGUMENT");
    assert.match(error.message, /choose auto, keymaster, login5 or oauth/);
    assert.equal(simulator.stats.keymasterRequests.length, 0);
  });

  describe("in session mode, as KEYMASTER", () => {
    it("gives all five playback scopes", async () => {
      await flow.deploy(simulator, account, [{ scopes: FIVE_SCOPES, clientId: "" }]);
      assert.deepEqual((await flow.ask()).payload.scopes, FIVE_SCOPES);
    });
  });

  describe("as ANDROID", () => {
    for (const scope of FIVE_SCOPES) {
      it(`fails as INVALID_SCOPE for ${scope}, and names the client ID and the one that would work`, async () => {
        await flow.deploy(simulator, account, [{ scopes: [scope], clientId: "" }], { clientId: "android" });
        const { error } = await flow.askInVain();
        assert.equal(error.code, "INVALID_SCOPE");
        assert.equal(error.source.id, "t0");
        assert.match(error.message, new RegExp(scope));
        assert.match(error.message, new RegExp(CLIENT_IDS.android));
        assert.match(error.message, /the account's client ID, from its configuration/);
        assert.match(error.message, new RegExp(`keymaster \\(${CLIENT_IDS.keymaster}\\)`));
      });

      it(`gives ${scope} if the message names keymaster`, async () => {
        await flow.deploy(simulator, account, [{ scopes: [scope], clientId: "" }], { clientId: "android" });
        const { payload } = await flow.ask({ clientId: "keymaster" });
        assert.deepEqual([payload.scopes, payload.clientId], [[scope], CLIENT_IDS.keymaster]);
      });
    }

    it("gives the scopes that ANDROID may have, as ANDROID", async () => {
      await flow.deploy(simulator, account, [{ scopes: ["streaming"] }], { clientId: "android" });
      assert.equal((await flow.ask()).payload.clientId, CLIENT_IDS.android);
    });

    it("uses KEYMASTER if the client ID is best", async () => {
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

  it("gives each message a separate token object", async () => {
    await flow.deploy(simulator, account, [{}]);
    const first = (await flow.ask()).payload;
    first.accessToken = "spoilt";
    first.scopes!.push("spoilt");
    const second = (await flow.ask()).payload;
    assert.notEqual(second.accessToken, "spoilt");
    assert.deepEqual(second.scopes, ["user-read-playback-state"]);
  });

  describe("errors", () => {
    it("is NOT_SIGNED_IN if the session has no credential, and nothing is connected", async () => {
      await flow.deploy(simulator, undefined, [{}]);
      assert.equal((await flow.askInVain()).error.code, "NOT_SIGNED_IN");
      assert.equal(simulator.stats.connections, 0);
    });

    it("is BAD_CREDENTIALS if Spotify refuses the credential, at once and without further tries", async () => {
      const stranger = simulator.addAccount();
      simulator.faults.loginFailed = 12;
      await flow.deploy(simulator, stranger, [{}]);
      assert.equal((await flow.askInVain()).error.code, "BAD_CREDENTIALS");
      assert.equal((await flow.askInVain()).error.code, "BAD_CREDENTIALS");
      assert.equal(simulator.stats.logins.length, 1);
    });

    it("is REQUEST_REFUSED if keymaster refuses the account, with the time to ask again", async () => {
      await flow.deploy(simulator, simulator.addAccount({ keymaster: "refused" }), [{}]);
      const { error } = await flow.askInVain();
      assert.equal(error.code, "REQUEST_REFUSED");
      await flow.askInVain();
      assert.equal(simulator.stats.keymasterRequests.length, 2, "once, and once more on a fresh session");
    });

    it("is INVALID_ARGUMENT if the credential is not a credentials.json, without a quote", async () => {
      await flow.deploy(simulator, { credentialsJson: '{"secret-thing' }, [{}]);
      const { error } = await flow.askInVain();
      assert.equal(error.code, "INVALID_ARGUMENT");
      assert.doesNotMatch(JSON.stringify(error), /secret-thing/);
    });
  });

  describe("status", () => {
    it("says until when the token is valid", async () => {
      await flow.deploy(simulator, account, [{}]);
      const { payload } = await flow.ask();
      const end = new Date(payload.expiresAt);
      const time = [end.getHours(), end.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
      await flow.status("t0", ({ shape, text }) => shape === "dot" && text!.startsWith(`${time} `));
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

    it("is no longer red after the next success", async () => {
      await flow.deploy(simulator, account, [{ scopes: FIVE_SCOPES, clientId: "android" }]);
      await flow.askInVain();
      await flow.ask({ clientId: "keymaster" });
      await flow.status("t0", ({ text }) => /^\d\d:\d\d /.test(text!));
    });
  });
});
