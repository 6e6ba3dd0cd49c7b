import assert from "node:assert/strict";
import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import {
  CLIENT_IDS,
  MemoryStateStore,
  type ClientIdChange,
  type Session,
  type SessionOptions,
} from "../../src";
import {
  DEALER_GARBAGE,
  type Account,
  type DealerConnection,
  type DealerGarbage,
  type OfficialApp,
} from "../simulator";
import { useStage } from "../support/stage";

const { android, ios, keymaster } = CLIENT_IDS;
const CLUSTER = "hm://connect-state/v1/cluster";

describe("A session that follows", () => {
  // Runs before the stage is cleared.
  afterEach(() => phone.vanish());
  const stage = useStage();
  let account: Account;
  let session: Session;
  let phone: OfficialApp;
  let changes: ClientIdChange[];
  let log: string[];

  beforeEach(() => {
    account = stage.current.account();
    phone = stage.current.simulator.officialApp(account, { clientId: android, name: "Anna's phone" });
    changes = [];
    log = [];
  });

  async function follow(options: SessionOptions = {}): Promise<void> {
    session = await stage.current.connected(account, {
      observe: true,
      log: (_level, message) => log.push(message),
      ...options,
    });
    session.on("clientId", (change) => changes.push(change));
    await followed();
  }

  async function followed(): Promise<void> {
    while (session.following.state !== "connected") await once(session, "following");
    await stage.current.simulator.waitFor(() => listeners() > 0);
  }

  function listeners(): number {
    return stage.current.simulator.connections.filter(({ subscriptions }) => subscriptions.size > 0).length;
  }

  async function clientId(wanted: string): Promise<void> {
    while (session.clientId !== wanted) await once(session, "clientId");
  }

  function connection(): DealerConnection {
    const [first] = stage.current.simulator.dealer.connectionsOf(account);
    assert.ok(first);
    return first;
  }

  /** Resolves when all messages pushed so far have been handled. */
  async function workedOn(): Promise<void> {
    await connection().request("hm://nothing", {});
  }

  /** These messages end the connection. All others affect only themselves. */
  const FATAL: ReadonlySet<DealerGarbage> = new Set(["large"]);

  for (const kind of DEALER_GARBAGE) {
    const what = FATAL.has(kind) ? "is connected to again" : "goes on over the same connection";
    it(`receives nonsense (${kind}), and ${what}`, async () => {
      const { simulator } = stage.current;
      await follow();
      simulator.dealer.sendGarbage(kind);
      if (FATAL.has(kind)) {
        await once(session, "following");
        assert.equal(session.following.error?.code, "PROTOCOL_ERROR");
      } else await workedOn();
      await followed();
      await phone.takeOver({ via: "cluster" });
      await clientId(android);
      assert.equal(simulator.stats.dealerConnections, FATAL.has(kind) ? 2 : 1);
      assert.ok(log.every((line) => line.length < 300));
    });
  }

  it("receives nonsense before each message, and still handles the messages", async () => {
    const { simulator } = stage.current;
    for (const kind of ["text", "binary", "gzip", "strange-fields", "deep", "gzip-bomb"] as const) {
      simulator.faults.dealerGarbage = kind;
      await follow();
      await phone.takeOver({ via: "cluster" });
      await clientId(android);
      await session.close();
      await phone.leave();
    }
  });

  it("notices which app takes over among 1,000 devices", async () => {
    const { simulator } = stage.current;
    simulator.faults.clusterDevices = 1_000;
    await follow();
    await phone.takeOver({ via: "cluster" });
    await clientId(android);
    assert.equal(session.clientIdState.device?.name, "Anna's phone");
    await phone.leave();
    await clientId(keymaster);
    assert.equal(simulator.stats.dealerConnections, 1);
  });

  it("reports it once if it arrives twice, as observer and as device", async () => {
    const { simulator } = stage.current;
    simulator.faults.clusterDevices = 1_000;
    await follow({ connect: true, deviceName: "Kitchen" });
    await phone.takeOver({ via: "cluster" });
    await clientId(android);
    await workedOn();
    assert.deepEqual(
      changes.map((change) => change.clientId),
      [android],
    );
  });

  it("answers every command that it cannot carry it out", async () => {
    await follow({ connect: true, deviceName: "Kitchen" });
    const dealer = connection();
    const ident = "hm://connect-state/v1/player/command";
    for (const body of [
      null,
      7,
      "text",
      [],
      {},
      { command: null },
      { command: { endpoint: "x".repeat(100_000) } },
      { command: { endpoint: "pause\nforged" } },
      { command: { endpoint: "play" }, sent_by_device_id: "__proto__" },
      { command: { endpoint: "play" }, sent_by_device_id: { toString: 1 } },
      { command: { endpoint: "play" }, sent_by_device_id: "\ud800" },
      "x".repeat(2 << 20),
    ]) {
      assert.deepEqual(await dealer.request(ident, body), { success: false });
    }
    for (const other of ["", "hm://elsewhere", "__proto__"]) {
      assert.deepEqual(await dealer.request(other, {}), { success: false });
    }
    assert.deepEqual(changes, []);
    assert.ok(log.every((line) => !line.includes("\n") && line.length < 300));
  });

  it("replies to each of 1,000 commands", async () => {
    await follow({ connect: true, deviceName: "Kitchen" });
    const replies = await Promise.all(
      Array.from({ length: 1_000 }, () => phone.command(session.deviceId, "pause")),
    );
    assert.equal(replies.filter(({ success }) => success === false).length, 1_000);
    assert.equal(stage.current.simulator.stats.dealerConnections, 1);
  });

  it("is not misled by devices whose IDs are names that all objects have", async () => {
    await follow();
    for (const id of [
      "__proto__",
      "constructor",
      "toString",
      "hasOwnProperty",
      "\ud800",
      "",
      "x".repeat(500),
    ]) {
      const word = JSON.stringify(id);
      const json = `{"active_device_id":${word},"devices":{${word}:{"client_id":"${android}","name":${word}}}}`;
      const payload = `{"type":"message","uri":"${CLUSTER}","payloads":[{"cluster":${json}}]}`;
      connection().send(payload);
      connection().send(
        `{"type":"message","uri":"${CLUSTER}","payloads":[{"cluster":{"active_device_id":${word}}}]}`,
      );
    }
    await workedOn();
    assert.equal(({} as Record<string, unknown>)["client_id"], undefined);
    // Any ID makes a device except an empty one.
    assert.ok(changes.every(({ device }) => device === undefined || device.id.length <= 128));
    assert.ok(changes.every(({ device }) => !/\p{Cs}/u.test(device?.name ?? "")));
    assert.equal(session.clientId, keymaster);
  });

  it("handles the latest message last, no matter how long the one before takes to unpack", async () => {
    await follow({ connect: true, deviceName: "Kitchen" });
    const tablet = stage.current.simulator.officialApp(account, { clientId: ios });
    stage.current.simulator.faults.clusterDevices = { value: 1_000, times: 1 };
    await phone.takeOver({ via: "cluster" });
    await phone.moveTo(tablet);
    await clientId(ios);
    await workedOn();
    assert.equal(session.clientId, ios);
    await tablet.leave();
  });

  it("keeps a pushed cluster if the answer to its registration is older and arrives later", async () => {
    const { simulator } = stage.current;
    // The answer is made before the phone takes over, and arrives 300 ms later.
    simulator.faults.connectStateSlow = { value: 300, times: 1 };
    const following = follow();
    await simulator.next("connectState");
    await phone.takeOver({ via: "cluster" });
    await following;
    await clientId(android);
    await workedOn();
    assert.equal(session.clientId, android);
    assert.deepEqual(
      changes.map((change) => change.clientId),
      changes.length > 0 ? [android] : [],
    );
  });

  it("fetches a new token once if its registration is refused with 401", async () => {
    const { simulator } = stage.current;
    simulator.faults.connectStateStatus = { value: 401, times: 1 };
    await follow();
    assert.equal(simulator.stats.login5Requests.length, 2);
    assert.equal(simulator.stats.dealerConnections, 1);
  });

  for (const fault of [
    { connectStateStatus: { value: 500, times: 1 } },
    { connectStateDrop: 1 },
    { connectStateBody: { value: "garbage", times: 1 } },
    { connectStateBody: { value: "empty", times: 1 } },
  ] as const) {
    it(`tries again if its registration fails: ${JSON.stringify(fault)}`, async () => {
      const { simulator } = stage.current;
      Object.assign(simulator.faults, fault);
      await follow();
      assert.equal(simulator.stats.dealerConnections, 2);
      await simulator.waitFor(() => simulator.stats.openDealerConnections === 1);
    });
  }

  describe("and is signed out", () => {
    it("receives nothing more, and has its own client ID again", async () => {
      const { simulator } = stage.current;
      await follow();
      await phone.takeOver({ via: "frames" });
      await clientId(android);
      await session.signIns.signOutOfAll();
      assert.equal(session.clientId, keymaster);
      while (session.following.state !== "off") await once(session, "following");
      await simulator.waitFor(() => simulator.stats.openDealerConnections === 0);
      await phone.takeOver({ via: "cluster" });
      assert.equal(session.clientId, keymaster);
    });

    it("and signed in as another account, follows only that account", async () => {
      const { simulator } = stage.current;
      await follow();
      await session.signIns.signOutOfAll();
      const bert = simulator.addAccount();
      await session.signIns.import(bert.credentialsJson);
      await followed();
      assert.equal(simulator.dealer.connectionsOf(bert).length, 1);
      assert.equal(simulator.dealer.connectionsOf(account).length, 0);
      const berts = simulator.officialApp(bert, { clientId: ios });
      for (const via of ["frames", "cluster"] as const) {
        await phone.takeOver({ via });
        await berts.takeOver({ via });
        await clientId(ios);
        await berts.leave();
        await clientId(keymaster);
      }
      assert.deepEqual(
        changes.map((change) => change.clientId),
        [ios, keymaster, ios, keymaster],
      );
    });

    it("at any moment, and signed in again, many times", async () => {
      const { simulator } = stage.current;
      await follow({ state: new MemoryStateStore() });
      for (let round = 0; round < 12; round++) {
        await session.signIns.signOutOfAll();
        for (let turns = round; turns > 0; turns--) await turn();
        await session.signIns.import(account.credentialsJson);
        for (let turns = 3 * round; turns > 0; turns--) await turn();
      }
      await followed();
      await simulator.waitFor(() => simulator.stats.openDealerConnections === 1);
      await phone.takeOver({ via: "frames" });
      await clientId(android);
      assert.equal(changes.length, 1);
    });
  });

  describe("but may not subscribe to the frames", () => {
    it("asks again, with growing waits, and receives frames when it is allowed", async () => {
      const { simulator, time } = stage.current;
      simulator.faults.mercuryStatus = 403;
      session = await stage.current.connected(account, { observe: true });
      await time.advance(3_600_000);
      const asked = simulator.stats.mercuryRequests.filter(({ method }) => method === "SUB").length;
      assert.ok(asked >= 8 && asked <= 20, `${asked} times in an hour`);
      simulator.faults.mercuryStatus = false;
      await time.until(() => listeners() > 0);
      await phone.takeOver({ via: "frames" });
      await time.until(() => session.clientId === android, 1_000);
    });

    it("only after a reconnect, asks again as well", async () => {
      const { simulator, time } = stage.current;
      session = await stage.current.connected(account, { observe: true });
      await time.until(() => listeners() > 0);
      simulator.faults.mercuryStatus = { value: 503, times: 2 };
      simulator.dropAll();
      await time.until(() => simulator.stats.connections === 2 && session.state === "ready", 10_000);
      assert.equal(listeners(), 0);
      await time.until(() => listeners() > 0, 30_000);
      await phone.takeOver({ via: "frames" });
      await time.until(() => session.clientId === android, 1_000);
    });
  });
});
