import assert from "node:assert/strict";
import { readLine } from "./driving";
import { exitCode, table, type Outcome } from "./outcome";

const outcome = (result: Outcome["result"], problem?: string): Outcome => ({
  client: "spotipy",
  version: "2.26.0",
  step: "pause",
  result,
  ...(problem !== undefined && { problem }),
});

describe("interop: the table", () => {
  it("has a line for each step and a sum", () => {
    const lines = table([outcome("passed"), outcome("skipped", "there is no mvn")]).split("\n");
    assert.deepEqual(lines, [
      "client   version  step   result   what went wrong",
      "-------  -------  -----  -------  ---------------",
      "spotipy  2.26.0   pause  passed",
      "spotipy  2.26.0   pause  skipped  there is no mvn",
      "",
      "1 passed, 0 failed, 1 skipped",
    ]);
  });

  it("shortens a long problem to one line, and shows the whole text of a failure below", () => {
    const problem = `${"a".repeat(100)}\nand more`;
    const lines = table([outcome("failed", problem)]).split("\n");
    assert.match(lines[2]!, /a{79}…$/);
    assert.deepEqual(lines.slice(4), [
      "spotipy: pause",
      "a".repeat(100),
      "and more",
      "",
      "0 passed, 1 failed, 0 skipped",
    ]);
  });

  it("makes the command fail only if a step failed, not if the machine lacks a tool", () => {
    assert.equal(exitCode([outcome("passed"), outcome("skipped", "no Java")]), 0);
    assert.equal(exitCode([outcome("passed"), outcome("failed", "404")]), 1);
  });
});

describe("interop: a line of a driver's output", () => {
  it("is a step, or says that the driver is ready", () => {
    assert.deepEqual(readLine('{"step":"pause","result":"failed","problem":"404"}'), {
      step: "pause",
      result: "failed",
      problem: "404",
    });
    assert.deepEqual(readLine('{"ready":true}'), { ready: true });
  });

  it("is ignored if it is the client's own output", () => {
    for (const line of [
      "",
      "Opening browser",
      "null",
      "[1]",
      '{"step":1}',
      '{"step":"a","result":"perhaps"}',
    ]) {
      assert.equal(readLine(line), undefined, line);
    }
  });
});
