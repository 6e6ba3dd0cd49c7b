import assert from "node:assert/strict";
import type { Node, NodeStatus } from "node-red";
import { shortened } from "../../../nodes/shared/shortened";
import { ShownStatus } from "../../../nodes/shared/shown-status";
import { timeOfDay } from "../../../nodes/shared/time-of-day";

describe("the status of a node", () => {
  it("is sent to browsers only if it has changed", () => {
    const sent: NodeStatus[] = [];
    const shown = new ShownStatus({ status: (status: NodeStatus) => sent.push(status) } as unknown as Node);
    const yellow = { fill: "yellow", shape: "dot", text: "1 of 2" } as const;
    for (const status of [{}, {}, yellow, { ...yellow }, {}]) shown.show(status);
    assert.deepEqual(sent, [{}, yellow, {}]);
  });
});

describe("a text in a status", () => {
  for (const [text, longest, expected] of [
    ["Kitchen", 7, "Kitchen"],
    ["Kitchen", 6, "Kitch…"],
    ["Living room", 8, "Living…"],
    [" Kitchen ", 20, " Kitchen "],
    ["🎵🎵🎵", 3, "🎵🎵🎵"],
    ["🎵🎵🎵", 2, "🎵…"],
  ] as const) {
    it(`of at most ${longest} characters is "${expected}" for "${text}"`, () =>
      assert.equal(shortened(text, longest), expected));
  }
});

describe("a time in a status", () => {
  for (const [hours, minutes, expected] of [
    [14, 5, "14:05"],
    [9, 30, "09:30"],
    [0, 0, "00:00"],
  ] as const) {
    it(`is ${expected} by the local clock`, () =>
      assert.equal(timeOfDay(new Date(2026, 5, 1, hours, minutes, 59).getTime()), expected));
  }
});
