import assert from "node:assert/strict";
import { TapGate } from "../../src/account/tap-gate";
import { useClock } from "../async/support";

describe("The gate for taps", () => {
  const clock = useClock();
  let ending: AbortController;
  let gate: TapGate;
  let changes: number;

  beforeEach(() => {
    ending = new AbortController();
    gate = new TapGate(ending.signal);
    changes = 0;
    gate.on("change", () => changes++);
  });

  it("lets only the owner sign in, until a person opens it to everyone for ten minutes", async () => {
    assert.equal(gate.isOpen, false);
    gate.open();
    assert.equal(gate.openUntil, Date.now() + 600_000);
    await clock.current.tickAsync(599_000);
    assert.equal(gate.isOpen, true);
    await clock.current.tickAsync(1_000);
    assert.equal(gate.isOpen, false);
    assert.equal(gate.openUntil, undefined);
    assert.equal(changes, 2);
  });

  it("stays open for ten more minutes if the person opens it again", async () => {
    gate.open();
    await clock.current.tickAsync(500_000);
    gate.open();
    await clock.current.tickAsync(500_000);
    assert.equal(gate.isOpen, true);
    await clock.current.tickAsync(100_000);
    assert.equal(gate.isOpen, false);
  });

  it("closes after a tap that signed in, and when the session ends", () => {
    gate.refuse("mallory");
    gate.open();
    assert.equal(gate.refused?.username, "mallory");
    gate.passed();
    assert.equal(gate.isOpen, false);
    assert.equal(gate.refused, undefined, "what was refused before is settled");
    gate.open();
    ending.abort();
    assert.equal(gate.isOpen, false);
  });

  it("keeps the warning if the owner taps", () => {
    gate.refuse("mallory");
    gate.passed();
    assert.equal(gate.refused?.username, "mallory");
  });

  it("counts the taps that it refused until one was let in while it was open, and reports each of them", () => {
    const reported: unknown[] = [];
    gate.on("refused", ({ username, count }) => reported.push([username, count]));
    gate.refuse("mallory");
    gate.refuse("trudy");
    gate.open();
    gate.passed();
    gate.refuse("mallory");
    assert.deepEqual(reported, [
      ["mallory", 1],
      ["trudy", 2],
      ["mallory", 1],
    ]);
    assert.equal(gate.refused?.at, Date.now());
  });

  it("reports no change if it is closed already when the session ends", () => {
    ending.abort();
    assert.equal(changes, 0);
  });
});
