import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suggestedFlows } from "../../../../../nodes/spotify-session/editor/suggestions/suggested-flows";

const TYPES = ["spotify-now-playing", "spotify-token", "spotify-request", "spotify-events"];
const { suggestion } = (
  JSON.parse(
    readFileSync(
      join(__dirname, "../../../../../nodes/spotify-session/locales/en-US/spotify-session.json"),
      "utf8",
    ),
  ) as { "spotify-session": { suggestion: Record<string, string> } }
)["spotify-session"];

describe("what is suggested behind a node", () => {
  const first = (source: Parameters<typeof suggestedFlows>[0]): string[] =>
    suggestedFlows(source).map(({ nodes }) => nodes[0]!.type);

  it("is a switch or a change behind now-playing, and an http request behind a token", () => {
    assert.deepEqual(first({ type: "spotify-now-playing" }), ["switch", "change"]);
    assert.deepEqual(first({ type: "spotify-token" }), ["http request"]);
  });

  it("is a message for each item behind a request, whether it reads one page or all", () => {
    assert.deepEqual(first({ type: "spotify-request", all: true }), ["split"]);
    assert.deepEqual(first({ type: "spotify-request", all: false }), ["change"]);
    const [{ nodes } = { nodes: [] }] = suggestedFlows({ type: "spotify-request", all: false });
    assert.deepEqual(nodes[0]?.wires, [[nodes[1]?.id]]);
  });

  it("is nothing behind nodes of others", () => {
    for (const type of ["inject", "mqtt in", "spotify-session"]) assert.deepEqual(first({ type }), []);
  });

  it("has as many wires as outputs, and a label", () => {
    for (const flow of TYPES.flatMap((type) => suggestedFlows({ type }))) {
      assert.notEqual(suggestion[flow.key], undefined, flow.key);
      for (const { outputs, wires = [] } of flow.nodes) {
        if (outputs !== undefined) assert.equal(wires.length, outputs);
      }
    }
  });

  it("is made anew each time, as Node-RED writes places into it", () => {
    const [a] = suggestedFlows({ type: "spotify-token" });
    const [b] = suggestedFlows({ type: "spotify-token" });
    assert.notEqual(a!.nodes[0], b!.nodes[0]);
  });
});
