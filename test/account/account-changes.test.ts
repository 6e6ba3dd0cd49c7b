import assert from "node:assert/strict";
import { SpotifyError } from "../../src";
import { AccountChanges, type AccountChange } from "../../src/account/account-changes";
import { Manual, useClock } from "../async/support";
import { failureOf, Outcome } from "../support/failure";

const CLOSED = new SpotifyError("CLOSED", "The session has closed.");

describe("The changes of who is signed in", () => {
  const clock = useClock();
  let closing: AbortController;
  let loading: Manual<void>;
  let remembered: { whyUnknown: SpotifyError | undefined };
  let changes: AccountChanges;

  beforeEach(() => {
    closing = new AbortController();
    loading = new Manual();
    remembered = { whyUnknown: undefined };
    const load = (): Promise<void> => loading.promise;
    const untilKnown = (signal: AbortSignal): Promise<void> => Promise.reject(signal.reason as Error);
    changes = new AccountChanges(Object.assign(remembered, { load, untilKnown }), closing.signal);
  });

  /** Lets what is ready go on. */
  const settle = (): Promise<number> => clock.current.tickAsync(0);

  it("wait until it is known who is signed in", async () => {
    const known = new Outcome(changes.known());
    const loaded = new Outcome(changes.loaded());
    await settle();
    assert.deepEqual([known.pending, loaded.pending], [true, true]);
    loading.resolve();
    await changes.known();
    assert.deepEqual([known.pending, loaded.pending], [false, false]);
  });

  it("fail if what was remembered could not be read", async () => {
    remembered.whyUnknown = new SpotifyError("UNREACHABLE", "The disk is away.");
    loading.resolve();
    await changes.loaded();
    await failureOf(changes.known(), "UNREACHABLE");
    assert.equal(changes.whyUnknown, remembered.whyUnknown);
  });

  it("can wait however long, until the caller gives up", async () => {
    await failureOf(changes.untilKnown(AbortSignal.abort(CLOSED)), "CLOSED");
  });

  it("are made one after another, also after one that failed", async () => {
    const order: string[] = [];
    const first = new Manual<void>();
    const failing = new Outcome(changes.apply(() => first.promise.finally(() => order.push("first"))));
    const second = changes.apply(() => Promise.resolve(void order.push("second")));
    await settle();
    assert.deepEqual(order, []);
    first.reject(new SpotifyError("BAD_CREDENTIALS", "Refused."));
    await second;
    assert.deepEqual(order, ["first", "second"]);
    assert.equal(failing.error?.code, "BAD_CREDENTIALS");
  });

  it("are not made once the session has closed", async () => {
    assert.equal(changes.isClosing, false);
    closing.abort(CLOSED);
    assert.equal(changes.isClosing, true);
    assert.equal(changes.closing, closing.signal);
    let isMade = false;
    await failureOf(
      changes.apply(() => Promise.resolve(void (isMade = true))),
      "CLOSED",
    );
    assert.equal(isMade, false);
  });

  for (const [what, end] of [
    ["the session closes", (): void => closing.abort(CLOSED)],
    ["the user cancels", (cancelled: AbortController): void => cancelled.abort(CLOSED)],
  ] as const)
    it(`give up their work if ${what}`, async () => {
      const cancelled = new AbortController();
      const work = changes.within(cancelled.signal, async (signal) => {
        end(cancelled);
        signal.throwIfAborted();
        return Promise.resolve();
      });
      await failureOf(work, "CLOSED");
    });

  it("are told of: whether the credential or only an app has changed", () => {
    const told: AccountChange[] = [];
    changes.on("change", (change) => told.push(change));
    changes.credentialChanged();
    changes.appsChanged();
    assert.deepEqual(told, [{ credential: true }, { credential: false }]);
  });

  describe("at the close", () => {
    it("are waited for, with the other work", async () => {
      const change = new Manual<void>();
      const others = new Manual<void>();
      const applied = new Outcome(changes.apply(() => change.promise));
      const settled = new Outcome(changes.settled(others.promise));
      others.reject(CLOSED);
      await settle();
      assert.equal(settled.pending, true);
      change.resolve();
      await settle();
      assert.deepEqual([settled.pending, applied.pending, settled.error], [false, false, undefined]);
    });

    it("wait for the other work", async () => {
      const others = new Manual<void>();
      const settled = new Outcome(changes.settled(others.promise));
      await settle();
      assert.equal(settled.pending, true);
      others.resolve();
      await settle();
      assert.equal(settled.pending, false);
    });

    it("are waited for no longer than eight seconds", async () => {
      const settled = new Outcome(changes.settled(new Manual<void>().promise));
      await clock.current.tickAsync(7_999);
      assert.equal(settled.pending, true);
      await clock.current.tickAsync(1);
      assert.deepEqual([settled.pending, settled.error], [false, undefined]);
    });
  });
});
