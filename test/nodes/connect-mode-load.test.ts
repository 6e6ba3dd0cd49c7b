import assert from "node:assert/strict";
import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import type { NodeMessageInFlow } from "node-red";
import { CLIENT_IDS, type ClientIdChange } from "../../src";
import { MessageType } from "../../src/proto/gen/spirc_pb";
import { Simulator } from "../simulator";
import { FIVE_SCOPES, Flow, type TokenMessage } from "./support/flow";
import { recordedUntil } from "./support/recorder";

const NODES = 100;
const CHANGES = 1_000;
/** The session's client ID is asked for a scope that each app may have; the others are asked for all five. */
const KINDS = [
  { clientId: "", scopes: ["streaming"] },
  { clientId: "keymaster", scopes: FIVE_SCOPES },
  { clientId: "ios", scopes: FIVE_SCOPES },
  { clientId: "best", scopes: FIVE_SCOPES },
];

describe("A client ID that changes a thousand times while a hundred nodes ask", () => {
  it("loses no message, gives no node a token of another client ID, and leaves nothing behind", async () => {
    const simulator = await Simulator.start();
    const flow = new Flow();
    try {
      const account = simulator.addAccount();
      const nodes = Array.from({ length: NODES }, (_, i) => KINDS[i % KINDS.length]!);
      await flow.deploy(simulator, account, nodes, {}, {}, [{ kinds: ["client-id"] }]);
      await flow.sessionState("ready");
      const session = flow.sessionNode.session!;
      while (session.following.state !== "connected") await once(session, "following");
      await simulator.waitFor(() =>
        simulator.connections.some(({ subscriptions }) => subscriptions.size > 0),
      );

      /** The session's client IDs, in order. */
      const history = [session.clientId];
      session.on("clientId", ({ clientId }: ClientIdChange) => history.push(clientId));
      const asked: number[] = [];
      let answers = 0;
      const wrong: string[] = [];
      let failures = 0;
      flow.node("caught").on("input", () => failures++);
      nodes.forEach(({ clientId: named }, node) => {
        flow.node(`s${node}`).on("input", (input: NodeMessageInFlow) => {
          const { payload, question } = input as TokenMessage & { question: number };
          answers++;
          // The session's client ID may be any that it had since the question; a named client ID must not change.
          const sinceThen = history.slice(asked[question]);
          const right = {
            "": sinceThen.includes(payload.clientId),
            keymaster: payload.clientId === CLIENT_IDS.keymaster,
            ios: payload.clientId === CLIENT_IDS.ios,
            best: payload.clientId !== CLIENT_IDS.android,
          }[named];
          if (right !== true) wrong.push(`${named}: ${payload.clientId}`);
        });
      });

      const phones = [CLIENT_IDS.android, CLIENT_IDS.ios].map((clientId) =>
        simulator.officialApp(account, { clientId }),
      );
      for (let i = 0; i < CHANGES; i++) {
        phones[i % 2]!.sendFrame(MessageType.kMessageTypeNotify);
        asked.push(history.length - 1);
        flow.send({ question: i }, i % NODES);
        await turn();
      }
      await recordedUntil("r0", (messages) => messages.length >= CHANGES);
      while (answers + failures < CHANGES) await turn();

      assert.deepEqual(wrong, []);
      assert.equal(failures, 0);
      assert.equal(answers, CHANGES);
      assert.equal(history.length, CHANGES + 1, "each change was followed");
      assert.equal(session.mercury.inFlight, 0);
      // One request for each client ID and its scopes, no matter how many nodes asked.
      assert.ok(
        simulator.stats.keymasterRequests.length <= 6,
        `${simulator.stats.keymasterRequests.length} requests`,
      );
    } finally {
      await flow.dispose();
      await simulator.close();
    }
  });
});
