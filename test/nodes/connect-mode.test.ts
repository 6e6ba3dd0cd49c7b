import assert from "node:assert/strict";
import { once } from "node:events";
import { CLIENT_IDS } from "../../src";
import { Simulator, type Account, type OfficialApp, type TakeOver } from "../simulator";
import { FIVE_SCOPES, Flow } from "./support/flow";
import { recorded, recordedUntil } from "./support/recorder";

/** The three ways in which a node may name a client ID, with their positions in the flow. */
const SESSIONS = 0;
const NAMED = 1;
const BEST = 2;
const NODES = ["", "keymaster", "best"].map((clientId) => ({ clientId, scopes: FIVE_SCOPES }));

interface ClientIdEvent {
  kind: string;
  clientId: string;
  previous?: string;
  kept?: string;
  reason: string;
  taken: boolean;
  device?: { name?: string };
}

describe("Connect mode, in a flow", () => {
  let simulator: Simulator;
  let account: Account;
  let flow: Flow;
  let phone: OfficialApp;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount();
    flow = new Flow();
    phone = simulator.officialApp(account, {
      clientId: CLIENT_IDS.android,
      name: "Anna's phone",
      brand: "Google",
      model: "Pixel 9",
    });
  });

  afterEach(async () => {
    await phone.leave();
    await flow.dispose();
    await simulator.close();
  });

  async function deploy(session: Record<string, unknown> = {}): Promise<void> {
    await flow.deploy(simulator, account, NODES, session, {}, [{ kinds: ["client-id"] }]);
    await flow.sessionState("ready");
    await following();
    // Waits until the session listens for frames.
    await simulator.waitFor(() => simulator.connections.some(({ subscriptions }) => subscriptions.size > 0));
  }

  async function following(): Promise<void> {
    const session = flow.sessionNode.session!;
    while (session.following.state !== "connected") await once(session, "following");
  }

  function changes(): ClientIdEvent[] {
    return recorded("r0").map(({ payload }) => payload as ClientIdEvent);
  }

  async function change(clientId: string): Promise<ClientIdEvent> {
    await recordedUntil("r0", (messages) =>
      messages.some(({ payload }) => (payload as ClientIdEvent).clientId === clientId),
    );
    return changes().findLast((event) => event.clientId === clientId)!;
  }

  async function clientIdOf(node: number): Promise<string> {
    return (await flow.ask({}, node)).payload.clientId;
  }

  const WAYS: Record<string, TakeOver> = {
    "in frames": { via: "frames" },
    "through the dealer": { via: "cluster" },
  };
  for (const [way, how] of Object.entries(WAYS)) {
    it(`the app takes over, one node fails and says why, two still work, and the app leaves: ${way}`, async () => {
      await deploy();
      // Session mode: no app has replaced the client ID, and it has all five scopes.
      for (const node of [SESSIONS, NAMED, BEST]) assert.equal(await clientIdOf(node), CLIENT_IDS.keymaster);

      await phone.takeOver(how);
      const taken = await change(CLIENT_IDS.android);
      assert.equal(taken.previous, CLIENT_IDS.keymaster);
      assert.equal(taken.reason, how.via === "frames" ? "remote-frame" : "cluster");
      assert.equal(taken.device?.name, "Anna's phone");
      assert.equal(taken.taken, true);

      // The session's client ID may not have these scopes. The node says what happened and what helps.
      const { error } = await flow.askInVain({}, SESSIONS);
      assert.equal(error.code, "INVALID_SCOPE");
      assert.match(error.message, /android \(9a8d2f0ce77a4e248bb71fefcb557637\)/);
      assert.match(
        error.message,
        /at 20\d\d-\d\d-\d\dT.* when the Spotify app on “Anna's phone” took control/,
      );
      assert.match(error.message, /Name the client ID keymaster .* or choose "best"/);
      // A named client ID and the best one still work, without a gap.
      assert.equal(await clientIdOf(NAMED), CLIENT_IDS.keymaster);
      assert.equal(await clientIdOf(BEST), CLIENT_IDS.keymaster);
      // The session's client ID gets the scopes that ANDROID may have.
      const { payload } = await flow.ask({ scopes: ["streaming"] }, SESSIONS);
      assert.equal(payload.clientId, CLIENT_IDS.android);

      await phone.leave();
      await change(CLIENT_IDS.keymaster);
      assert.equal(flow.sessionNode.session?.clientIdState.reason, "configured");
      assert.equal(await clientIdOf(SESSIONS), CLIENT_IDS.keymaster);
      assert.deepEqual(
        changes().map(({ clientId }) => clientId),
        [CLIENT_IDS.android, CLIENT_IDS.keymaster],
      );
      const minted = simulator.stats.keymasterRequests.filter(({ status }) => status === 200);
      assert.equal(minted.length, 2, "what was handed out before the change was good throughout");
    });

    it(`control moves from phone to phone, ${way}`, async () => {
      await deploy();
      const tablet = simulator.officialApp(account, { clientId: CLIENT_IDS.ios, name: "Bert's tablet" });
      await phone.takeOver(how);
      await change(CLIENT_IDS.android);
      await phone.moveTo(tablet, how);
      await change(CLIENT_IDS.ios);
      assert.equal(await clientIdOf(SESSIONS), CLIENT_IDS.ios);
      await tablet.leave();
      await change(CLIENT_IDS.keymaster);
    });

    it(`a pinned session keeps its client ID, and reports the one that Spotify sent, ${way}`, async () => {
      await deploy({ followClientId: false });
      await phone.takeOver(how);
      const reported = await change(CLIENT_IDS.android);
      assert.equal(reported.taken, false);
      assert.equal(reported.kept, CLIENT_IDS.keymaster);
      for (const node of [SESSIONS, NAMED, BEST]) assert.equal(await clientIdOf(node), CLIENT_IDS.keymaster);
    });
  }

  it("a phone that vanishes without a goodbye loses control too, once Spotify notices", async () => {
    await deploy();
    await phone.takeOver({ via: "cluster" });
    await change(CLIENT_IDS.android);
    await phone.vanish();
    await change(CLIENT_IDS.keymaster);
  });

  it("an app receives an error for every command, because nothing can be played here, but takes control", async () => {
    await deploy({ connect: true, deviceName: "Kitchen" });
    const session = flow.sessionNode.session!;
    const seen = await phone.look();
    assert.deepEqual(
      seen.map(({ name }) => name).toSorted(),
      ["Anna's phone", "Kitchen"],
      "the observer is hidden, the device is not",
    );
    for (const endpoint of ["transfer", "play", "pause"]) {
      const reply = await phone.command(session.deviceId, endpoint);
      assert.equal(reply.success, false);
    }
    await change(CLIENT_IDS.android);
  });

  it("frames for other devices change nothing", async () => {
    await deploy();
    await phone.takeOver({ via: "frames", to: ["f".repeat(40)] });
    await phone.takeOver({ via: "frames", to: [flow.sessionNode.session!.deviceId] });
    await change(CLIENT_IDS.android);
    assert.equal(changes().length, 1);
  });

  it("survives the loss of either connection", async () => {
    await deploy();
    simulator.dealer.drop();
    simulator.dropAll();
    await flow.sessionState("ready");
    await simulator.waitFor(() => simulator.connections.some(({ subscriptions }) => subscriptions.size > 0));
    await phone.takeOver({ via: "frames" });
    await change(CLIENT_IDS.android);
    await following();
    await phone.leave();
    await change(CLIENT_IDS.keymaster);
    await phone.takeOver({ via: "cluster" });
    await recordedUntil("r0", (messages) => messages.length === 3);
  });
});
