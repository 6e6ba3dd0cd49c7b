import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { NodeAPI } from "node-red";
import { accountFor, undeployedSession } from "../../../nodes/spotify-session/account-for";
import { addRunning } from "../../../nodes/spotify-session/accounts";
import { closed } from "../../../nodes/spotify-session/closings";
import { endProvisional, watchProvisional } from "../../../nodes/spotify-session/provisional";
import type { SessionSettings } from "../../../nodes/spotify-session/settings";
import { signInServiceOf } from "../../../nodes/spotify-session/sign-in-services";
import type { AccountNode } from "../../../nodes/shared/account-node";
import type { Session } from "../../../src";

describe("the account that a request of the dialog names", () => {
  const session = {} as Session;
  let deployed: Map<string, object>;
  let definitions: { id: string; type: string }[];

  const RED = {
    settings: { readOnly: true },
    events: new EventEmitter(),
    comms: { publish: () => undefined },
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
    nodes: {
      getNode: (id: string) => deployed.get(id) ?? null,
      eachNode: (visit: (definition: object) => void) => definitions.forEach((one) => visit(one)),
    },
  } as unknown as NodeAPI<SessionSettings>;

  const node = (more: object = {}): AccountNode & EventEmitter =>
    Object.assign(new EventEmitter(), {
      id: "deployed",
      type: "spotify-session",
      session,
      open: () => true,
      ...more,
    }) as unknown as AccountNode & EventEmitter;

  beforeEach(() => {
    deployed = new Map();
    definitions = [];
  });

  it("has the session and the sign-ins of its node", () => {
    deployed.set("deployed", node());
    const account = accountFor(RED, "deployed", false);
    assert.equal(account?.session, session);
    assert.equal(account?.service, signInServiceOf("deployed"));
  });

  it("is that of the first instance, for an account in a subflow", () => {
    const instance = node({ id: "instance-template", _alias: "template" });
    addRunning(instance);
    const account = accountFor(RED, "template", false);
    instance.emit("close");
    assert.equal(account?.session, session);
    assert.equal(account?.service, signInServiceOf("instance-template"));
    assert.equal(accountFor(RED, "template", false), undefined, "the instance is closed");
  });

  it("is missing if its node cannot open it", () => {
    deployed.set("deployed", node({ open: () => false }));
    assert.equal(accountFor(RED, "deployed", true), undefined);
  });

  for (const [what, prepare] of [
    ["a node of another type", () => deployed.set("asked", { id: "asked", type: "inject" })],
    ["a disabled account", () => definitions.push({ id: "asked", type: "spotify-session" })],
  ] as const) {
    it(`is missing for ${what}, even to begin a sign-in`, () => {
      prepare();
      assert.equal(accountFor(RED, "asked", true), undefined);
    });
  }

  describe("if it is not deployed yet", () => {
    beforeEach(() => watchProvisional(RED));

    afterEach(async () => {
      endProvisional("new");
      await closed("new");
    });

    it("is opened by a sign-in, and is there from then on", () => {
      assert.equal(accountFor(RED, "new", false), undefined);
      const begun = accountFor(RED, "new", true);
      assert.ok(begun?.session);
      assert.equal(begun.service, signInServiceOf("new"));
      assert.equal(accountFor(RED, "new", false)?.session, begun.session);
      assert.equal(undeployedSession(RED, "new", false), begun.session);
    });

    it("is missing if the ID is not one of a node", () => {
      assert.equal(accountFor(RED, "../new", true), undefined);
    });
  });
});
