import assert from "node:assert/strict";
import { once } from "node:events";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { MemoryStateStore, type Session } from "../../src";
import { CLIENT_IDS } from "../../src/core/knowledge";
import { Simulator, type OfficialApp } from "../simulator";
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

  async function idle(session: Session): Promise<void> {
    while (session.state !== "idle") await once(session, "state");
  }

  it("finds the device on the LAN and signs it in for good: no second tap is needed after a restart", async () => {
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

  it("from another account is refused, and nothing is lost", async () => {
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

  it("from an account other than the one of the app is refused as well", async () => {
    const { simulator } = stage.current;
    const session = stage.current.session(undefined, { connect: true });
    await signInWithApp(simulator, session, stage.current.account(), ["streaming"], ownApp(simulator));
    const { fields } = await phoneOf().tap(await visible(session));
    assert.notEqual(fields["status"], 101);
    assert.equal(session.signIns.list().length, 1);
  });

  it("from the same account changes nothing if the device is connected, and signs it in if it is not", async () => {
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

  it("with a credential that Spotify refuses fails, and changes nothing", async () => {
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

  it("can be undone on the LAN if a person lets someone else sign in; any other sign-in cannot", async () => {
    const phone = phoneOf();
    const session = stage.current.session(undefined, { connect: true });
    const address = await visible(session);
    await phone.tap(address);
    await ready(session);
    assert.notEqual((await phone.resetUsers(address)).fields["status"], 101);
    assert.equal(session.state, "ready");
    session.tapGate.open();
    assert.equal((await phone.resetUsers(address)).fields["status"], 101);
    await idle(session);
    assert.deepEqual(session.signIns.list(), []);

    const other = stage.current.session(undefined, { connect: true });
    await other.signIns.import(phone.account.credentialsJson);
    const otherAddress = await visible(other);
    await ready(other);
    other.tapGate.open();
    assert.notEqual((await phone.resetUsers(otherAddress)).fields["status"], 101);
    assert.equal(other.state, "ready");
    assert.deepEqual(
      other.signIns.list().map(({ by }) => by),
      ["import"],
    );
  });

  describe("from a stranger, after the owner's tap", () => {
    let session: Session;
    let address: string;
    let anna: OfficialApp;
    let mallory: OfficialApp;
    let log: string[];
    /** Measures the pauses between taps. Timers are real. */
    let clock: Clock;

    beforeEach(async () => {
      clock = FakeTimers.install({ toFake: ["performance"] });
      const { current } = stage;
      anna = phoneOf(current.account({ username: "anna" }));
      mallory = phoneOf(current.account({ username: "mallory" }));
      log = [];
      session = current.session(undefined, {
        connect: true,
        log: (level, message) => log.push(`${level} ${message}`),
      });
      address = await visible(session);
      assert.equal((await anna.tap(address)).status, 101);
      await ready(session);
    });

    afterEach(() => clock.uninstall());

    const tokenOwner = async (): Promise<string | undefined> => {
      const { accessToken } = await session.tokens.getToken(["streaming"]);
      return stage.current.simulator.accounts.findToken(accessToken)?.username;
    };

    it("is refused, also after a reset, and the flows continue with the owner's tokens", async () => {
      assert.notEqual((await mallory.resetUsers(address)).status, 101);
      assert.notEqual((await mallory.tap(address)).status, 101);
      assert.equal(session.state, "ready");
      assert.equal(session.username, "anna");
      assert.equal(await tokenOwner(), "anna");
    });

    it("is reported with the stranger's name: each time in the dialog, and once in the log", async () => {
      for (let taps = 1; taps <= 3; taps++) {
        const told = once(session.tapGate, "refused");
        await mallory.tap(address);
        await told;
        assert.equal(session.tapGate.refused?.username, "mallory");
        assert.equal(session.tapGate.refused?.count, taps);
        clock.tick(10_000);
      }
      const warnings = log.filter((line) => line.startsWith("warn"));
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!, /A tap of mallory .* was refused, because this account is anna's/);
    });

    it("is logged without control characters, and with a long name cut off", async () => {
      const username = `\u202emallory${"y".repeat(200)}`;
      await mallory.tap(address, { contents: { username } });
      const warning = log.find((line) => line.startsWith("warn"));
      assert.match(warning!, /A tap of mallory/);
      assert.doesNotMatch(warning!, /[\u202e\n]|y{80}/);
    });

    it("gets the same answer as a false credential with the owner's name: names cannot be guessed", async () => {
      const contents = { username: "anna", authData: Buffer.alloc(40, 1) };
      const guess = await mallory.tap(address, { contents });
      clock.tick(10_000);
      assert.deepEqual(guess, await mallory.tap(address));
      assert.equal(session.state, "ready");
      assert.equal(await tokenOwner(), "anna");
    });

    it("is refused if it has the owner's name, but Spotify says that it belongs to the stranger", async () => {
      await session.close();
      // In this Spotify, Mallory logs in under the name "anna".
      const elsewhere = await Simulator.start();
      stage.current.after(() => elsewhere.close());
      const stranger = elsewhere.addAccount({ username: "mallory", email: "anna" });
      const phone = elsewhere.officialApp(stranger, { clientId: CLIENT_IDS.android });
      const state = new MemoryStateStore();
      const before = stage.current.session(undefined, { state });
      await before.signIns.import(anna.account.credentialsJson);
      await before.close();
      const { accessPointKey } = elsewhere;
      const endpoints = { ...elsewhere.endpoints };
      const again = stage.current.session(undefined, { state, connect: true, endpoints, accessPointKey });
      const failed = again.connect().catch(() => undefined);
      while (again.visibility !== "visible") await once(again, "visibility");
      await failed;
      const { status } = await phone.tap(`http://127.0.0.1:${again.discoveryPort}/`, {
        contents: { username: "anna" },
      });
      assert.equal(elsewhere.stats.logins.at(-1)?.username, "mallory", "Spotify was asked");
      assert.notEqual(status, 101);
      assert.equal(again.username, "anna");
      assert.equal(again.tapGate.refused?.username, "mallory");
    });

    it("causes no login shortly after one that failed; the owner can tap all the same", async () => {
      const { simulator } = stage.current;
      const contents = { username: "anna", authData: Buffer.alloc(40, 1) };
      const logins = simulator.stats.logins.length;
      for (let taps = 0; taps < 3; taps++) {
        await mallory.tap(address, { contents });
        // With any name.
        for (const options of [{ contents }, {}]) {
          const soon = await mallory.tap(address, options);
          assert.equal(soon.statusString, "ERROR-SPOTIFY-ERROR");
          assert.equal(soon.spotifyError, 15);
        }
        clock.tick(15_000);
      }
      assert.equal(simulator.stats.logins.length, logins + 3);
      assert.equal((await anna.tap(address)).status, 101);
      assert.equal(simulator.stats.logins.length, logins + 3);
    });

    it("replaces the owner if a person lets someone else sign in: nothing of the owner is left", async () => {
      const { simulator } = stage.current;
      await signInWithApp(simulator, session, anna.account, ["streaming"], ownApp(simulator));
      assert.equal(await tokenOwner(), "anna");
      session.tapGate.open();
      assert.equal((await mallory.tap(address)).status, 101);
      while (session.username !== "mallory" || session.state !== "ready") await once(session, "state");
      assert.deepEqual(
        session.signIns.list().map(({ by, username }) => ({ by, username })),
        [{ by: "tap", username: "mallory" }],
      );
      assert.equal(await tokenOwner(), "mallory");
      // Now Mallory is the owner, and the gate is closed again.
      assert.equal(session.tapGate.isOpen, false);
      assert.notEqual((await anna.tap(address)).status, 101);
      assert.equal(session.username, "mallory");
    });

    it("is refused if the person closes the door while its login is under way", async () => {
      session.tapGate.open();
      stage.current.simulator.once("login", () => session.tapGate.close());
      assert.notEqual((await mallory.tap(address)).status, 101);
      assert.equal(session.username, "anna");
      assert.equal(await tokenOwner(), "anna");
    });

    it("does not wait for the pauses of earlier taps once a person lets someone else sign in", async () => {
      assert.notEqual((await mallory.tap(address)).status, 101);
      assert.equal((await mallory.tap(address)).spotifyError, 15);
      session.tapGate.open();
      assert.equal((await mallory.tap(address)).status, 101);
    });
  });

  it("from the same account in another app is tried at Spotify once, and changes nothing", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const session = stage.current.session(account, { connect: true });
    const address = await visible(session);
    await ready(session);
    const authData = account.credentials.of(CLIENT_IDS.android);
    for (const time of ["once", "twice"]) {
      assert.equal((await phoneOf(account).tap(address, { contents: { authData } })).status, 101, time);
      assert.equal(session.state, "ready");
    }
    assert.equal(simulator.stats.logins.length, 2);
    assert.deepEqual(
      session.signIns.list().map(({ way }) => way),
      ["configured"],
    );
  });

  it("is not possible unless the session is asked to be visible", async () => {
    const session = await stage.current.connected();
    assert.equal(session.visibility, "off");
    assert.equal(session.discoveryPort, undefined);
  });
});
