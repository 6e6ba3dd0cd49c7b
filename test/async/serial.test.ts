import assert from "node:assert/strict";
import { Serial } from "../../src/async/serial";
import { Manual } from "./support";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("Serial", () => {
  it("runs one action at a time, in order", async () => {
    const serial = new Serial();
    const started: number[] = [];
    const work = [0, 1, 2].map(() => new Manual<number>());
    const results = work.map(({ promise }, index) =>
      serial.run(() => {
        started.push(index);
        return promise;
      }),
    );
    for (const [index, { resolve }] of work.entries()) {
      await turn();
      assert.deepEqual(started, [0, 1, 2].slice(0, index + 1));
      assert.equal(serial.size, 3 - index);
      resolve(index * 10);
    }
    assert.deepEqual(await Promise.all(results), [0, 10, 20]);
    assert.equal(serial.size, 0);
  });

  it("goes on after a failure, which only its own caller receives", async () => {
    const serial = new Serial();
    const failed = serial.run(() => {
      throw new Error("no");
    });
    const next = serial.run(() => "next");
    await assert.rejects(failed, /no/);
    assert.equal(await next, "next");
  });

  it("is settled when all actions that were given have ended, well or not", async () => {
    const serial = new Serial();
    await serial.settled();
    const work = new Manual<void>();
    const failed = assert.rejects(serial.run(() => work.promise));
    let isSettled = false;
    const settled = serial.settled().then(() => (isSettled = true));
    await turn();
    assert.equal(isSettled, false);
    work.reject(new Error("no"));
    await Promise.all([failed, settled]);
  });
});
