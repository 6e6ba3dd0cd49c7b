/** The dialog's request to Node-RED that lets another account sign in by a tap. */
import assert from "node:assert/strict";
import { once } from "node:events";
import helper from "node-red-node-test-helper";
import { CLIENT_IDS } from "../../../src";
import type { Account, OfficialApp } from "../../simulator";
import { SignInStage } from "./sign-in-support";

const ROUTE = "/spotify-session/session/let-others-tap";

describe("Let someone else sign in, as a request to Node-RED", () => {
  let stage: SignInStage;
  let address: string;
  let mira: OfficialApp;
  let guest: OfficialApp;

  beforeEach(async () => {
    stage = await SignInStage.open();
    const phoneOf = (account: Account): OfficialApp =>
      stage.simulator.officialApp(account, { clientId: CLIENT_IDS.android });
    mira = phoneOf(stage.account);
    guest = phoneOf(stage.simulator.addAccount({ username: "guest" }));
    await stage.flow.deploy(stage.simulator, undefined, [], {
      id: "session",
      connect: true,
      deviceName: `Kitchen ${process.pid}`,
    });
    const session = stage.flow.sessionNode.session!;
    while (session.visibility !== "visible") await once(session, "visibility");
    address = `http://127.0.0.1:${session.discoveryPort}/`;
    assert.equal((await mira.tap(address)).status, 101);
  });

  afterEach(() => stage.close());

  async function status(): Promise<Record<string, unknown>> {
    return (await stage.ask("get", "/spotify-session/session/status")).body;
  }

  it("is needed by everyone except the owner, and the refused account is named", async () => {
    assert.notEqual((await guest.tap(address)).status, 101);
    const { username, tapRefused, tapsOpenUntil } = await status();
    assert.equal(username, "mira");
    const { username: name, count } = tapRefused as Record<string, unknown>;
    assert.deepEqual({ name, count }, { name: "guest", count: 1 });
    assert.equal(tapsOpenUntil, null);
  });

  it("lets the next tap in, once, and says until when; the flow file has nothing of it", async () => {
    assert.equal((await stage.ask("post", ROUTE, { allowed: true })).status, 200);
    const until = (await status())["tapsOpenUntil"] as number;
    assert.ok(until > Date.now() + 590_000 && until <= Date.now() + 600_000);
    assert.equal((await guest.tap(address)).status, 101);
    assert.equal((await status())["username"], "guest");
    assert.equal((await status())["tapsOpenUntil"], null);
    assert.notEqual((await mira.tap(address)).status, 101);
  });

  it("can be taken back, and ends with a deploy", async () => {
    await stage.ask("post", ROUTE, { allowed: true });
    await stage.ask("post", ROUTE, { allowed: false });
    assert.equal((await status())["tapsOpenUntil"], null);
    await stage.ask("post", ROUTE, { allowed: true });
    await stage.flow.redeploy("full", (definition) => definition);
    assert.equal((await status())["tapsOpenUntil"], null);
  });

  it("is refused as a form, with a wrong value, and for another account", async () => {
    assert.equal((await stage.ask("post", ROUTE, {})).status, 400);
    assert.equal((await stage.ask("post", ROUTE, { allowed: "yes" })).status, 400);
    const form = await helper.request().post(ROUTE).type("form").send({ allowed: true });
    assert.equal(form.status, 400);
    const elsewhere = await stage.ask("post", "/spotify-session/other/let-others-tap", { allowed: true });
    assert.equal(elsewhere.status, 404);
    assert.equal((await status())["tapsOpenUntil"], null);
  });
});
