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

describe("suggestions after a node", () => {
  const first = (source: Parameters<typeof suggestedFlows>[0]): string[] =>
    suggestedFlows(source).map(({ nodes }) => nodes[0]!.type);

  it("are a switch or a change after now-playing, and an http request after a token", () => {
    assert.deepEqual(first({ type: "spotify-now-playing" }), ["switch", "change"]);
    assert.deepEqual(first({ type: "spotify-token" }), ["http request"]);
  });

  it("are a message for each item after a request, whether it reads one page or all", () => {
    assert.deepEqual(first({ type: "spotify-request", all: true }), ["split"]);
    assert.deepEqual(first({ type: "spotify-request", all: false }), ["change"]);
    const [{ nodes } = { nodes: [] }] = suggestedFlows({ type: "spotify-request", all: false });
    assert.deepEqual(nodes[0]?.wires, [[nodes[1]?.id]]);
  });

  it("are empty after other packages' nodes", () => {
    for (const type of ["inject", "mqtt in", "spotify-session"]) assert.deepEqual(first({ type }), []);
  });

  it("have as many wires as outputs, and a label", () => {
    for (const flow of TYPES.flatMap((type) => suggestedFlows({ type }))) {
      assert.notEqual(suggestion[flow.key], undefined, flow.key);
      for (const { outputs, wires = [] } of flow.nodes) {
        if (outputs !== undefined) assert.equal(wires.length, outputs);
      }
    }
  });

  it("are created each time, because Node-RED writes positions into them", () => {
    const [a] = suggestedFlows({ type: "spotify-token" });
    const [b] = suggestedFlows({ type: "spotify-token" });
    assert.notEqual(a!.nodes[0], b!.nodes[0]);
  });
});
