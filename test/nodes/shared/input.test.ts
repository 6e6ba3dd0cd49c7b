import assert from "node:assert/strict";
import type { NodeMessageInFlow } from "node-red";
import { Simulator, type Account } from "../../simulator";
import { Flow, type CaughtMessage } from "../support/flow";
import { recorded, recordedUntil } from "../support/recorder";

const PLACE = { z: "tab", x: 0, y: 0 };
/** These nodes receive the output and the completed messages; `failed` receives the errors. */
const LISTENERS = [
  { id: "complete", type: "complete", ...PLACE, scope: ["t0"], wires: [["completed"]] },
  { id: "completed", type: "recorder", ...PLACE },
  { id: "out", type: "recorder", ...PLACE },
];

const readOnly = (name: string): Record<string, unknown> =>
  Object.defineProperty({}, name, { value: "old", enumerable: true });
const throwing = (name: string, thrown: unknown = new Error("a getter")): Record<string, unknown> =>
  Object.defineProperty({}, name, {
    enumerable: true,
    configurable: true,
    get() {
      throw thrown;
    },
  });
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

/** Messages that no flow should make, but some do. */
const HOSTILE: Readonly<Record<string, () => Record<string, unknown>>> = {
  "a read-only payload": () => readOnly("payload"),
  "a payload that throws": () => throwing("payload"),
  "read-only headers": () => readOnly("headers"),
  "headers that throw": () => throwing("headers"),
  "headers that are a revoked proxy": () => ({ headers: revoked() }),
  "headers with a getter that throws": () => ({ headers: throwing("accept") }),
  "scopes that throw": () => throwing("scopes"),
  "scopes that throw undefined": () => throwing("scopes", undefined),
  "scopes that are a revoked proxy": () => ({ scopes: revoked() }),
  "a client ID that throws": () => throwing("clientId"),
  "a client ID that is an object": () => ({ clientId: {} }),
  "a refused token that throws": () => throwing("refused"),
  "a refused token that is a number": () => ({ refused: 5 }),
  "frozen hands": () => Object.freeze({ _msgid: "frozen" }),
};

describe("the input of a spotify-token", () => {
  let simulator: Simulator;
  let account: Account;
  let flow: Flow;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount();
    flow = new Flow();
    flow.more = LISTENERS;
  });

  afterEach(async () => {
    await flow.dispose();
    await simulator.close();
  });

  const deploy = (properties: Record<string, unknown> = {}, signedIn = true): Promise<void> =>
    flow.deploy(simulator, signedIn ? account : undefined, [{ wires: [["out"]], ...properties }]);
  const told = (): Record<"out" | "completed" | "failed", number> => ({
    out: recorded("out").length,
    completed: recorded("completed").length,
    failed: recorded("failed").length,
  });
  const failures = async (count: number): Promise<CaughtMessage[]> =>
    (await recordedUntil("failed", (messages) => messages.length >= count)) as CaughtMessage[];
  /** Sends an ordinary message, and waits until it is handled; then all earlier ones are handled too. */
  const settle = async (): Promise<NodeMessageInFlow> => {
    const before = told();
    flow.send({ topic: "ordinary" });
    await recordedUntil("completed", (messages) => messages.length > before.completed);
    return (await recordedUntil("out", (messages) => messages.length > before.out)).at(-1)!;
  };

  for (const [when, isCached] of [
    ["while a token is asked for", false],
    ["when there is a token already", true],
  ] as const) {
    describe(when, () => {
      it("passes an ordinary message on, and completes it once", async () => {
        await deploy();
        if (isCached) await settle();
        const before = told();
        await settle();
        assert.deepEqual(told(), { out: before.out + 1, completed: before.completed + 1, failed: 0 });
      });

      for (const [what, make] of Object.entries(HOSTILE)) {
        it(`fails once for ${what}, and continues`, async () => {
          await deploy();
          if (isCached) await settle();
          const before = told();
          flow.send(make());
          const [failure] = await failures(1);
          assert.equal(failure?.error.code, "INVALID_ARGUMENT");
          assert.ok(!JSON.stringify(recorded("failed")).includes("Bearer"), "a Catch node gets no token");
          await settle();
          assert.deepEqual(told(), { out: before.out + 1, completed: before.completed + 1, failed: 1 });
        });
      }
    });
  }

  it("fails once for a message that cannot be copied for two receivers", async () => {
    await deploy({ wires: [["out", "s0"]] });
    flow.send(throwing("mine"));
    const [failure] = await failures(1);
    assert.equal(failure?.error.code, "INVALID_ARGUMENT");
    await settle();
    assert.equal(told().failed, 1);
  });

  it("fails once for a message that cannot be copied for a Complete node, after it has passed on", async () => {
    await deploy();
    flow.send(throwing("mine"));
    await failures(1);
    await settle();
    assert.deepEqual(told(), { out: 2, completed: 1, failed: 1 });
  });

  it("reports the failure even if the message cannot hold the time to wait", async () => {
    await deploy({}, false);
    flow.send(readOnly("retryAfter"));
    const [failure] = await failures(1);
    assert.equal(failure?.error.code, "NOT_SIGNED_IN");
  });

  it("completes a message that it does not answer", async () => {
    await deploy({ emit: "auto" });
    await recordedUntil("out", (messages) => messages.length === 1);
    flow.send({});
    await recordedUntil("completed", (messages) => messages.length === 1);
    assert.deepEqual(told(), { out: 1, completed: 1, failed: 0 });
  });

  it("completes messages that it answers, but not the tokens that it sends by itself", async () => {
    await deploy({ emit: "both" });
    await recordedUntil("out", (messages) => messages.length === 1);
    await settle();
    assert.deepEqual(told(), { out: 2, completed: 1, failed: 0 });
  });

  it("fails once, and completes nothing, if there is no token", async () => {
    await deploy({}, false);
    flow.send({});
    await failures(1);
    flow.send({});
    await failures(2);
    assert.deepEqual(told(), { out: 0, completed: 0, failed: 2 });
  });
});

describe("a node that does something without a message", () => {
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

  it("keeps the session alive: a status, a token or an event that cannot be sent is a node error", async () => {
    const broken = (): never => {
      throw new Error("out of order");
    };
    await flow.deploy(simulator, simulator.addAccount(), [{ emit: "auto" }], {}, {}, [{}]);
    for (const id of ["t0", "e0", "session"]) Object.assign(flow.node(id), { status: broken, send: broken });
    await flow.sessionState("ready");
    flow.sessionNode.session!.setClientId("android", "cluster");
    await simulator.stopAccessPoints();
    await simulator.startAccessPoints();
    await flow.sessionState("ready");
    assert.equal(flow.sessionNode.session!.state, "ready");
  });
});
