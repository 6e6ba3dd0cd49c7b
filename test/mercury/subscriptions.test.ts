import assert from "node:assert/strict";
import { remoteUri } from "../../src/connect-state/remote-frames";
import { failureOf } from "../support/failure";
import { useStage } from "../support/stage";

const URI = "hm://remote/user/listener/";

describe("Mercury subscriptions", () => {
  const stage = useStage();

  /** The payloads that a listener received, as text. */
  function recorder(): { heard: string[]; listener: (event: { uri: string; payload: Buffer[] }) => void } {
    const heard: string[] = [];
    return { heard, listener: ({ uri, payload }) => heard.push(`${uri} ${payload.map(String).join("|")}`) };
  }

  for (const subscriptionAnswer of ["empty", "list"] as const) {
    it(`deliver pushes with their URI, and nothing else (answer: ${subscriptionAnswer})`, async () => {
      const { simulator, time } = stage.current;
      simulator.policy.subscriptionAnswer = subscriptionAnswer;
      const { mercury } = await stage.current.connected();
      const { heard, listener } = recorder();
      await mercury.subscribe(URI, listener);
      simulator.publish(URI, [Buffer.from("a"), Buffer.from("b")]);
      simulator.publish(`${URI}below`, [Buffer.from("c")]);
      for (const connection of simulator.connections)
        connection.sendEvent("hm://something/else", [Buffer.from("d")]);
      await time.settle();
      assert.deepEqual(heard, [`${URI} a|b`, `${URI}below c`]);
    });
  }

  for (const username of [
    "listener",
    "søren",
    "#mimble!",
    "a b",
    "a/b?c",
    "%",
    "100%",
    "%41",
    "%C3%28",
    "日本",
  ]) {
    for (const eventUris of ["as-subscribed", "decoded"] as const) {
      it(`deliver the frames of ${username}, whose name is ${eventUris} in the event`, async () => {
        const { simulator, time } = stage.current;
        simulator.policy.eventUris = eventUris;
        const { mercury } = await stage.current.connected();
        const { heard, listener } = recorder();
        await mercury.subscribe(remoteUri(username), listener);
        simulator.publish(remoteUri(username), [Buffer.from("frame")]);
        simulator.publish(remoteUri(`${username} not`), [Buffer.from("another's")]);
        await time.settle();
        assert.deepEqual(
          heard.map((text) => text.split(" ").at(-1)),
          ["frame"],
        );
      });
    }
  }

  it("survive an event whose URI has invalid escapes", async () => {
    const { simulator, time } = stage.current;
    const { mercury } = await stage.current.connected();
    const { heard, listener } = recorder();
    await mercury.subscribe(remoteUri("søren"), listener);
    for (const uri of ["hm://%", "hm://%zz/%E0%A4%A", `${remoteUri("søren")}%`]) {
      for (const connection of simulator.connections) connection.sendEvent(uri);
    }
    await time.settle();
    assert.deepEqual(heard, [`${remoteUri("søren")}% `]);
  });

  it("survive a reconnect", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    const { heard, listener } = recorder();
    await session.mercury.subscribe(URI, listener);
    simulator.dropAll();
    await time.until(
      () =>
        session.state === "ready" &&
        simulator.connections.some(({ subscriptions }) => subscriptions.size > 0),
    );
    simulator.publish(URI, [Buffer.from("again")]);
    await time.settle();
    assert.deepEqual(heard, [`${URI} again`]);
  });

  it("end when asked to: they deliver nothing more, even after a reconnect", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    const { heard, listener } = recorder();
    const unsubscribe = await session.mercury.subscribe(URI, listener);
    unsubscribe();
    unsubscribe();
    await time.settle();
    assert.equal(simulator.connections[0]!.subscriptions.size, 0);
    for (const connection of simulator.connections) connection.sendEvent(URI, [Buffer.from("late")]);
    simulator.dropAll();
    await time.until(() => session.state === "ready");
    await time.settle();
    assert.equal(simulator.connections[0]!.subscriptions.size, 0);
    assert.deepEqual(heard, []);
    assert.equal(simulator.stats.mercuryRequests.filter(({ method }) => method === "UNSUB").length, 1);
  });

  it("of two listeners end when the second one ends", async () => {
    const { simulator, time } = stage.current;
    const { mercury } = await stage.current.connected();
    const [first, second] = [recorder(), recorder()];
    const unsubscribe = await mercury.subscribe(URI, first.listener);
    await mercury.subscribe(URI, second.listener);
    unsubscribe();
    simulator.publish(URI, [Buffer.from("x")]);
    await time.settle();
    assert.deepEqual([first.heard, second.heard], [[], [`${URI} x`]]);
  });

  it("survive a listener that fails, without harm to the others or the connection", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    const { heard, listener } = recorder();
    await session.mercury.subscribe(URI, () => {
      throw new Error("a bug in a flow");
    });
    await session.mercury.subscribe(URI, listener);
    simulator.publish(URI);
    await time.settle();
    assert.deepEqual(heard, [`${URI} `]);
    assert.equal(session.state, "ready");
  });

  it("fail if Spotify refuses them, and are not kept", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    simulator.faults.mercuryStatus = { value: 403, times: 1 };
    await failureOf(
      session.mercury.subscribe(URI, () => undefined),
      "REQUEST_REFUSED",
    );
    simulator.dropAll();
    await time.until(() => session.state === "ready");
    await time.settle();
    assert.equal(simulator.connections[0]!.subscriptions.size, 0);
  });

  it("are limited in number", async () => {
    const { mercury } = stage.current.session(undefined);
    const waiting = Array.from({ length: 256 }, (_, i) => mercury.subscribe(`hm://${i}`, () => undefined));
    await failureOf(
      mercury.subscribe("hm://one-too-many", () => undefined),
      "RATE_LIMITED",
    );
    for (const subscription of waiting) subscription.catch(() => undefined);
  });
});
