import assert from "node:assert/strict";
import { RetryCredit } from "../../src/async/retry-credit";

describe("RetryCredit", () => {
  const times = (count: number, worked: number): boolean[] => {
    const credit = new RetryCredit();
    return Array.from({ length: count }, () => credit.spend(worked));
  };

  it("starts again at once what worked for 10 s each time, for ever", () => {
    assert.ok(times(10_000, 10_000).every(Boolean));
  });

  it("starts again at once what worked for a moment only, twelve times", () => {
    assert.equal(times(10_000, 0).filter(Boolean).length, 12);
  });

  it("starts again at once one in five times, in the end, what works for 2 s each time", () => {
    const allowed = times(1_000, 2_000);
    assert.ok(allowed.slice(0, 14).every(Boolean));
    assert.ok(Math.abs(allowed.slice(100).filter(Boolean).length - 180) <= 1);
  });

  it("saves no more than twelve, however long it worked", () => {
    const credit = new RetryCredit();
    assert.ok(credit.spend(86_400_000));
    const allowed = Array.from({ length: 100 }, () => credit.spend(0));
    assert.equal(allowed.filter(Boolean).length, 11);
  });
});
