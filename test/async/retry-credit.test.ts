import assert from "node:assert/strict";
import { RetryCredit } from "../../src/async/retry-credit";

describe("RetryCredit", () => {
  const times = (count: number, worked: number): boolean[] => {
    const credit = new RetryCredit();
    return Array.from({ length: count }, () => credit.spend(worked));
  };

  it("starts again at once, for ever, what works for 10 s each time", () => {
    assert.ok(times(10_000, 10_000).every(Boolean));
  });

  it("starts again at once, twelve times, what works only for a moment", () => {
    assert.equal(times(10_000, 0).filter(Boolean).length, 12);
  });

  it("starts again at once, in the end, one time in five, what works for 2 s each time", () => {
    const allowed = times(1_000, 2_000);
    assert.ok(allowed.slice(0, 14).every(Boolean));
    assert.ok(Math.abs(allowed.slice(100).filter(Boolean).length - 180) <= 1);
  });

  it("saves up at most twelve starts, even if it worked for long", () => {
    const credit = new RetryCredit();
    assert.ok(credit.spend(86_400_000));
    const allowed = Array.from({ length: 100 }, () => credit.spend(0));
    assert.equal(allowed.filter(Boolean).length, 11);
  });
});
