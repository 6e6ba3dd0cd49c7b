import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { install, type Clock } from "@sinonjs/fake-timers";
import { EditorNotice, noticeDeploys } from "../../../nodes/spotify-session/editor-notice";
import { Simulator, type Account } from "../../simulator";
import { Flow } from "../support/flow";

describe("the notice to the editor about an account", () => {
  let published: { at: number; topic: string; data: unknown; retain: boolean | undefined }[];
  const comms = {
    publish(topic: string, data: unknown, retain?: boolean): void {
      published.push({ at: Date.now(), topic, data, retain });
    },
  };

  describe("if the account changes", () => {
    let clock: Clock;

    beforeEach(() => {
      clock = install();
      published = [];
    });

    afterEach(() => clock.uninstall());

    it("has only its ID, is sent at most every 250 ms, and is not kept for later", () => {
      const notice = new EditorNotice({ comms }, "account");
      for (let i = 0; i < 100; i++) {
        notice.request();
        clock.tick(5);
      }
      clock.tick(1000);
      const common = { topic: "spotify-session/changed", data: { account: "account" }, retain: false };
      assert.deepEqual(published, [
        { at: 0, ...common },
        { at: 250, ...common },
        { at: 500, ...common },
      ]);
      assert.equal(clock.countTimers(), 0);
    });

    it("says that every account may have changed, after each deploy and stop", () => {
      const events = new EventEmitter();
      // The types are registered again whenever Node-RED starts in the same process.
      for (let i = 0; i < 2; i++) noticeDeploys({ comms, events });
      events.emit("flows:started");
      events.emit("flows:stopped");
      assert.deepEqual(
        published.map(({ data }) => data),
        [{}, {}],
      );
    });
  });

  describe("if the account cannot be opened", () => {
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

    it("is sent once, although an open dialog tries again after each notice", async () => {
      await flow.deploy(simulator, account, [], { clientId: "nonsense" });
      const { sessionNode } = flow;
      const errors: unknown[] = [];
      sessionNode.error = (error: unknown): void => void errors.push(error);
      for (let i = 0; i < 3; i++) assert.equal(sessionNode.open(), false);
      assert.deepEqual(errors, [sessionNode.problem]);
    });
  });
});
