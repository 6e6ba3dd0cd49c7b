import assert from "node:assert/strict";
import helper from "node-red-node-test-helper";
import { CLIENT_IDS } from "../../../src";
import { Simulator, type Account } from "../../simulator";
import { signInWithApp } from "../../support/own-app";
import { FIVE_SCOPES, Flow } from "../support/flow";

interface Verdict {
  source: string;
  taken: boolean;
  reason: string;
  since?: number;
  until?: number;
}

interface Answer {
  clientId: string;
  clientIdName: string | null;
  username: string | null;
  source?: string;
  sources: Verdict[];
  otherApp?: string;
}

describe("What the token's dialog asks a session", () => {
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

  async function ask(query: Record<string, string>, status = 200, id = "session"): Promise<Answer> {
    const response = await helper.request().get(`/spotify-session/${id}/explain`).query(query).expect(status);
    return response.body as Answer;
  }

  const requests = (): number => simulator.stats.keymasterRequests.length;

  it("is answered with the source of a token, without a request to Spotify", async () => {
    await flow.deploy(simulator, account, [{}]);
    await flow.sessionState("ready");
    const answer = await ask({ scopes: FIVE_SCOPES.join(","), clientId: "best", source: "auto" });
    assert.equal(answer.source, "keymaster");
    assert.deepEqual([answer.clientId, answer.clientIdName], [CLIENT_IDS.keymaster, "keymaster"]);
    assert.equal(answer.username, account.username);
    assert.deepEqual(
      answer.sources.map(({ source, reason }) => [source, reason]),
      [
        ["oauth", "no-grant"],
        ["keymaster", "mints"],
        ["login5", "has-scopes"],
      ],
    );
    assert.equal(requests(), 0);
  });

  it("is answered for the present meaning of best, and of the session's own client ID", async () => {
    await flow.deploy(simulator, account, [{}]);
    await flow.sessionState("ready");
    flow.sessionNode.session!.setClientId("android", "cluster");
    const scopes = "user-top-read";
    assert.equal((await ask({ scopes, clientId: "best" })).clientIdName, "keymaster");
    assert.equal((await ask({ scopes, clientId: "" })).clientIdName, "android");
    const app = await signInWithApp(simulator, flow.sessionNode.session!, account, [scopes]);
    assert.deepEqual(
      [(await ask({ scopes, clientId: "best" })).clientId, (await ask({ scopes, clientId: "ios" })).otherApp],
      [app, app],
    );
  });

  it("is answered with since when keymaster refuses the account, and until when it is not asked", async () => {
    await flow.deploy(simulator, simulator.addAccount({ keymaster: "refused" }), [{}]);
    await flow.askInVain();
    const before = requests();
    const { source, sources } = await ask({ scopes: "streaming", clientId: "best", source: "auto" });
    assert.equal(source, undefined);
    const keymaster = sources.find((one) => one.source === "keymaster");
    assert.equal(keymaster?.reason, "refused-account");
    assert.equal(keymaster.until! - keymaster.since!, 24 * 60 * 60_000);
    assert.equal(requests(), before);
  });

  it("opens no session: if no node uses the account, the dialog opens it first", async () => {
    await flow.deploy(simulator, account, []);
    const asked = { scopes: "streaming", clientId: "best" };
    assert.deepEqual(await ask(asked), { isOpen: false });
    assert.equal(flow.sessionNode.session, undefined);
    await helper.request().post("/spotify-session/session/open").send({}).expect(200);
    assert.equal((await ask(asked)).clientIdName, "keymaster");
  });

  it("is a 400 with a reason for an unknown scope, client ID or source", async () => {
    await flow.deploy(simulator, account, [{}]);
    const all: Record<string, string>[] = [
      { scopes: "no scope!" },
      { clientId: "nobody" },
      { source: "magic" },
    ];
    for (const wrong of all) {
      const body = (await ask({ scopes: "streaming", clientId: "best", ...wrong }, 400)) as unknown as {
        error: { code: string; message: string };
      };
      assert.equal(body.error.code, "INVALID_ARGUMENT");
    }
  });

  it("is answered with 404 for a node that is not a session, or not deployed", async () => {
    await flow.deploy(simulator, account, [{}]);
    for (const id of ["t0", "nobody"]) {
      await helper.request().get(`/spotify-session/${id}/explain`).expect(404);
    }
  });

  it("is answered without a secret", async () => {
    await flow.deploy(simulator, account, [{}]);
    const { payload } = await flow.ask();
    const text = JSON.stringify(await ask({ scopes: "user-read-playback-state", clientId: "best" }));
    assert.ok(!text.includes(payload.accessToken));
    assert.ok(!text.includes(account.storedCredential.toString("base64")));
  });
});
