/** The files in `examples/`, as they are stored there. */
import assert from "node:assert/strict";
import { exampleFiles, readExample } from "../../scripts/examples";

/** Nodes that come with Node-RED, and our nodes. */
const TYPES = new Set(
  [
    ["tab", "comment", "inject", "debug", "catch", "link in", "link out", "change", "switch", "delay", "rbe"],
    ["http request", "http in", "http response", "template", "trigger"],
    [
      "spotify-session",
      "spotify-token",
      "spotify-events",
      "spotify-now-playing",
      "spotify-playback",
      "spotify-request",
    ],
  ].flat(),
);

describe("the examples", () => {
  it("are twelve: first now playing, then control, tokens, and any other call", () => {
    assert.deepEqual(exampleFiles(), [
      "01 - now playing on a dashboard.json",
      "02 - lights by what plays.json",
      "03 - sleep, when nothing has played for 20 minutes.json",
      "04 - one button for play and pause.json",
      "05 - wake-up playlist in the kitchen.json",
      "06 - volume knob.json",
      "07 - announcement, then the music goes on.json",
      "08 - skip what I dislike.json",
      "09 - get a token.json",
      "10 - handle errors.json",
      "11 - client ID changes.json",
      "12 - any other call of Spotify.json",
    ]);
  });

  it("share only one account, so that one sign-in is enough", () => {
    const all = exampleFiles().flatMap(readExample);
    const accounts = all.filter(({ type }) => type === "spotify-session");
    assert.equal(accounts.length, exampleFiles().length);
    for (const account of accounts) assert.deepEqual(account, accounts[0]);
    const others = all.filter(({ type }) => type !== "spotify-session").map(({ id }) => id);
    assert.equal(new Set(others).size, others.length);
  });

  for (const file of exampleFiles()) {
    const flow = readExample(file);
    const placed = flow.filter((node) => typeof node["x"] === "number");

    it(`${file}: works without the others`, () => {
      const ids = new Set(flow.map(({ id }) => id));
      assert.equal(flow.filter(({ type }) => type === "tab").length, 1);
      assert.equal(flow.filter(({ type }) => type === "spotify-session").length, 1);
      for (const node of flow) {
        assert.ok(TYPES.has(node.type), node.type);
        const named = [node["wires"], node["links"], node["scope"], node["session"], node["z"]].flat(2);
        const missing = named.filter((id) => typeof id === "string" && !ids.has(id));
        assert.deepEqual(missing, [], node.name);
      }
    });

    it(`${file}: contains no credential`, () => {
      for (const node of flow) assert.ok(!("credentials" in node), node.name);
      assert.doesNotMatch(JSON.stringify(flow), /auth_data|stateKey|librespotCredentials/);
    });

    it(`${file}: explains itself`, () => {
      const comments = flow.filter(({ type }) => type === "comment");
      assert.ok(comments.length >= 3);
      for (const { name, info } of comments) {
        assert.ok(name !== undefined && typeof info === "string" && info !== "", name);
        for (const [, node = ""] of info.matchAll(/the node \*\*(.+?)\*\*/g)) {
          assert.ok(
            flow.some((other) => other.name === node),
            `"${name}" speaks of a node "${node}"`,
          );
        }
      }
    });

    it(`${file}: is aligned to the grid, and no node covers another`, () => {
      const boxes = placed.map(({ name, type, x, y }) => ({ name, type, x: Number(x), y: Number(y) }));
      for (const [index, box] of boxes.entries()) {
        assert.ok(box.x % 10 === 0 || box.type.startsWith("link"), `${box.name}: x ${box.x}`);
        assert.equal(box.y % 20, 0, `${box.name}: y ${box.y}`);
        // Node-RED's nodes are 30 high and at least as wide. Wide ones are in columns, so comparing rows is enough.
        for (const other of boxes.slice(index + 1)) {
          const isClear = Math.abs(box.y - other.y) >= 40 || Math.abs(box.x - other.x) >= 60;
          assert.ok(isClear, `${box.name} and ${other.name}`);
        }
      }
    });
  }
});
