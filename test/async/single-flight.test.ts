import assert from "node:assert/strict";
import { SpotifyError } from "../../src";
import { raceAbort } from "../../src/async/race-abort";
import { SingleFlight } from "../../src/async/single-flight";
import { failureOf } from "../support/failure";
import { Manual } from "./support";

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Work that a test settles, which stops when its signal aborts. */
class Work {
  readonly manual = new Manual<string>();
  signal: AbortSignal | undefined;
  starts = 0;

  readonly run = (signal: AbortSignal): Promise<string> => {
    this.starts++;
    this.signal = signal;
    return raceAbort(signal, this.manual.promise);
  };
}

describe("SingleFlight", () => {
  let work: Work;

  beforeEach(() => {
    work = new Work();
  });

  it("starts work once for all callers with the same key, and again when it has ended", async () => {
    const flights = new SingleFlight<string, string>();
    const results = [1, 2, 3].map(() => flights.join("a", never, work.run));
    work.manual.resolve("token");
    assert.deepEqual(await Promise.all(results), ["token", "token", "token"]);
    assert.equal(work.starts, 1);
    assert.equal(await flights.join("a", never, work.run), "token");
    assert.equal(work.starts, 2);
  });

  it("passes its failure to all, and starts again after it", async () => {
    const flights = new SingleFlight<string, string>();
    const results = [1, 2].map(() => flights.join("a", never, work.run));
    work.manual.reject(new SpotifyError("UNREACHABLE", "No network."));
    for (const result of results) await failureOf(result, "UNREACHABLE");
    assert.equal(await flights.join("a", never, () => Promise.resolve("new")), "new");
  });

  it("keeps different keys apart", async () => {
    const flights = new SingleFlight<string, string>();
    const other = flights.join("b", never, () => Promise.resolve("other"));
    const one = flights.join("a", never, work.run);
    assert.equal(await other, "other");
    work.manual.resolve("one");
    assert.equal(await one, "one");
  });

  it("joins work that serves a larger request, and says which one", async () => {
    const flights = new SingleFlight<number, string>({ serves: (underWay, wanted) => underWay >= wanted });
    assert.equal(flights.underWay(3), undefined);
    const more = flights.join(5, never, work.run);
    assert.equal(flights.underWay(3), 5);
    assert.equal(flights.underWay(6), undefined);
    const less = flights.join(3, never, work.run);
    work.manual.resolve("five");
    assert.deepEqual(await Promise.all([more, less]), ["five", "five"]);
    assert.equal(work.starts, 1);
  });

  it("lets one waiter leave; aborts the work when the last one has left, and joins it no more", async () => {
    const flights = new SingleFlight<string, string>();
    const [first, second] = [new AbortController(), new AbortController()];
    const one = flights.join("a", first.signal, work.run);
    const two = flights.join("a", second.signal, work.run);
    first.abort(new Error("first left"));
    await assert.rejects(one, /first left/);
    assert.equal(work.signal?.aborted, false);
    second.abort(new Error("second left"));
    await assert.rejects(two, /second left/);
    assert.equal(work.signal?.aborted, true);
    assert.equal(flights.underWay("a"), undefined);
    await turn();
    assert.equal(work.starts, 1);
  });

  it("goes on without its waiters if told so, and is joined by later ones: work that must not run twice", async () => {
    const flights = new SingleFlight<string, string>({ whenLeft: "goOn" });
    const first = new AbortController();
    const one = flights.join("a", first.signal, work.run);
    first.abort(new Error("left"));
    await assert.rejects(one, /left/);
    assert.equal(work.signal?.aborted, false);
    const later = flights.join("a", never, work.run);
    work.manual.resolve("token");
    assert.equal(await later, "token");
    assert.equal(work.starts, 1);
  });

  it("handles the failure of work that all callers have left", async () => {
    const flights = new SingleFlight<string, string>({ whenLeft: "goOn" });
    const first = new AbortController();
    const one = flights.join("a", first.signal, work.run);
    first.abort(new Error("left"));
    await assert.rejects(one, /left/);
    // An unhandled rejection would fail this run.
    work.manual.reject(new Error("late"));
    await turn();
  });

  it("does not start work for a caller that has left already", async () => {
    const flights = new SingleFlight<string, string>();
    await assert.rejects(flights.join("a", AbortSignal.abort(new Error("left")), work.run), /left/);
    assert.equal(work.starts, 0);
  });

  it("aborts all work when it closes, starts no more, and is settled when the last work has ended", async () => {
    const flights = new SingleFlight<string, string>({ whenLeft: "goOn" });
    const end = new Manual<void>();
    const slow = async (signal: AbortSignal): Promise<string> => {
      await end.promise;
      throw signal.reason;
    };
    const failures = [
      failureOf(flights.join("a", never, work.run), "CLOSED"),
      failureOf(flights.join("b", never, slow), "CLOSED"),
    ];
    flights.close();
    await failureOf(flights.join("c", never, work.run), "CLOSED");
    let isSettled = false;
    const settled = flights.settled().then(() => (isSettled = true));
    await turn();
    assert.equal(isSettled, false);
    end.resolve();
    await Promise.all([...failures, settled]);
    assert.equal(work.starts, 1);
  });
});
