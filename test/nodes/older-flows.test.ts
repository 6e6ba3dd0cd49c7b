import assert from "node:assert/strict";
import helper from "node-red-node-test-helper";
import { CLIENT_IDS } from "../../src";
import { Simulator, type Account } from "../simulator";
import { Flow } from "./support/flow";
import { recordedUntil } from "./support/recorder";

/** Properties that are missing in a flow that was written by hand or made by an older version. */
const ABSENT = { clientId: undefined, source: undefined, emit: undefined, authorizationHeader: undefined };
/** Node-RED's number of the level. */
const WARN = 30;

/** Warnings of the nodes in Node-RED's log. */
function warnings(id: string): string[] {
  const entries = helper.log().args.map(([entry]) => entry as { level: number; id?: string; msg: unknown });
  return entries.filter((entry) => entry.level === WARN && entry.id === id).map(({ msg }) => String(msg));
}

describe("a flow made for an older version", () => {
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

  it("gives tokens without being opened in the editor, no matter which properties are missing", async () => {
    const session = { clientId: undefined, followClientId: undefined, deviceName: "", connect: undefined };
    await flow.deploy(simulator, account, [{ ...ABSENT, scopes: "user-top-read, streaming" }], session);
    const { payload, headers } = await flow.ask();
    assert.deepEqual(payload.scopes, ["user-top-read", "streaming"]);
    assert.equal(payload.clientId, CLIENT_IDS.keymaster);
    assert.equal(headers?.["Authorization"], `Bearer ${payload.accessToken}`);
    assert.equal(flow.sessionNode.deviceName, "Node-RED");
    assert.deepEqual(["t0", "session"].flatMap(warnings), []);
  });

  it("gives the second token without a request to Spotify, like a flow of the present version", async () => {
    await flow.deploy(simulator, account, [{ ...ABSENT, scopes: "streaming", clientId: " KEYMASTER " }]);
    await flow.ask();
    await flow.ask();
    assert.equal(simulator.stats.keymasterRequests.length, 1);
  });

  it("keeps its settings: a header that is switched off, a pinned client ID, its own client ID", async () => {
    const stored = { ...ABSENT, clientId: "", authorizationHeader: false };
    await flow.deploy(simulator, account, [stored], { clientId: "ios", followClientId: false });
    const { payload, headers } = await flow.ask();
    assert.equal(payload.clientId, CLIENT_IDS.ios);
    assert.equal(headers, undefined);
  });

  it("sends nothing by itself if it does not say when to send", async () => {
    await flow.deploy(simulator, account, [{ ...ABSENT, emit: "", scopes: "user-top-read" }]);
    await flow.sessionState("ready");
    await flow.ask({ scopes: ["streaming"] });
    assert.deepEqual(
      simulator.stats.keymasterRequests.map(({ scopes }) => scopes),
      [["streaming"]],
    );
  });

  it("reports every kind of event if its events node names none", async () => {
    await flow.deploy(simulator, account, [{}], {}, {}, [{ kinds: undefined }]);
    await flow.ask();
    await recordedUntil("r0", (messages) => messages.some(({ topic }) => topic === "state"));
    flow.sessionNode.session!.setClientId(CLIENT_IDS.android, "remote-frame");
    await recordedUntil("r0", (messages) => messages.some(({ topic }) => topic === "client-id"));
  });

  it("has no warning if it is of the present version", async () => {
    await flow.deploy(simulator, account, [{ version: 1 }], { version: 1 }, {}, [{ version: 1 }]);
    await flow.ask();
    assert.deepEqual(["t0", "session", "e0"].flatMap(warnings), []);
  });
});

describe("a flow made by a newer version", () => {
  let simulator: Simulator;
  let flow: Flow;

  beforeEach(async () => {
    simulator = await Simulator.start();
    flow = new Flow();
  });

  afterEach(async () => {
    await flow.dispose();
    await simulator.close();
  });

  it("runs as far as it is understood, and each node says once that the package is to be updated", async () => {
    const newer = { version: 999, invented: "later" };
    await flow.deploy(simulator, simulator.addAccount(), [newer], newer, {}, [newer]);
    assert.ok((await flow.ask()).payload.accessToken);
    await flow.ask();
    for (const id of ["t0", "session", "e0"]) {
      const entries = helper
        .log()
        .args.map(([entry]) => entry as { level: number; id?: string; msg: unknown });
      const said = entries.filter((entry) => entry.level === WARN && entry.id === id);
      assert.equal(said.length, 1, id);
      assert.match(String(said[0]!.msg), /newer version.*update the package/i);
    }
  });
});
