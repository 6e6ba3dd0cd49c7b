import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

describe("a Node-RED with this package", () => {
  for (const type of [
    "spotify-now-playing",
    "spotify-playback",
    "spotify-request",
    "spotify-events",
    "spotify-token",
  ]) {
    it(`loads neither the module of ${type} nor the library if no flow has one`, () => {
      const script = `
        require(${JSON.stringify(join(ROOT, "nodes", type, `${type}.ts`))})({ nodes: { registerType: () => undefined } });
        console.log(JSON.stringify(Object.keys(require.cache)));`;
      const output = execFileSync(process.execPath, ["--require", "tsx/cjs", "-e", script], {
        encoding: "utf8",
        cwd: ROOT,
      });
      const loaded = (JSON.parse(output) as string[]).filter((file) => !file.includes("node_modules"));
      assert.deepEqual(
        loaded.map((file) => file.split("/").at(-1)),
        [`${type}.ts`, "register-node.ts"],
      );
    });
  }
});
