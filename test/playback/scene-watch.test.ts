import assert from "node:assert/strict";
import type { Scene, SceneSource } from "../../src/playback/scene";
import { SceneWatch } from "../../src/playback/scene-watch";
import { polled, pushed } from "./support/scenes";

const NEVER = new AbortController().signal;

describe("The scenes that come while an order is carried out", () => {
  let listener: ((scene: Scene) => void) | undefined;
  let source: SceneSource;

  beforeEach(() => {
    listener = undefined;
    source = {
      now: () => assert.fail("not asked"),
      ask: () => assert.fail("not asked"),
      watch: (heard) => {
        listener = heard;
        return () => (listener = undefined);
      },
    };
  });

  const at = (serverTime: number, ackId?: string): Scene => pushed({}, { serverTime, ackId });

  it("are heard until the watch stops", () => {
    const watch = new SceneWatch(source);
    const scene = at(5);
    assert.equal(watch.newest, undefined);
    listener?.(scene);
    assert.equal(watch.newest, scene);
    watch.stop();
    assert.equal(listener, undefined);
  });

  it("count only if they are not older than the newest one", () => {
    const watch = new SceneWatch(source, at(5));
    watch.take(at(4));
    assert.equal(watch.newest, undefined);
    const [same, newer, unknown] = [at(5), at(7), polled()];
    watch.take(same);
    assert.equal(watch.newest, same);
    watch.take(newer);
    watch.take(at(6));
    assert.equal(watch.newest, newer);
    watch.take(unknown);
    assert.equal(watch.newest, unknown);
    watch.take(at(6));
    assert.equal(watch.newest, unknown);
  });

  it("end the wait with the first one that satisfies", async () => {
    const watch = new SceneWatch(source);
    const scenes = [at(1), at(2), at(3)];
    const done = watch.until((scene) => scene.serverTime === 2, undefined, NEVER);
    for (const scene of scenes) watch.take(scene);
    assert.equal(await done, scenes[1]);
  });

  it("end the wait at once if the newest one satisfies already", async () => {
    const watch = new SceneWatch(source);
    const scene = at(1);
    watch.take(scene);
    assert.equal(await watch.until(() => true, undefined, NEVER), scene);
  });

  it("tell that the command is done, also after a newer scene", async () => {
    const watch = new SceneWatch(source);
    watch.take(at(1, "the ack"));
    watch.take(at(2));
    const { serverTime } = await watch.until((_scene, isAcked) => isAcked, "the ack", NEVER);
    assert.equal(serverTime, 2);
  });

  for (const [what, ackId] of [
    ["another command is done", "another"],
    ["the command has no ID", undefined],
  ] as const) {
    it(`do not tell that the command is done if ${what}`, async () => {
      const watch = new SceneWatch(source);
      watch.take(at(1, "the ack"));
      const seen: boolean[] = [];
      await watch.until((_scene, isAcked) => seen.push(isAcked) > 0, ackId, NEVER);
      assert.deepEqual(seen, [false]);
    });
  }

  it("end the wait with the reason of its caller", async () => {
    const watch = new SceneWatch(source);
    const caller = new AbortController();
    const reason = new Error("The command is over.");
    const done = watch.until(() => true, undefined, caller.signal);
    caller.abort(reason);
    await assert.rejects(done, reason);
    watch.take(at(1));
    await assert.rejects(
      watch.until(() => true, undefined, caller.signal),
      reason,
    );
  });
});
