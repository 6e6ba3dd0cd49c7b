import assert from "node:assert/strict";
import FakeTimers from "@sinonjs/fake-timers";
import helper from "node-red-node-test-helper";
import type { AccountNode } from "../../../nodes/shared/account-node";
import type { SpotifyEvent } from "../../../nodes/spotify-events/events";
import { EVENTS_VERSION } from "../../../nodes/spotify-events/migrate";
import { CLIENT_IDS, type Session } from "../../../src";
import { Simulator, type Account } from "../../simulator";
import { signInWithApp } from "../../support/own-app";
import { Flow } from "../support/flow";
import { recorded, recordedUntil } from "../support/recorder";

const DAY = 86_400_000;
const PHONE = { id: "5b07", name: "Anna’s phone", brand: "Google", model: "Pixel 8" };
const { android, ios, keymaster } = CLIENT_IDS;

describe("spotify-events", () => {
  let simulator: Simulator;
  let account: Account;
  let flow: Flow;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount({ username: "mira" });
    flow = new Flow();
  });

  afterEach(async () => {
    const sent = [0, 1].map((index) => JSON.stringify(recorded(`r${index}`))).join();
    const secrets = [
      account.storedCredential.toString("base64"),
      ...simulator.grants.map(({ refreshToken }) => refreshToken),
      ...simulator.issuedTokens.map(({ accessToken }) => accessToken),
    ];
    await flow.dispose();
    await simulator.close();
    for (const secret of secrets) assert.ok(!sent.includes(secret), "an event holds a secret");
  });

  const deploy = (
    events: Record<string, unknown> = {},
    session: Record<string, unknown> = {},
  ): Promise<void> => flow.deploy(simulator, account, [], session, {}, [events]);
  const session = (): Session => flow.sessionNode.session!;
  const payloads = (index = 0): SpotifyEvent[] =>
    recorded(`r${index}`).map(({ payload }) => payload as SpotifyEvent);
  /** The sent messages, once there are `count` of them. */
  const events = async (count: number, index = 0): Promise<SpotifyEvent[]> => {
    await recordedUntil(`r${index}`, (messages) => messages.length >= count);
    return payloads(index);
  };
  const states = (of: readonly SpotifyEvent[]): string[] =>
    of.flatMap((event) => (event.kind === "state" ? [`${event.previous} → ${event.state}`] : []));
  /** The messages from now on. */
  const from = async (count: number, action: () => unknown): Promise<SpotifyEvent[]> => {
    const before = payloads().length;
    await action();
    return (await events(before + count)).slice(before);
  };
  const ready = async (): Promise<void> => {
    await flow.sessionState("ready");
    await recordedUntil("r0", (messages) =>
      messages.some(({ payload }) => (payload as { state?: string }).state === "ready"),
    );
  };

  describe("the state", () => {
    it("comes at the start, and each time it changes", async () => {
      await deploy({ kinds: ["state"] });
      await ready();
      // The state at that time depends on the speed of the machine.
      const [first, ...changes] = states(payloads());
      assert.match(first ?? "", /^null → (idle|connecting|ready)$/);
      const all = ["idle → connecting", "connecting → ready"];
      assert.deepEqual(changes, all.slice(all.length - changes.length));
      const [lost] = await from(1, () => simulator.stopAccessPoints());
      assert.ok(lost?.kind === "state");
      assert.deepEqual(
        [lost.state, lost.previous, lost.error?.code],
        ["reconnecting", "ready", "UNREACHABLE"],
      );
      const [back] = await from(1, () => simulator.startAccessPoints());
      assert.deepEqual(back, { kind: "state", state: "ready", previous: "reconnecting" });
      assert.deepEqual(
        recorded("r0").map(({ topic }) => topic),
        payloads().map(({ kind }) => kind),
      );
    });

    it("reports a problem that only a person can fix", async () => {
      simulator.faults.loginFailed = 11;
      await deploy({ kinds: ["state"] });
      await flow.sessionState("closed");
      const closed = (
        await recordedUntil("r0", (messages) =>
          messages.some(({ payload }) => (payload as { state?: string }).state === "closed"),
        )
      ).at(-1)?.payload as { error: { code: string; message: string } };
      assert.equal(closed.error.code, "PREMIUM_REQUIRED");
      assert.match(closed.error.message, /Premium/);
      await flow.status(
        "e0",
        ({ fill, text }) => fill === "red" && text === "spotify-events.errors.PREMIUM_REQUIRED",
      );
    });

    it("is closed if the session cannot be created", async () => {
      await deploy({ kinds: ["state"] }, { clientId: "spotify" });
      const [only] = await events(1);
      assert.ok(only?.kind === "state");
      assert.deepEqual([only.state, only.previous, only.error?.code], ["closed", null, "INVALID_ARGUMENT"]);
      await flow.status("e0", ({ text }) => text === "spotify-events.errors.INVALID_ARGUMENT");
    });

    it("is closed once, no matter how often an account that has no session is deployed", async () => {
      flow.env = [{ name: "ACCOUNT", type: "str", value: "session" }];
      // Node-RED does not start such a node again together with its account.
      await deploy({ kinds: ["state"], session: "${ACCOUNT}" }, { clientId: "spotify" });
      await events(1);
      await flow.redeploy("nodes", (node) => (node.id === "session" ? { ...node, name: "another" } : node));
      assert.deepEqual(Object.keys(flow.sessionNode.users), ["e0"]);
      const repaired = await from(1, () =>
        flow.redeploy("nodes", (node) => (node.id === "session" ? { ...node, clientId: "ios" } : node)),
      );
      assert.ok(repaired[0]?.kind === "state" && repaired[0].state !== "closed");
    });

    it("is sent at once to a node that is deployed later", async () => {
      await deploy({ kinds: ["state"] });
      await ready();
      const more = flow.definitions.find(({ id }) => id === "e0")!;
      await helper.setFlows(
        [
          ...flow.definitions,
          { ...more, id: "e1", wires: [["r1"]] },
          { id: "r1", type: "recorder", z: "tab", x: 0, y: 0 },
        ],
        "nodes",
      );
      assert.deepEqual(await events(1, 1), [{ kind: "state", state: "ready", previous: null }]);
      assert.equal(simulator.stats.logins.length, 1);
    });
  });

  describe("the client ID", () => {
    it("is sent when Spotify changes it: the new one, the reason, and the device that caused it", async () => {
      await deploy({ kinds: ["client-id"] });
      await flow.sessionState("ready");
      assert.deepEqual(payloads(), [], "the configured one is no news");
      const before = Date.now();
      session().setClientId(android, "cluster", PHONE);
      const [change] = await events(1);
      assert.ok(change?.kind === "client-id" && change.at >= before && change.at <= Date.now());
      assert.deepEqual(change, {
        kind: "client-id",
        clientId: android,
        name: "android",
        previous: keymaster,
        previousName: "keymaster",
        reason: "cluster",
        device: PHONE,
        taken: true,
        at: change.at,
      });
      await flow.status("e0", ({ fill, text }) => fill === "green" && text === "spotify-events.status.since");
    });

    it("is sent at the start if it is not the configured one", async () => {
      await deploy({ kinds: ["client-id"] });
      await flow.sessionState("ready");
      session().setClientId(ios, "remote-frame", PHONE);
      const { since } = session().clientIdState;
      const [unchanged] = await events(1);
      const changed = flow.definitions.map((node) =>
        node.id === "e0" ? { ...node, name: "another" } : node,
      );
      await helper.setFlows(changed, "nodes");
      const [told] = await recordedUntil("r0", (messages) => messages.length > 1).then(() =>
        payloads().slice(1),
      );
      assert.equal(unchanged?.kind, "client-id");
      assert.deepEqual(told, {
        kind: "client-id",
        clientId: ios,
        name: "ios",
        previous: null,
        previousName: null,
        reason: "remote-frame",
        device: PHONE,
        taken: true,
        at: since,
      });
    });

    it("is sent with a note if a pinned session does not take it over", async () => {
      await deploy({ kinds: ["client-id"] }, { followClientId: false });
      await flow.sessionState("ready");
      session().setClientId(android, "remote-frame", PHONE);
      const [report] = await events(1);
      assert.ok(report?.kind === "client-id");
      assert.deepEqual(report, {
        kind: "client-id",
        clientId: android,
        name: "android",
        kept: keymaster,
        keptName: "keymaster",
        reason: "remote-frame",
        device: PHONE,
        taken: false,
        at: report.at,
      });
      assert.equal(session().clientId, keymaster);
      await flow.status("e0", ({ text }) => text === "spotify-events.status.ready");
    });

    it("is sent each time, in order, no matter how fast it changes", async () => {
      await deploy({ kinds: ["client-id"] });
      await flow.sessionState("ready");
      const sent: string[] = [];
      for (let i = 0; i < 1000; i++) {
        sent.push(i % 2 === 0 ? android : ios);
        session().setClientId(sent.at(-1)!, "cluster", { ...PHONE, id: String(i) });
      }
      const told = await events(1000);
      assert.deepEqual(
        told.map((event) => event.kind === "client-id" && event.clientId),
        sent,
      );
      assert.deepEqual(
        told.map((event) => event.kind === "client-id" && event.device?.id),
        sent.map((_, i) => String(i)),
      );
    });

    it("is a separate object in each message", async () => {
      await flow.deploy(simulator, account, [], {}, {}, [{}, {}]);
      await flow.sessionState("ready");
      session().setClientId(android, "cluster", PHONE);
      const [one, other] = await Promise.all(
        [0, 1].map(async (index) => {
          await recordedUntil(`r${index}`, (messages) => messages.at(-1)?.topic === "client-id");
          return payloads(index).at(-1);
        }),
      );
      assert.deepEqual(one, other);
      assert.ok(one?.kind === "client-id" && other?.kind === "client-id");
      assert.notEqual(one, other);
      assert.notEqual(one.device, other.device);
      assert.notEqual(one.device, session().clientIdState.device);
    });
  });

  describe("sign-ins", () => {
    it("are reported when the account signs in or out", async () => {
      await flow.deploy(simulator, undefined, [], {}, {}, [{ kinds: ["sign-in"] }]);
      await session().signIns.import(account.credentialsJson);
      const [signedIn] = await events(1);
      assert.ok(signedIn?.kind === "sign-in");
      assert.equal(signedIn.username, "mira");
      const [only] = signedIn.signIns;
      assert.deepEqual(signedIn.signIns, [
        {
          way: "stored",
          by: "import",
          clientId: null,
          name: null,
          since: only?.since,
          expiresAt: null,
          ended: false,
        },
      ]);
      assert.equal(typeof only?.since, "number");
      await flow.sessionState("ready");
      const [signedOut] = await from(1, () => session().signIns.signOutOfAll());
      assert.deepEqual(signedOut, { kind: "sign-in", username: null, signIns: [] });
      await flow.status(
        "e0",
        ({ fill, text }) => fill === "grey" && text === "spotify-events.errors.NOT_SIGNED_IN",
      );
    });

    it("are reported when they will soon expire: once at the start, and to nodes deployed later, too", async () => {
      await flow.deploy(simulator, undefined, [], {}, {}, [{ kinds: ["sign-in-expiring"] }]);
      let clientId: string;
      const longAgo = FakeTimers.install({ now: Date.now() - 160 * DAY, toFake: ["Date"] });
      try {
        clientId = await signInWithApp(simulator, session(), account, ["user-top-read"]);
      } finally {
        longAgo.uninstall();
      }
      const [grant] = session().signIns.list();
      await flow.stop();
      await flow.deploy(simulator, undefined, [], {}, {}, [{ kinds: ["sign-in-expiring"] }]);
      const expiring = {
        kind: "sign-in-expiring",
        clientId,
        name: null,
        daysLeft: 20,
        expiresAt: grant?.until,
      };
      assert.deepEqual(await events(1), [expiring]);
      const more = flow.definitions.find(({ id }) => id === "e0")!;
      await helper.setFlows(
        [
          ...flow.definitions,
          { ...more, id: "e1", wires: [["r1"]] },
          { id: "r1", type: "recorder", z: "tab", x: 0, y: 0 },
        ],
        "nodes",
      );
      assert.deepEqual(await events(1, 1), [expiring]);
      assert.equal(payloads().length, 1);
    });
  });

  it("reports only the chosen kinds", async () => {
    await flow.deploy(simulator, account, [], {}, {}, [{ kinds: ["client-id"] }, { kinds: undefined }]);
    await flow.sessionState("ready");
    session().setClientId(android, "cluster");
    await recordedUntil("r1", (messages) => messages.at(-1)?.topic === "client-id");
    await events(1);
    assert.deepEqual(
      payloads(0).map(({ kind }) => kind),
      ["client-id"],
    );
    assert.ok(states(payloads(1)).length > 0);
  });

  it("reports every kind if its properties lack the list of kinds", async () => {
    await deploy({ kinds: undefined, version: EVENTS_VERSION });
    await ready();
    await flow.status("e0", ({ fill }) => fill === "green");
    assert.deepEqual(flow.calls(flow.node("e0"), "error"), []);
  });

  it("is red and sends nothing if the list of kinds is not a list", async () => {
    const wrong = { kinds: "state", version: EVENTS_VERSION };
    await flow.deploy(simulator, account, [], {}, {}, [wrong, {}]);
    await flow.status("e0", ({ fill }) => fill === "red");
    await flow.sessionState("ready");
    // The other node sends what this one would.
    await events(1, 1);
    assert.deepEqual(recorded("r0"), []);
    assert.match(String(flow.calls(flow.node("e0"), "error")), /kinds.*a list of kinds/);
  });

  it("uses the session like a token node: it opens it, and releases it", async () => {
    await deploy();
    await ready();
    assert.deepEqual(Object.keys(flow.sessionNode.users), ["e0"]);
    const used = session();
    await flow.stop();
    assert.equal(used.state, "closed");
  });

  it("sends nothing after it is closed", async () => {
    await deploy();
    await ready();
    const before = recorded("r0").length;
    await flow.stop();
    assert.equal(recorded("r0").length, before);
  });

  it("does not use an account that comes after the node was deleted", async () => {
    await deploy({ session: "later" });
    await flow.redeploy("nodes", (node) => (node.id === "e0" ? undefined : node));
    await flow.redeploy("nodes", (node) => node, [{ id: "later", type: "spotify-session" }]);
    assert.deepEqual((flow.node("later") as AccountNode).users, {});
  });

  it("shows that it has no account", async () => {
    await deploy({ session: "" });
    await flow.status("e0", ({ fill, text }) => fill === "red" && text === "spotify-events.status.noAccount");
    assert.deepEqual(payloads(), []);
  });

  it("is yellow while there is something to wait for", async () => {
    await simulator.stopAccessPoints();
    await deploy();
    await flow.status("e0", ({ fill }) => fill === "yellow");
    await simulator.startAccessPoints();
    await flow.status("e0", ({ fill }) => fill === "green");
  });
});
