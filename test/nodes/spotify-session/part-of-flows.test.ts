import assert from "node:assert/strict";
import type { NodeAPI } from "node-red";
import { isPartOfFlows } from "../../../nodes/spotify-session/deletion";
import type { SessionSettings } from "../../../nodes/spotify-session/settings";

interface Definition {
  id: string;
  type?: string;
  z?: string;
}

describe("whether an account is part of the flows", () => {
  let definitions: Definition[];
  const nodes = {
    eachNode: (visit: (definition: Definition) => void) => definitions.forEach((one) => visit(one)),
  };
  const RED = { nodes } as unknown as NodeAPI<SessionSettings>;
  const template = { id: "t", type: "spotify-session", z: "inner" };
  const inner = { id: "inner", type: "subflow" };
  const outer = { id: "outer", type: "subflow" };
  const use = (id: string, of: string, z?: string): Definition => ({
    id,
    type: `subflow:${of}`,
    ...(z && { z }),
  });

  for (const [what, given, account, answer] of [
    ["a node", [{ id: "one" }], { id: "one" }, true],
    ["a node that is missing", [{ id: "two" }], { id: "one" }, false],
    ["an instance", [template, inner, use("a", "inner")], { id: "a-t", _alias: "t" }, true],
    ["an instance that is missing", [template, inner, use("b", "inner")], { id: "a-t", _alias: "t" }, false],
    [
      "an instance of another subflow",
      [template, inner, use("a", "outer")],
      { id: "a-t", _alias: "t" },
      false,
    ],
    ["an instance without its template", [inner, use("a", "inner")], { id: "a-t", _alias: "t" }, false],
    [
      "a template that is a node of a tab now",
      [
        { ...template, z: "tab" },
        { id: "tab", type: "tab" },
      ],
      { id: "a-t", _alias: "t" },
      false,
    ],
    [
      "a node of a tab",
      [
        { ...template, z: "tab" },
        { id: "tab", type: "tab" },
      ],
      { id: "t", _alias: "t" },
      true,
    ],
    ["a node whose tab is missing", [template], { id: "t", _alias: "t" }, true],
    [
      "an instance in an instance",
      [template, inner, outer, use("b", "inner", "outer"), use("a", "outer")],
      { id: "a-b-t", _alias: "t" },
      true,
    ],
    [
      "an instance in a subflow that is not used",
      [template, inner, outer, use("b", "inner", "outer")],
      { id: "a-b-t", _alias: "t" },
      false,
    ],
    ["a subflow in itself", [template, inner, use("a", "inner", "inner")], { id: "a-t", _alias: "t" }, false],
  ] as const) {
    it(`is ${answer ? "true" : "false"} for ${what}`, () => {
      definitions = [...given];
      assert.equal(isPartOfFlows(RED, account), answer);
    });
  }
});
