import assert from "node:assert/strict";
import { limitedLog, limitedLogs } from "../../src/async/limited-log";
import { useClock } from "./support";

const MINUTE = 60_000;

describe("limitedLog", () => {
  const clock = useClock();
  let lines: string[];
  let closing: AbortController;
  let log: (level: "info" | "warn", message: string) => void;

  beforeEach(() => {
    lines = [];
    closing = new AbortController();
    log = limitedLog((level, message) => lines.push(`${level} ${message}`), 3, closing.signal);
  });

  it("passes lines at once while they are few, without end", async () => {
    for (let minute = 0; minute < 60; minute++) {
      for (const line of [1, 2, 3]) log("info", `${minute}.${line}`);
      assert.equal(lines.length, 3 * (minute + 1));
      await clock.current.tickAsync(MINUTE);
    }
    assert.equal(clock.current.countTimers(), 0);
  });

  it("leaves out further lines, and logs the newest and their number at the end of the minute", async () => {
    for (let line = 1; line <= 100; line++) log("info", `line ${line}`);
    assert.deepEqual(lines, ["info line 1", "info line 2", "info line 3"]);
    await clock.current.tickAsync(MINUTE);
    assert.deepEqual(lines.slice(3), ["info line 100 (96 lines like this were left out)"]);
    closing.abort();
  });

  it("logs a single line beyond the limit late, and unchanged", async () => {
    for (let line = 1; line <= 4; line++) log("info", `line ${line}`);
    await clock.current.tickAsync(MINUTE);
    assert.deepEqual(lines.slice(3), ["info line 4"]);
    closing.abort();
  });

  it("passes no more lines than the limit in any minute of an hour, and counts all others", async () => {
    const HOUR = 60 * MINUTE;
    const start = Date.now();
    const perMinute: number[] = Array.from({ length: 62 }, () => 0);
    let told = 0;
    log = limitedLog(
      (_, message) => {
        perMinute[Math.floor((Date.now() - start) / MINUTE)]!++;
        told += 1 + Number(/\((\d+) lines/.exec(message)?.[1] ?? 0);
      },
      3,
      closing.signal,
    );
    let given = 0;
    for (let at = 0; at < HOUR; at += 250) {
      log("info", `line ${++given}`);
      await clock.current.tickAsync(250);
    }
    assert.equal(Math.max(...perMinute), 3);
    closing.abort();
    assert.equal(told, given);
  });

  it("hides no warning because of lines at another level", () => {
    for (let line = 1; line <= 100; line++) log("info", `line ${line}`);
    log("warn", "This matters.");
    assert.equal(lines.at(-1), "warn This matters.");
    closing.abort();
  });

  it("says what it left out when it closes, and leaves no timer", () => {
    for (let line = 1; line <= 100; line++) log("info", `line ${line}`);
    closing.abort();
    assert.equal(lines.at(-1), "info line 100 (96 lines like this were left out)");
    log("info", "The goodbye.");
    assert.equal(lines.at(-1), "info The goodbye.");
    assert.equal(clock.current.countTimers(), 0);
  });
});

describe("limitedLogs", () => {
  useClock();

  it("has a separate limit for each kind of line, so that none hides another", () => {
    const lines: string[] = [];
    const closing = new AbortController();
    const log = limitedLogs<"info">((_, message) => lines.push(message), 1, closing.signal);
    for (let i = 0; i < 1_000; i++) for (const kind of ["tap", "reset"]) log(kind, "info", `${kind} ${i}`);
    assert.deepEqual(lines, ["tap 0", "reset 0"]);
    closing.abort();
  });
});
