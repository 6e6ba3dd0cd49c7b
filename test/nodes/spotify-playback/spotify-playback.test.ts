import assert from "node:assert/strict";
import type { NodeMessageInFlow, NodeStatus } from "node-red";
import type { ListedDevice, PlaybackState } from "../../../src";
import { Simulator, type Account, type SimulatedDevice } from "../../simulator";
import { CATALOGUE } from "../../simulator/world/catalogue";
import { Flow, type CaughtMessage, type Definition } from "../support/flow";
import { recorded, recordedUntil } from "../support/recorder";

type Received = NodeMessageInFlow & { playback: PlaybackState; reason?: string };

const LIST = CATALOGUE.dinner.uri;

describe("spotify-playback", () => {
  let simulator: Simulator;
  let account: Account;
  let playback: Account["playback"];
  let kitchen: SimulatedDevice;
  let study: SimulatedDevice;
  let flow: Flow;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount({ username: "mira" });
    ({ playback } = account);
    [kitchen, study] = playback.devices as [SimulatedDevice, SimulatedDevice];
    flow = new Flow();
  });

  afterEach(async () => {
    await flow.dispose();
    await simulator.close();
  });

  /** Deploys nodes n0, n1, …, and a recorder r0, r1, … after each. */
  const deploy = async (nodes: Record<string, unknown>[], { isSignedIn = true } = {}): Promise<void> => {
    const place = { z: "tab", x: 0, y: 0 };
    flow.more = nodes.flatMap((one, i): Definition[] => [
      { id: `n${i}`, type: "spotify-playback", ...place, session: "session", wires: [[`r${i}`]], ...one },
      { id: `r${i}`, type: "recorder", ...place },
    ]);
    await flow.deploy(simulator, isSignedIn ? account : undefined, []);
  };
  const receive = (message: Record<string, unknown>, index = 0): void => {
    (flow.node(`n${index}`) as unknown as { receive(msg: unknown): void }).receive(message);
  };
  /** The output for a message. */
  const send = async (message: Record<string, unknown> = {}, index = 0): Promise<Received> => {
    const count = recorded(`r${index}`).length + 1;
    receive(message, index);
    return (await recordedUntil(`r${index}`, ({ length }) => length >= count)).at(-1) as Received;
  };
  /** The message at the Catch node for an input message. */
  const fail = async (message: Record<string, unknown> = {}): Promise<CaughtMessage & Received> => {
    const next = flow.next("caught");
    receive(message);
    return (await next) as CaughtMessage & Received;
  };
  const status = (wanted: RegExp): Promise<unknown> =>
    flow.status("n0", ({ text }) => wanted.test(text ?? ""));

  it("plays in the kitchen at 20 % for a message, and sends the message on when that has happened", async () => {
    playback.pause();
    await deploy([
      {
        action: "play",
        device: "kitchen",
        value: JSON.stringify({ uri: LIST, volume: 20 }),
        valueType: "json",
      },
    ]);
    const shown = status(/^▶ Kitchen 20 %$/);
    const message = await send({ payload: "as it was", topic: "alarm", _msgid: "m" });
    assert.deepEqual(
      [message.payload, message.topic, message["_msgid" as keyof typeof message]],
      ["as it was", "alarm", "m"],
    );
    assert.deepEqual([message.playback.context?.uri, message.playback.device?.name], [LIST, "Kitchen"]);
    assert.deepEqual([playback.state.context?.uri, playback.active, kitchen.volume], [LIST, kitchen, 20]);
    await shown;
  });

  it("accepts for play what an inject node sends: a timestamp means resume", async () => {
    playback.pause();
    await deploy([{ action: "play" }]);
    await send({ payload: Date.now() });
    assert.equal(playback.state.status, "playing");
  });

  it("does what the message says in msg.action or msg.topic, on the device of the message", async () => {
    await deploy([{ action: "", device: "Kitchen" }]);
    await send({ action: "volume", payload: "+10", device: "Study" });
    assert.deepEqual([study.volume, kitchen.volume], [75, 40]);
    await send({ topic: "Pause" });
    assert.equal(playback.state.status, "paused");
    const { error } = await fail({ topic: "sing" });
    assert.equal(error.code, "INVALID_ARGUMENT");
    assert.match(error.message, /msg\.topic must be one of these: play, pause/);
  });

  it("reads its value and its device from where their types say", async () => {
    await deploy([
      { action: "volume", value: "level", valueType: "flow", device: "ROOM", deviceType: "env" },
      { action: "queue", value: "payload.item", valueType: "msg" },
      { action: "seek", value: "payload * 1000", valueType: "jsonata" },
    ]);
    flow.node("n0").context().flow.set("level", 33);
    process.env["ROOM"] = "Study";
    try {
      await send();
    } finally {
      delete process.env["ROOM"];
    }
    assert.equal(study.volume, 33);
    const { uri } = CATALOGUE.tracks[4]!;
    await send({ payload: { item: uri } }, 1);
    assert.equal(playback.state.queue[0]?.uri, uri);
    await send({ payload: 60 }, 2);
    assert.ok(Math.abs(playback.state.position - 60_000) < 3_000);
  });

  it("puts the result into another property if it is named, and nowhere if none is", async () => {
    await deploy([
      { action: "snapshot", output: "kept.before" },
      { action: "devices", output: "" },
    ]);
    const kept = (await send({ payload: "mine", kept: {} })) as Received & { kept: { before: object } };
    assert.deepEqual([kept.payload, typeof kept.kept.before], ["mine", "object"]);
    assert.equal((await send({ payload: "mine" }, 1)).payload, "mine");
  });

  it("says what is wrong with the property for the result", async () => {
    await deploy([{ action: "devices", output: "a..b" }]);
    const { error } = await fail();
    assert.equal(error.code, "INVALID_ARGUMENT");
    assert.match(error.message, /cannot be put into "a\.\.b"/);
  });

  it("puts a list of devices, and a snapshot, into the payload", async () => {
    await deploy([{ action: "devices" }, { action: "snapshot" }, { action: "restore" }]);
    const { payload } = (await send()) as unknown as { payload: ListedDevice[] };
    // A speaker in the network of this machine may answer as well.
    const listed = payload.filter(({ isAsleep }) => !isAsleep);
    assert.deepEqual(
      listed.map(({ name, isActive }) => [name, isActive]),
      [
        ["Kitchen", true],
        ["Study", false],
      ],
    );
    const kept = await send({}, 1);
    playback.play({ item: CATALOGUE.tracks[9]!, device: study });
    await flow.sessionNode.session!.player.refresh();
    await send({ payload: kept.payload }, 2);
    assert.deepEqual(
      [playback.active, playback.state.context?.uri],
      [kitchen, CATALOGUE.defaultPlaylist.uri],
    );
  });

  it("sends messages on in the order of their arrival", async () => {
    await deploy([{ action: "" }]);
    for (const [order, action] of ["next", "pause", "play", "next", "pause"].entries())
      receive({ action, order });
    const all = await recordedUntil("r0", ({ length }) => length === 5);
    assert.deepEqual(
      all.map((message) => (message as unknown as { order: number }).order),
      [0, 1, 2, 3, 4],
    );
    assert.equal(playback.state.item?.uri, CATALOGUE.defaultPlaylist.items[2]!.uri);
    assert.equal(playback.state.status, "paused");
  });

  it("reports a failure to a Catch node, with the code and Spotify's own reason, and sends nothing", async () => {
    await deploy([{ action: "next" }]);
    kitchen.conduct.declines = { code: "10", description: "", reasons: ["no_next_track"] };
    const shown = status(/errors\.RESTRICTED$/);
    const caught = await fail({ reason: "of an earlier failure", retryAfter: 9 });
    assert.deepEqual([caught.error.code, caught.reason], ["RESTRICTED", "no_next_track"]);
    assert.equal("retryAfter" in caught, false);
    assert.deepEqual(recorded("r0"), []);
    await shown;
  });

  it("names the device that it does not find, in its status and in the error", async () => {
    await deploy([{ action: "play", device: "Bathroom", wake: false }]);
    const shown = status(/status\.notFound$/);
    const { error } = await fail({ payload: LIST });
    assert.equal(error.code, "DEVICE_NOT_FOUND");
    assert.match(error.message, /Kitchen, Study/);
    await shown;
  });

  it("says what it does while it waits for a sleeping device", async () => {
    const phone = playback.addDevice({ name: "Phone", isOnline: false, conduct: { wakesAfter: 400 } });
    await deploy([{ action: "play", device: "Phone" }]);
    const shown = status(/step\.(waking|looking-on-lan)$/);
    await send({ payload: LIST });
    await shown;
    assert.equal(playback.active, phone);
  });

  it("does not wake a sleeping device if this is switched off", async () => {
    playback.addDevice({ name: "Phone", isOnline: false, conduct: { wakesAfter: 0 } });
    await deploy([{ action: "play", device: "Phone", wake: false }]);
    assert.equal((await fail({ payload: LIST })).error.code, "DEVICE_NOT_FOUND");
  });

  it("reports a wrong value, but does not quote it", async () => {
    await deploy([{ action: "volume" }]);
    await send({ payload: 30 });
    await status(/^▶ Kitchen 30 %$/);
    const { error } = await fail({ payload: "my secret words" });
    assert.equal(error.code, "INVALID_ARGUMENT");
    assert.match(error.message, /0 to 100/);
    assert.doesNotMatch(error.message, /secret/);
    await status(/errors\.INVALID_ARGUMENT$/);
  });

  for (const [property, value] of [
    ["action", "sing"],
    ["timeout", 0],
    ["route", "by air"],
    ["valueType", "magic"],
    ["wake", "perhaps"],
  ] as const) {
    it(`is red if its property “${property}” is invalid`, async () => {
      await deploy([{ action: "pause", [property]: value }]);
      await status(/errors\.INVALID_ARGUMENT$/);
      const { error } = await fail();
      assert.equal(error.code, "INVALID_ARGUMENT");
      assert.match(error.message, new RegExp(`The property "${property}" `));
    });
  }

  it("is grey while the account is not signed in, and says so for a message", async () => {
    await deploy([{ action: "pause" }], { isSignedIn: false });
    await status(/errors\.NOT_SIGNED_IN$/);
    assert.equal((await fail()).error.code, "NOT_SIGNED_IN");
  });

  describe("after a failure, its status", () => {
    const decline = async (): Promise<void> => {
      await deploy([{ action: "pause" }]);
      kitchen.conduct.declines = { code: "10", description: "", reasons: ["not_now"] };
      assert.equal((await fail()).error.code, "RESTRICTED");
      await status(/errors\.RESTRICTED$/);
    };

    it("shows the next success", async () => {
      await decline();
      delete kitchen.conduct.declines;
      await send();
      await status(/^⏸ Kitchen 40 %$/);
    });

    it("goes on showing what Spotify refused when a lost connection is back", async () => {
      await decline();
      await simulator.stopAccessPoints();
      await status(/status\.connecting$/);
      await simulator.startAccessPoints();
      await status(/errors\.RESTRICTED$/);
    });

    it("is empty once the account has signed in, if that was missing", async () => {
      await deploy([{ action: "pause" }], { isSignedIn: false });
      assert.equal((await fail()).error.code, "NOT_SIGNED_IN");
      await status(/errors\.NOT_SIGNED_IN$/);
      await flow.sessionNode.session!.signIns.import(account.credentialsJson);
      await flow.status("n0", (shown) => Object.keys(shown).length === 0);
    });
  });

  it("gives a copy of the state, so that a flow may change it", async () => {
    await deploy([{ action: "pause" }]);
    const message = await send();
    message.playback.title = "changed";
    message.playback.device!.name = "changed";
    assert.equal(flow.sessionNode.session!.player.state?.title, "Loopback Lullaby");
    await status(/^⏸ Kitchen 40 %$/);
  });

  it("cancels running commands when it is deployed again", async () => {
    await deploy([{ action: "pause" }]);
    await send();
    kitchen.conduct.isDeaf = true;
    playback.resume();
    await flow.sessionNode.session!.player.refresh();
    const caught = fail();
    const closed = flow.node("n0");
    await flow.redeploy("nodes", (node) => (node.id === "n0" ? { ...node, name: "another" } : node));
    assert.equal((await caught).error.code, "CLOSED");
    const shown = flow.calls(closed, "status") as NodeStatus[];
    assert.ok(!shown.some(({ text }) => text?.endsWith("noAccount")), "a closed node shows a status");
    assert.equal(recorded("failed").length, 1);
    kitchen.conduct.isDeaf = false;
    await send();
    assert.equal(playback.state.status, "paused");
  });
});
