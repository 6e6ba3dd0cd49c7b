import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { FileStateStore } from "../../src";

const SECRET = "the key that is kept elsewhere";
const CHANGES = 200;

describe("two processes that change one state file", function () {
  this.timeout(120_000);
  let folder: string;
  let program: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "two-processes-"));
    program = join(folder, "child.cjs");
    const entryPoints = [join(__dirname, "two-processes.child.ts")];
    buildSync({ entryPoints, bundle: true, platform: "node", outfile: program, logLevel: "error" });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("do not undo each other's changes", async () => {
    const path = join(folder, "state", "account.state");
    const children = ["account", "webApi"].map((own) =>
      spawn(process.execPath, [program, path, SECRET, own, String(CHANGES)], {
        stdio: ["pipe", "ignore", "pipe"],
      }),
    );
    let said = "";
    for (const { stderr } of children) stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    for (const { stdin } of children) stdin.write("go");
    const codes = await Promise.all(children.map((child) => once(child, "close")));
    assert.deepEqual(
      [codes, said],
      [
        [
          [0, null],
          [0, null],
        ],
        "",
      ],
    );

    const document = (await new FileStateStore(path, SECRET).load()) as Record<string, unknown>;
    const items = document["tokens"] as string[];
    for (const own of ["account", "webApi"]) {
      assert.deepEqual(
        items.filter((item) => item.startsWith(own)),
        Array.from({ length: CHANGES }, (_, i) => `${own} ${i + 1}`),
      );
      assert.equal(document[own], CHANGES);
    }
    assert.equal(document["rateLimits"], 2 * CHANGES);
    assert.deepEqual(readdirSync(join(folder, "state")).toSorted(), [
      ".account.state.reserve",
      "account.state",
    ]);
  });
});
