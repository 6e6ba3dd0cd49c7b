import assert from "node:assert/strict";
import { getEventListeners, once } from "node:events";
import { WEB_API_SCOPES } from "../../src/core/knowledge";
import { useStage } from "../support/stage";

/** The objects that a signal refers to: its listeners, and the signals that AbortSignal.any created from it. */
function dependentsOf(signal: AbortSignal): number {
  const name = Object.getOwnPropertySymbols(signal).find(
    ({ description }) => description === "kDependantSignals",
  );
  const made = name && (signal as unknown as Record<symbol, { size: number } | undefined>)[name];
  return getEventListeners(signal, "abort").length + (made?.size ?? 0);
}

/** All signals that get a listener from now on. */
class SignalWatch {
  readonly #seen = new Set<AbortSignal>();
  readonly #original = EventTarget.prototype.addEventListener;

  constructor() {
    const { addEventListener } = EventTarget.prototype;
    const seen = this.#seen;
    EventTarget.prototype.addEventListener = function (this: EventTarget, ...given) {
      if (this instanceof AbortSignal) seen.add(this);
      return addEventListener.apply(this, given);
    };
  }

  /** The number of objects that each signal refers to, if it may still abort. */
  count(): Map<AbortSignal, number> {
    const alive = [...this.#seen].filter(({ aborted }) => !aborted);
    return new Map(alive.map((signal) => [signal, dependentsOf(signal)]));
  }

  stop(): void {
    EventTarget.prototype.addEventListener = this.#original;
  }
}

describe("the signals of a session", () => {
  const stage = useStage();
  let watch: SignalWatch;

  beforeEach(() => (watch = new SignalWatch()));
  afterEach(() => watch.stop());

  it("keep no references to what is over: commands, readings, requests, tokens, connections", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const kitchen = account.playback.devices[0]!;
    const session = await stage.current.connected(account, { observe: true });
    const { player, tokens } = session;
    const caller = new AbortController();
    const options = { signal: caller.signal };
    let rounds = 0;
    const round = async (): Promise<void> => {
      await player.pause({ ...options, device: kitchen.name });
      await player.resume();
      await player.setVolume({ volume: 20 + (rounds % 2) * 20, over: 0.2 }, options);
      await player.setVolume(50);
      await player.devices();
      await player.refresh();
      await player.playlists(options);
      await tokens.getToken([WEB_API_SCOPES[rounds++]!]);
    };
    const reconnect = async (): Promise<void> => {
      simulator.dropAll();
      for (const connection of simulator.dealer.connectionsOf(account)) connection.drop();
      const isReady = (): boolean => session.state === "ready";
      while (isReady()) await once(session, "state");
      while (!isReady()) await once(session, "state");
      while (session.following.state !== "connected") await once(session, "following");
    };
    await round();
    await reconnect();
    await round();
    const before = watch.count();
    assert.ok(before.size > 5, `${before.size} signals are watched`);
    for (let more = 0; more < 5; more++) await round();
    await reconnect();
    await round();
    const after = watch.count();
    const grown = [...before].filter(([signal, count]) => (after.get(signal) ?? 0) > count);
    assert.deepEqual(
      grown.map(([signal, count]) => `${count} became ${after.get(signal)}`),
      [],
    );
    assert.equal(dependentsOf(caller.signal), 0);
  }).timeout(30_000);
});
