import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMarks, removeMark, writeMark } from "../../../nodes/spotify-session/provisional-marks";

describe("the marks of accounts that are not deployed", () => {
  let parent: string;
  let folder: string;

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), "provisional-marks-"));
    folder = join(parent, "user", "spotify-session");
  });

  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const one = { nodeId: "one", since: 1_000 };
  const two = { nodeId: "../two", since: 2_000 };
  const sorted = (): object[] => readMarks(folder).toSorted((a, b) => a.since - b.since);

  it("are none at first", () => {
    assert.deepEqual(readMarks(folder), []);
    removeMark(folder, "one");
  });

  it("are read after a restart, with the last sign-in of each", () => {
    writeMark(folder, { ...one, since: 500 });
    writeMark(folder, one);
    writeMark(folder, two);
    assert.deepEqual(sorted(), [one, two]);
    assert.equal(readdirSync(folder).length, 2);
  });

  it("are removed one by one", () => {
    writeMark(folder, one);
    writeMark(folder, two);
    removeMark(folder, two.nodeId);
    assert.deepEqual(sorted(), [one]);
  });

  it("can be read by their owner alone", function () {
    if (process.platform === "win32") return this.skip();
    writeMark(folder, one);
    assert.equal((statSync(folder).mode & 0o777).toString(8), "700");
    assert.equal((statSync(join(folder, "one.provisional")).mode & 0o777).toString(8), "600");
  });

  it("are not read from other files, nor from what someone has changed", () => {
    writeMark(folder, one);
    writeFileSync(join(folder, "one.state"), JSON.stringify(two));
    for (const [name, text] of [
      ["text", "not JSON"],
      ["null", "null"],
      ["id", JSON.stringify({ ...one, nodeId: 7 })],
      ["since", JSON.stringify({ ...one, since: "today" })],
    ] as const) {
      writeFileSync(join(folder, `${name}.provisional`), text);
    }
    mkdirSync(join(folder, "folder.provisional"));
    assert.deepEqual(readMarks(folder), [one]);
  });

  it("are not kept if nothing may be written", () => {
    writeMark(undefined, one);
    removeMark(undefined, one.nodeId);
    assert.deepEqual(readMarks(undefined), []);
  });

  it("are not kept if they cannot be written", () => {
    mkdirSync(join(parent, "user"));
    writeFileSync(folder, "a file is in its place");
    writeMark(folder, one);
    assert.deepEqual(readMarks(folder), []);
  });
});
