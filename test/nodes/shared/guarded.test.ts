import assert from "node:assert/strict";
import type { Node } from "node-red";
import { guarded, reportError } from "../../../nodes/shared/guarded";

const FAILURE = new Error("out of order");

describe("an action of a timer or an event", () => {
  let reported: unknown[][];
  let node: Node;

  beforeEach(() => {
    reported = [];
    node = { error: (...said: unknown[]) => reported.push(said) } as unknown as Node;
  });

  it("is given what the timer or the event gives", () => {
    const given: unknown[] = [];
    guarded(node, (one: number, two: string) => given.push(one, two))(1, "two");
    assert.deepEqual([given, reported], [[1, "two"], []]);
  });

  it("is reported by its node if it throws, and does not throw", () => {
    guarded(node, () => {
      throw FAILURE;
    })();
    assert.deepEqual(reported, [[FAILURE, undefined]]);
  });

  it("is reported with the message that it is about, so that Catch nodes get it", () => {
    const message = { _msgid: "m" };
    reportError(node, FAILURE, message);
    assert.deepEqual(reported, [[FAILURE, message]]);
  });

  it("does not throw even if Node-RED cannot report it", () => {
    const broken = {
      error: () => {
        throw new Error("no log");
      },
    } as unknown as Node;
    assert.doesNotThrow(() => reportError(broken, FAILURE));
  });
});
