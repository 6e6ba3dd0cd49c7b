import assert from "node:assert/strict";
import {
  countdownText,
  localDeadline,
  serverTime,
} from "../../../../../nodes/spotify-session/editor/sign-in/countdown";

describe("a countdown", () => {
  it("is written like a clock, and ends at zero", () => {
    const texts = [599_000, 60_000, 59_999, 1, 0, -5000, 3_600_000, 3_725_000].map(countdownText);
    assert.deepEqual(texts, ["9:59", "1:00", "1:00", "0:01", "0:00", "0:00", "1:00:00", "1:02:05"]);
  });

  it("uses the browser's clock, even if Node-RED's clock is wrong", () => {
    assert.equal(localDeadline(1_000_600, 1_000_000, 5_000_000), 5_000_600);
    assert.equal(localDeadline(5_000_600, undefined, 5_000_000), 5_000_600);
  });

  it("reads Node-RED's clock from the answer, up to the end of its second", () => {
    assert.equal(serverTime("Mon, 23 Nov 2026 08:00:00 GMT"), Date.UTC(2026, 10, 23, 8, 0, 0, 999));
    assert.equal(serverTime(null), undefined);
    assert.equal(serverTime("soon"), undefined);
  });
});
