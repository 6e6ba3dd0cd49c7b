import assert from "node:assert/strict";
import { readPosition, readVolume } from "../../src/playback/amounts";

const DAY = 86_400_000;

describe("A position", () => {
  for (const [value, at] of [
    [1_500.6, 1_501],
    [DAY, DAY],
    ["1 : 30", 90_000],
    ["100:00", 6_000_000],
    ["1:02:03.5", 3_723_500],
    ["1:30.125", 90_125],
    ["24:00:00", DAY],
    ["1h", 3_600_000],
    ["12h30m", 45_000_000],
    ["1H2M3S", 3_723_000],
    ["1.5s", 1_500],
    ["1.125s", 1_125],
    ["12345s", 12_345_000],
    ["90m", 5_400_000],
    ["500 MS", 500],
  ] as const) {
    it(`is ${at} ms: ${value}`, () => assert.deepEqual(readPosition(value), { at }));
  }

  for (const value of [
    -1,
    NaN,
    DAY + 1,
    "",
    " ",
    "-",
    "24:00:01",
    "1:30x",
    "x1:30",
    "1:2:3:4",
    "1:30.x",
    "1.xs",
    "xh",
    "x500ms",
    "500msx",
    "5+10s",
    "++10s",
    "100:00:00",
    null,
    true,
    [],
    {},
  ]) {
    it(`is refused: ${JSON.stringify(value)}`, () => {
      assert.throws(() => readPosition(value), { code: "INVALID_ARGUMENT" });
    });
  }
});

describe("A volume", () => {
  for (const [value, at] of [
    [0, 0],
    [100, 100],
    ["12.5", 12.5],
    ["33.333333%", 33.333333],
    [" 7 % ", 7],
  ] as const) {
    it(`is ${at} percent: ${value}`, () => assert.deepEqual(readVolume(value), { at }));
  }

  for (const value of ["", "%", "x20", "20x", "1+20", "20.x", "20.", "1000", "+101", null, true, []]) {
    it(`is refused: ${JSON.stringify(value)}`, () => {
      assert.throws(() => readVolume(value), { code: "INVALID_ARGUMENT" });
    });
  }
});
