import assert from "node:assert/strict";
import { MemoryStateStore, type SessionOptions } from "../../src";
import { Outcome, thrownBy } from "../support/failure";
import { useStage } from "../support/stage";

const STORED = 1;
const ACCESS_TOKEN = 3;

describe("what a session logs in with", () => {
  const stage = useStage();

  it("an OAuth access token logs in twice, the second time with the reusable credential; keymaster then works", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const session = stage.current.session(undefined, { credentials: { accessToken: account.accessToken() } });
    await session.connect();
    assert.deepEqual(
      simulator.stats.logins.map(({ type, ok, username }) => ({ type, ok, username })),
      [
        { type: ACCESS_TOKEN, ok: true, username: account.username },
        { type: STORED, ok: true, username: account.username },
      ],
    );
    assert.equal(session.username, account.username);
    assert.equal((await session.tokens.getToken(["streaming"])).tokenType, "Bearer");
    assert.deepEqual(
      simulator.stats.keymasterRequests.map(({ status }) => status),
      [200],
    );
    await new Promise(setImmediate);
    assert.equal(simulator.connections.length, 1, "the first connection was let go of");
  });

  it("if the access token has expired after a restart, the remembered credential logs in", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const accessToken = account.accessToken();
    const state = new MemoryStateStore();
    const first = stage.current.session(undefined, { credentials: { accessToken }, state });
    await first.connect();
    await first.close();
    simulator.revoke(accessToken);
    const second = stage.current.session(undefined, { credentials: { accessToken }, state });
    await second.connect();
    assert.deepEqual(
      simulator.stats.logins.map(({ type }) => type),
      [ACCESS_TOKEN, STORED, STORED],
    );
  });

  it("a remembered credential that no longer works does not block the configured one", async () => {
    const account = stage.current.account();
    const state = new MemoryStateStore();
    const credentials = { accessToken: account.accessToken() };
    const first = stage.current.session(undefined, { credentials, state });
    await first.connect();
    await first.close();
    account.invalidateCredentials();
    const second = stage.current.session(undefined, { credentials, state });
    await second.connect();
    assert.equal(second.state, "ready");
  });

  it("if both are refused, the session stops after a limited number of logins, and reports it", async () => {
    const { simulator, time } = stage.current;
    const account = stage.current.account();
    const state = new MemoryStateStore();
    const options: SessionOptions = { credentials: account.credentialsJson, state };
    await (await stage.current.connected(account, options)).close();
    account.invalidateCredentials();
    const session = stage.current.session(undefined, options);
    const connecting = new Outcome(session.connect());
    await time.advance(70_000);
    assert.equal(connecting.error?.code, "BAD_CREDENTIALS");
    assert.equal(session.state, "closed");
    // One login of the first session; then two, and the same two again after a minute.
    assert.equal(simulator.stats.logins.length, 1 + 2 + 2);
    await time.advance(3_600_000);
    assert.equal(simulator.stats.logins.length, 5);
  });

  it("a credential that is refused at a reconnect stops the session", async () => {
    const { simulator, time } = stage.current;
    const account = stage.current.account();
    const session = await stage.current.connected(account);
    account.invalidateCredentials();
    simulator.dropAll();
    await time.advance(70_000);
    assert.equal(session.state, "closed");
    assert.equal(session.error?.code, "BAD_CREDENTIALS");
  });

  it("a new credential in the settings replaces the remembered one", async () => {
    const { simulator } = stage.current;
    const [alice, bob] = [stage.current.account(), stage.current.account()];
    const state = new MemoryStateStore();
    await (await stage.current.connected(alice, { state })).close();
    await stage.current.connected(bob, { state });
    assert.equal(simulator.stats.logins.at(-1)!.username, bob.username);
  });

  it("the same device ID is sent with each login, over reconnects and restarts", async () => {
    const { simulator, time } = stage.current;
    const account = stage.current.account();
    const state = new MemoryStateStore();
    const first = stage.current.session(account, { state });
    assert.equal(first.deviceId, first.deviceId);
    await first.connect();
    simulator.dropAll();
    await time.until(() => simulator.stats.logins.length === 2);
    await first.close();
    const second = stage.current.session(account, { state });
    const asked = second.deviceId;
    await second.connect();
    await second.tokens.getToken(["streaming"]);
    const shown = new Set(simulator.stats.logins.map(({ deviceId }) => deviceId));
    for (const { deviceId } of simulator.stats.keymasterRequests) shown.add(deviceId);
    assert.deepEqual([...shown], [first.deviceId]);
    assert.match(first.deviceId, /^[0-9a-f]{40}$/);
    assert.equal(second.deviceId, first.deviceId, `whatever was said before the state was read (${asked})`);
  });

  it("a device ID that cannot be part of a URL is refused", () => {
    for (const deviceId of ["", "a b", "x&scope=y", "a".repeat(65)]) {
      thrownBy(() => stage.current.session(undefined, { deviceId }), "INVALID_ARGUMENT");
    }
  });

  it("an empty access token is refused", () => {
    thrownBy(
      () => stage.current.session(undefined, { credentials: { accessToken: "" } }),
      "INVALID_ARGUMENT",
    );
  });
});
