import assert from "node:assert/strict";
import { timeText } from "../../../../nodes/shared/editor/time-text";

describe("a time as text", () => {
  it("has no date if it is today", () => {
    const noon = new Date(2026, 2, 4, 12, 5).getTime();
    assert.equal(timeText(noon, noon + 1000, "de"), "12:05");
    assert.match(timeText(noon, noon + 86_400_000, "de"), /4\. März.*12:05/);
  });
});
