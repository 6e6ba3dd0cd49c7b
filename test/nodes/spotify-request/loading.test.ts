import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const NODE = join(__dirname, "../../../nodes/spotify-request/spotify-request.ts");

describe("a Node-RED without a spotify-request", () => {
  it("loads neither the node's module nor the library", () => {
    const script = `
      require(${JSON.stringify(NODE)})({ nodes: { registerType: () => undefined } });
      console.log(JSON.stringify(Object.keys(require.cache)));`;
    const output = execFileSync(process.execPath, ["--require", "tsx/cjs", "-e", script], {
      encoding: "utf8",
      cwd: join(__dirname, "../../.."),
    });
    const loaded = (JSON.parse(output) as string[]).filter((file) => !file.includes("node_modules"));
    assert.deepEqual(
      loaded.map((file) => file.split("/").at(-1)),
      ["spotify-request.ts", "register-node.ts"],
    );
  });
});
