import assert from "node:assert/strict";
import { RetryCredit } from "../../src/async/retry-credit";

describe("RetryCredit", () => {
  const times = (count: number, worked: number): boolean[] => {
    const credit = new RetryCredit();
    return Array.from({ length: count }, () => credit.spend(worked));
  };

  it("allows a start at once, without end, after each 10 s of work", () => {
    assert.ok(times(10_000, 10_000).every(Boolean));
  });

  it("allows a start at once, twelve times, after only a moment of work", () => {
    assert.equal(times(10_000, 0).filter(Boolean).length, 12);
  });

  it("allows a start at once, one time in five in the end, after each 2 s of work", () => {
    const allowed = times(1_000, 2_000);
    assert.ok(allowed.slice(0, 14).every(Boolean));
    assert.ok(Math.abs(allowed.slice(100).filter(Boolean).length - 180) <= 1);
  });

  it("saves up at most twelve starts, even after long work", () => {
    const credit = new RetryCredit();
    assert.ok(credit.spend(86_400_000));
    const allowed = Array.from({ length: 100 }, () => credit.spend(0));
    assert.equal(allowed.filter(Boolean).length, 11);
  });
});
