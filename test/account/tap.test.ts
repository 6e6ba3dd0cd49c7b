import assert from "node:assert/strict";
import { once } from "node:events";
import { MemoryStateStore, type Session } from "../../src";
import { CLIENT_IDS } from "../../src/core/knowledge";
import type { OfficialApp } from "../simulator";
import { ownApp, signInWithApp } from "../support/own-app";
import { useStage } from "../support/stage";

describe("A tap in the Spotify app", () => {
  const stage = useStage();
  const name = `Kitchen 🎵 ${process.pid}`;

  function phoneOf(account = stage.current.account()): OfficialApp {
    return stage.current.simulator.officialApp(account, {
      clientId: CLIENT_IDS.android,
      name: "Anna's phone",
    });
  }

  async function visible(session: Session): Promise<string> {
    await session.connect();
    while (session.visibility !== "visible") await once(session, "visibility");
    return `http://127.0.0.1:${session.discoveryPort}/`;
  }

  async function ready(session: Session): Promise<void> {
    while (session.state !== "ready") await once(session, "state");
  }

  it("finds the device on the LAN and signs it in, for good: a restart needs no second one", async () => {
    const state = new MemoryStateStore();
    const phone = phoneOf();
    const session = stage.current.session(undefined, { connect: true, deviceName: name, state });
    await visible(session);
    const { address, deviceId } = await phone.discover({ deviceName: name });
    assert.equal(deviceId, session.deviceId);
    const { fields } = await phone.tap(address);
    assert.equal(fields["status"], 101);
    await ready(session);
    assert.equal(session.username, phone.account.username);
    assert.deepEqual(
      session.signIns.list().map(({ way, by }) => ({ way, by })),
      [{ way: "stored", by: "tap" }],
    );
    assert.equal((await session.tokens.getToken(["streaming"])).source, "keymaster");
    await session.close();

    const again = stage.current.session(undefined, { state });
    await again.connect();
    assert.equal(again.state, "ready");
    assert.equal(again.username, phone.account.username);
  });

  it("by another account is refused, and nothing is lost", async () => {
    const session = stage.current.session(stage.current.account(), { connect: true });
    const address = await visible(session);
    await ready(session);
    const logins = stage.current.simulator.stats.logins.length;
    const { fields } = await phoneOf().tap(address);
    assert.notEqual(fields["status"], 101);
    assert.equal(session.state, "ready");
    assert.equal(stage.current.simulator.stats.logins.length, logins, "Spotify was not even asked");
    assert.equal((await session.tokens.getToken(["streaming"])).source, "keymaster");
  });

  it("by another account than an app's is refused as well", async () => {
    const { simulator } = stage.current;
    const session = stage.current.session(undefined, { connect: true });
    await signInWithApp(simulator, session, stage.current.account(), ["streaming"], ownApp(simulator));
    const { fields } = await phoneOf().tap(await visible(session));
    assert.notEqual(fields["status"], 101);
    assert.equal(session.signIns.list().length, 1);
  });

  it("by the same account changes nothing while it is connected, and heals it where it is not", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const phone = phoneOf(account);
    const session = stage.current.session(account, { connect: true });
    const address = await visible(session);
    await ready(session);
    assert.equal((await phone.tap(address)).fields["status"], 101);
    assert.equal(simulator.stats.logins.length, 1);

    account.invalidateCredentials();
    simulator.dropAll();
    while (session.error?.code !== "BAD_CREDENTIALS") await once(session, "trouble");
    assert.equal((await phone.tap(address)).fields["status"], 101);
    await ready(session);
  });

  it("with a credential that Spotify refuses is told so, and changes nothing", async () => {
    const account = stage.current.account();
    const phone = phoneOf(account);
    const session = stage.current.session(undefined, { connect: true });
    const address = await visible(session);
    stage.current.simulator.faults.loginFailed = { value: 12, times: 1 };
    const { fields } = await phone.tap(address);
    assert.notEqual(fields["status"], 101);
    assert.deepEqual(session.signIns.list(), []);
    assert.equal(session.state, "idle");
  });

  it("can be taken back on the LAN; any other sign-in cannot", async () => {
    const phone = phoneOf();
    const session = stage.current.session(undefined, { connect: true });
    const address = await visible(session);
    await phone.tap(address);
    await ready(session);
    assert.equal((await phone.resetUsers(address)).fields["status"], 101);
    while (session.state !== "idle") await once(session, "state");
    assert.deepEqual(session.signIns.list(), []);

    const other = stage.current.session(phone.account, { connect: true });
    const otherAddress = await visible(other);
    await ready(other);
    assert.notEqual((await phone.resetUsers(otherAddress)).fields["status"], 101);
    assert.equal(other.state, "ready");
  });

  it("is not possible where nobody asked for it", async () => {
    const session = await stage.current.connected();
    assert.equal(session.visibility, "off");
    assert.equal(session.discoveryPort, undefined);
  });
});
