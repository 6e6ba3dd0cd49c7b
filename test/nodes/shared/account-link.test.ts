/** Which account a node uses after a deploy that does not create the node again. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import type { AccountNode } from "../../../nodes/shared/account-node";
import type { Token } from "../../../src";
import { Simulator, type Account } from "../../simulator";
import { Flow, type Definition } from "../support/flow";
import { recorded, recordedUntil } from "../support/recorder";

const PLACE = { x: 0, y: 0 };

describe("the account of a node", () => {
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

  const isAccount = ({ type }: Definition): boolean => type === "spotify-session";
  const renamed = (definition: Definition): Definition =>
    isAccount(definition) ? { ...definition, name: "renamed" } : definition;
  const without = (definition: Definition): Definition | undefined =>
    isAccount(definition) ? undefined : definition;
  const disabled = (definition: Definition): Definition =>
    isAccount(definition) ? { ...definition, d: true } : definition;

  for (const named of ["session", "${ACCOUNT}"]) {
    for (const type of ["nodes", "flows"] as const) {
      describe(`named as ${named}, after a deploy of "${type}"`, () => {
        before(() => (process.env["ACCOUNT"] = "session"));
        after(() => delete process.env["ACCOUNT"]);

        beforeEach(async () => {
          await flow.deploy(simulator, account, [{ session: named }], {}, {}, [{ session: named }]);
          await flow.ask();
        });

        it("is the new account if it was replaced", async () => {
          const former = flow.sessionNode;
          await flow.redeploy(type, renamed);
          assert.notEqual(flow.sessionNode, former);
          assert.deepEqual(Object.keys(flow.sessionNode.users).toSorted(), ["e0", "t0"]);
          const told = recorded("r0").length;
          await simulator.stopAccessPoints();
          await recordedUntil("r0", (messages) => messages.length > told);
          await flow.status(
            "t0",
            ({ fill, text }) => fill === "green" || text === "spotify-token.status.connecting",
          );
          await simulator.startAccessPoints();
        });

        it("is missing if it was deleted, and is the restored account after that", async () => {
          const deleted = flow.definitions.find(isAccount);
          await flow.redeploy(type, without);
          await flow.status("t0", ({ text }) => text === "spotify-token.status.noAccount");
          await flow.status("e0", ({ text }) => text === "spotify-events.status.noAccount");
          const { error } = await flow.askInVain();
          assert.equal(error.code, "NOT_SIGNED_IN");
          assert.match(error.message, /account of this node does not exist/);
          const credentials = { session: { librespotCredentials: account.credentialsJson } };
          await flow.redeploy(type, (definition) => definition, [deleted!], credentials);
          assert.ok((await flow.ask()).payload.accessToken);
          await flow.status("e0", ({ fill }) => fill === "green");
        });

        it("is disabled if it was disabled, and the node says so", async () => {
          await flow.redeploy(type, disabled);
          await flow.status("t0", ({ text }) => text === "spotify-token.status.disabled");
          await flow.status("e0", ({ text }) => text === "spotify-events.status.disabled");
          assert.match((await flow.askInVain()).error.message, /The account is disabled: enable it/);
          await flow.redeploy(type, (definition) =>
            isAccount(definition) ? { ...definition, d: false } : definition,
          );
          assert.ok((await flow.ask()).payload.accessToken);
        });
      });
    }
  }

  it("is the one that a property of the subflow names, after a deploy that replaced it", async () => {
    flow.more = [
      {
        id: "sub",
        type: "subflow",
        name: "sub",
        env: [{ name: "WHICH", type: "spotify-session", value: "" }],
        in: [{ ...PLACE, wires: [{ id: "inner" }] }],
        out: [{ ...PLACE, wires: [{ id: "inner", port: 0 }] }],
      },
      {
        id: "inner",
        type: "spotify-token",
        z: "sub",
        ...PLACE,
        session: "${WHICH}",
        scopes: ["streaming"],
        wires: [[]],
      },
      {
        id: "instance",
        type: "subflow:sub",
        z: "tab",
        ...PLACE,
        env: [{ name: "WHICH", type: "str", value: "session" }],
        wires: [["out"]],
      },
      { id: "out", type: "recorder", z: "tab", ...PLACE },
    ];
    await flow.deploy(simulator, account, []);
    const send = (): void =>
      (flow.node("instance") as unknown as { receive(message: object): void }).receive({});
    send();
    await recordedUntil("out", (messages) => messages.length === 1);
    await flow.redeploy("nodes", renamed);
    send();
    const [, second] = await recordedUntil("out", (messages) => messages.length === 2);
    assert.ok((second!.payload as Token).accessToken);
  });

  it("has no listener left, no matter how many nodes there are and how often they are deployed", async () => {
    const { _events: events } = helper as unknown as { _events: NodeJS.EventEmitter };
    const nodes = Array.from({ length: 20 }, () => ({}));
    await flow.deploy(simulator, account, nodes, {}, {}, [{}, {}]);
    const before = events.listenerCount("flows:started");
    for (let i = 0; i < 3; i++) await flow.redeploy("full", renamed);
    assert.ok(events.listenerCount("flows:started") <= before);
    assert.ok(before < 10, `${before} listeners`);
  });

  for (const [what, session, code, message] of [
    ["names a node of another type", "caught", "INVALID_ARGUMENT", /names a node of the type helper/],
    ["is a number", 5, "INVALID_ARGUMENT", /The property "session" is a number/],
    ["is a list", ["session"], "INVALID_ARGUMENT", /The property "session" is a list/],
    ["is empty", "", "NOT_SIGNED_IN", /has no account: choose one/],
    ["is not there", undefined, "NOT_SIGNED_IN", /has no account: choose one/],
    ["names what does not exist", "nothing", "NOT_SIGNED_IN", /does not exist/],
  ] as const) {
    it(`is an error that says what is wrong if its property ${what}`, async () => {
      await flow.deploy(simulator, account, [{ session }], {}, {}, [{ session }]);
      const { error } = await flow.askInVain();
      assert.equal(error.code, code);
      assert.match(error.message, message);
      await flow.status("e0", ({ fill }) => fill === "red");
      await flow.status("t0", ({ fill }) => fill === "red");
    });
  }
});

describe("an account in a subflow", () => {
  let simulator: Simulator;
  let account: Account;
  let flow: Flow;
  const ONE = "one-template";

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount();
    flow = new Flow();
    const subflow = (id: string, inner: string): Definition => ({
      id,
      type: "subflow",
      name: id,
      in: [{ ...PLACE, wires: [{ id: inner }] }],
      out: [{ ...PLACE, wires: [{ id: inner, port: 0 }] }],
    });
    flow.more = [
      subflow("sub", "inner"),
      { id: "template", type: "spotify-session", z: "sub", clientId: "keymaster" },
      {
        id: "inner",
        type: "spotify-token",
        z: "sub",
        ...PLACE,
        session: "template",
        scopes: ["streaming"],
        wires: [[]],
      },
      subflow("outer", "nested"),
      { id: "nested", type: "subflow:sub", z: "outer", ...PLACE, wires: [[]] },
      { id: "one", type: "subflow:sub", z: "tab", ...PLACE, wires: [["out"]] },
      { id: "two", type: "subflow:outer", z: "tab", ...PLACE, wires: [["out"]] },
      { id: "out", type: "recorder", z: "tab", ...PLACE },
    ];
    await flow.deploy(simulator, account, []);
  });

  afterEach(async () => {
    await flow.dispose();
    await simulator.close();
  });

  const stateFile = (id: string): string => join(flow.userDir, "spotify-session", `${id}.state`);
  const signIn = async (id: string): Promise<void> => {
    await (helper.getNode(id) as unknown as AccountNode).session!.signIns.import(account.credentialsJson);
  };

  it("is found by the ID that the editor knows: its first instance can be signed in", async () => {
    await helper.request().get("/spotify-session/template/status").expect(200);
    await helper
      .request()
      .post("/spotify-session/template/import")
      .send({ text: account.credentialsJson })
      .expect(200);
    (flow.node("one") as unknown as { receive(message: object): void }).receive({});
    const [message] = await recordedUntil("out", (messages) => messages.length === 1);
    assert.ok((message!.payload as Token).accessToken);
    await helper.request().get("/spotify-session/nothing/status").expect(404);
  });

  const TWO = "two-nested-template";

  it("keeps its state over deploys and restarts", async () => {
    for (const id of [ONE, TWO]) await signIn(id);
    await flow.redeploy("full", (definition) => definition);
    await flow.redeploy("nodes", (definition) =>
      definition.id === "one" ? { ...definition, name: "renamed" } : definition,
    );
    await flow.redeploy("nodes", (definition) =>
      definition.id === "one" ? { ...definition, d: true } : definition,
    );
    for (const id of [ONE, TWO]) assert.ok(existsSync(stateFile(id)), id);
    await flow.stop();
    for (const id of [ONE, TWO]) assert.ok(existsSync(stateFile(id)), id);
  });

  /** Resolves when the state was deleted, which happens after the deploy. */
  async function gone(id: string): Promise<void> {
    while (existsSync(stateFile(id))) await new Promise((resolve) => setImmediate(resolve));
  }

  for (const type of ["full", "flows", "nodes"] as const) {
    it(`loses its state with its instance: a deploy of "${type}"`, async () => {
      for (const id of [ONE, TWO]) await signIn(id);
      await flow.redeploy(type, (definition) => (definition.id === "one" ? undefined : definition));
      await gone(ONE);
      assert.ok(existsSync(stateFile(TWO)));
      await flow.redeploy(type, (definition) => {
        if (definition.id === "nested") return undefined;
        return definition.id === "outer" ? { ...definition, in: [], out: [] } : definition;
      });
      await gone(TWO);
    });

    it(`loses its state with the subflow, and with the node in it: a deploy of "${type}"`, async () => {
      await signIn(ONE);
      await flow.redeploy(type, (definition) =>
        ["template"].includes(definition.id) ? undefined : definition,
      );
      await gone(ONE);
    });
  }

  it("loses its state with an instance that was disabled before", async () => {
    await signIn(ONE);
    await flow.redeploy("nodes", (definition) =>
      definition.id === "one" ? { ...definition, d: true } : definition,
    );
    assert.ok(existsSync(stateFile(ONE)));
    await flow.redeploy("nodes", (definition) => (definition.id === "one" ? undefined : definition));
    await gone(ONE);
  });
});
