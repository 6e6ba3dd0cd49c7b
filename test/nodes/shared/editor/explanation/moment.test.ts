import assert from "node:assert/strict";
import { momentText } from "../../../../../nodes/shared/editor/explanation/moment";

const at = (day: number, hours: number, minutes: number): number =>
  new Date(2026, 6, day, hours, minutes).getTime();
const NOW = at(30, 23, 59);

describe("A time in words", () => {
  it("is the time of day, if it is today", () => {
    assert.equal(momentText(at(30, 9, 14), NOW, "de"), "09:14");
  });

  it("names yesterday and tomorrow, according to the calendar", () => {
    assert.equal(momentText(at(31, 0, 1), NOW, "de"), "morgen 00:01");
    assert.equal(momentText(at(29, 9, 14), NOW, "de"), "gestern 09:14");
    assert.match(momentText(at(31, 9, 14), NOW, "en-US"), /^tomorrow 09:14\sAM$/);
    assert.equal(momentText(at(29, 9, 14), NOW, "zh-CN"), "昨天 09:14");
  });

  it("has its date if it is further away", () => {
    assert.match(momentText(at(12, 9, 14), NOW, "de"), /^12\. Juli, 09:14$/);
  });
});
