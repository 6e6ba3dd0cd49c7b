import assert from "node:assert/strict";
import { race, RaceError } from "../../src/access-point/race";
import { Outcome } from "../support/failure";
import { useStage } from "../support/stage";
import { deadAddress, resolverNaming, serve } from "../support/wiretap";

describe("many access points", () => {
  const stage = useStage();

  it("cost a fraction of a second if the first one never answers", async () => {
    const { simulator, time } = stage.current;
    // Like a host behind a firewall that drops packets: the connection opens, and nothing ever comes.
    const mute = await serve(() => undefined);
    stage.current.after(mute.close);
    const resolver = await resolverNaming(() => [mute.address, ...simulator.accessPoints]);
    stage.current.after(resolver.close);
    const session = stage.current.session(stage.current.account(), {
      endpoints: { apResolve: resolver.url },
    });
    const connecting = new Outcome(session.connect());
    await time.advance(500);
    assert.equal(connecting.pending, false);
    assert.equal(session.state, "ready");
  });

  it("cost no time if the first ones refuse the connection", async () => {
    const { simulator, time } = stage.current;
    const dead = await Promise.all([deadAddress(), deadAddress(), deadAddress()]);
    const resolver = await resolverNaming(() => [...dead, ...simulator.accessPoints]);
    stage.current.after(resolver.close);
    const session = stage.current.session(stage.current.account(), {
      endpoints: { apResolve: resolver.url },
    });
    const connecting = new Outcome(session.connect());
    await time.advance(10);
    assert.equal(connecting.pending, false);
    assert.equal(session.state, "ready");
  });

  it("get one connection, not three, if all of them work", async () => {
    const { simulator, time } = stage.current;
    const session = stage.current.session(stage.current.account());
    await session.connect();
    await time.advance(5_000);
    assert.equal(simulator.stats.connections, 1);
  });

  it("are tried a few at a time, and the unused connections are closed", async () => {
    const { time } = stage.current;
    const running = new Set<number>();
    let most = 0;
    const disposed: number[] = [];
    const answers = new Map<number, (result: number) => void>();
    const outcome = new Outcome(
      race(
        [0, 1, 2, 3, 4],
        (candidate, signal) =>
          new Promise<number>((resolve, reject) => {
            running.add(candidate);
            most = Math.max(most, running.size);
            answers.set(candidate, resolve);
            signal.addEventListener("abort", () => {
              running.delete(candidate);
              // This one does not notice in time that it is no longer wanted.
              if (candidate !== 2) reject(signal.reason as Error);
            });
          }),
        (result) => disposed.push(result),
        { stagger: 400, atOnce: 3, signal: new AbortController().signal },
      ),
    );
    await time.advance(10_000);
    assert.equal(most, 3);
    assert.deepEqual([...running], [0, 1, 2]);
    answers.get(1)!(1);
    await time.settle();
    assert.equal(outcome.result, 1);
    assert.equal(running.size, 0);
    answers.get(2)!(2);
    await time.settle();
    assert.deepEqual(disposed, [2]);
  });

  it("reject with every failure, in order, if all fail; with none if there are no candidates", async () => {
    const options = { stagger: 400, atOnce: 3, signal: new AbortController().signal };
    const failing = race(
      ["a", "b", "c", "d"],
      (name) => Promise.reject(new Error(name)),
      () => undefined,
      options,
    );
    await assert.rejects(failing, (error: RaceError) => {
      assert.deepEqual(error.errors.map(String), ["Error: a", "Error: b", "Error: c", "Error: d"]);
      return true;
    });
    await assert.rejects(
      race(
        [],
        () => Promise.resolve(1),
        () => undefined,
        options,
      ),
      RaceError,
    );
  });

  it("are given up at once when the caller aborts", async () => {
    const controller = new AbortController();
    const never = (_: number, signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    const options = { stagger: 400, atOnce: 3, signal: controller.signal };
    const given = race([1, 2], never, () => undefined, options);
    controller.abort(new Error("closing"));
    await assert.rejects(given, /closing/);
    await assert.rejects(
      race([1], never, () => undefined, options),
      /closing/,
    );
  });
});
