import assert from "node:assert/strict";
import type { ApiRequest } from "../../src";
import { failureOf } from "../support/failure";
import { useCaller } from "./support";

const REASON = new Error("The flow was deployed.");

describe("The end of a request", () => {
  const caller = useCaller();

  /** Starts a request that the Web API does not answer. */
  async function hanging(request: Partial<ApiRequest> = {}): Promise<{ running: Promise<unknown> }> {
    const { simulator, session } = caller.current;
    simulator.faults.webApiSlow = 600_000;
    const running = session.webApi.request({ path: "/me", ...request });
    running.catch(() => undefined);
    await simulator.next("webApi");
    return { running };
  }

  it("comes at once when its signal aborts, with the signal's reason", async () => {
    const controller = new AbortController();
    const { running } = await hanging({ signal: controller.signal });
    controller.abort(REASON);
    await assert.rejects(running, REASON);
  });

  it("comes between two pages too", async () => {
    const controller = new AbortController();
    const onPage = (): void => controller.abort(REASON);
    const request = { path: "/me/playlists?limit=1", all: true, onPage, signal: controller.signal };
    await assert.rejects(caller.current.request(request), REASON);
    assert.equal(caller.current.asked.length, 1);
  });

  it("is CLOSED when the session closes, and no request can start after that", async () => {
    const { session } = caller.current;
    const { running } = await hanging();
    await session.close();
    await failureOf(running, "CLOSED");
    caller.current.lookAway();
    await caller.current.failure({ path: "/me" }, "CLOSED");
    assert.deepEqual(caller.current.asked, []);
  });

  it("leaves no listener on the signals", async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...listener: Parameters<typeof add>) => {
      listeners++;
      add(...listener);
    };
    signal.removeEventListener = (...listener: Parameters<typeof remove>) => {
      listeners--;
      remove(...listener);
    };
    await caller.current.request({ path: "/me", signal });
    await caller.current.failure({ path: "/me/nothing", signal });
    assert.equal(listeners, 0);
  });
});

describe("A request whose signal has aborted", () => {
  const caller = useCaller({ isStopped: true });

  it("sends nothing, and asks for no token", async () => {
    await caller.current.dropToken();
    await assert.rejects(caller.current.request({ path: "/me", signal: AbortSignal.abort(REASON) }), REASON);
    await caller.current.stage.time.settle();
    caller.current.sentNothing("the signal has aborted");
  });
});

describe("A request whose answer does not come", () => {
  const caller = useCaller({ isStopped: true });

  it("is TIMEOUT after 15 s", async () => {
    const { simulator, stage } = caller.current;
    simulator.faults.webApiSlow = 600_000;
    const start = Date.now();
    const failure = caller.current.failure({ path: "/me" }, "TIMEOUT");
    await stage.settled(failure);
    assert.equal(Math.round((Date.now() - start) / 1_000), 15);
  });
});

describe("Many requests at once", () => {
  const caller = useCaller();

  it("are all answered, over at most 4 connections, with one token, and without a warning", async () => {
    const { simulator } = caller.current;
    await caller.current.dropToken();
    const warnings: unknown[] = [];
    const warn = (warning: Error): unknown => warnings.push(warning.message);
    process.on("warning", warn);
    const { signal } = new AbortController();
    let [underWay, most] = [0, 0];
    simulator.on("webApi", () => (most = Math.max(most, ++underWay)));
    simulator.faults.webApiSlow = 2;
    const ask = async (): Promise<number> => {
      const { status } = await caller.current.request({ path: "/me", signal });
      underWay--;
      return status;
    };
    const statuses = await Promise.all(Array.from({ length: 100 }, ask));
    process.off("warning", warn);
    assert.deepEqual(new Set(statuses), new Set([200]));
    assert.deepEqual([caller.current.asked.length, caller.current.minted], [100, 1]);
    assert.ok(most <= 4, `${most} at once`);
    assert.deepEqual(warnings, []);
  });
});
