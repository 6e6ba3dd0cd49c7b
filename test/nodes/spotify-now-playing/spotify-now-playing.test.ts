import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import type { NodeMessageInFlow } from "node-red";
import type { NowPlayingMessage } from "../../../nodes/spotify-now-playing/messages";
import type { PlaybackState, Session } from "../../../src";
import { Simulator, type Account } from "../../simulator";
import { signInWithApp } from "../../support/own-app";
import { Flow, type CaughtMessage } from "../support/flow";
import { recorded, recordedUntil } from "../support/recorder";
import { nowPlayingNodes } from "./now-playing-nodes";

type Received = NowPlayingMessage & NodeMessageInFlow;

describe("spotify-now-playing", () => {
  let simulator: Simulator;
  let account: Account;
  let flow: Flow;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount({ username: "mira" });
    // Creates its devices, which play from now on.
    account.playback.resume();
    flow = new Flow();
  });

  afterEach(async () => {
    await flow.dispose();
    await simulator.close();
  });

  /** Deploys nodes n0, n1, …, and a recorder r0, r1, … after each. */
  const deploy = async (
    nodes: Record<string, unknown>[] = [{}],
    { isSignedIn = true } = {},
  ): Promise<void> => {
    flow.more = nowPlayingNodes(nodes);
    await flow.deploy(simulator, isSignedIn ? account : undefined, []);
  };
  const session = (): Session => flow.sessionNode.session!;
  const received = (index = 0): Received[] => recorded(`r${index}`) as Received[];
  const messages = async (count: number, index = 0): Promise<Received[]> =>
    (await recordedUntil(`r${index}`, ({ length }) => length >= count)) as Received[];
  /** The first message that is sent after `action` starts. */
  const after = async (action: () => unknown, index = 0): Promise<Received> => {
    const before = received(index).length;
    await action();
    return (await messages(before + 1, index))[before]!;
  };
  const send = (message: Record<string, unknown>, index = 0): void => {
    (flow.node(`n${index}`) as unknown as { receive(msg: unknown): void }).receive(message);
  };
  const caught = async (action: () => unknown): Promise<CaughtMessage> => {
    const next = flow.next("caught");
    await action();
    return (await next) as CaughtMessage;
  };
  const known = async (): Promise<PlaybackState> => {
    await flow.sessionState("ready");
    return session().player.refresh();
  };
  const status = (text: string): Promise<unknown> => flow.status("n0", (shown) => shown.text === text);

  describe("after a deploy", () => {
    it("sends the playback state, once", async () => {
      await deploy();
      const [first] = await messages(1);
      assert.equal(first!.topic, "state");
      assert.deepEqual([first!.changed, first!.previous], [[], null]);
      const { payload } = first!;
      assert.deepEqual(
        [payload.status, payload.title, payload.artist, payload.device?.name, payload.account],
        ["playing", "Loopback Lullaby", "The Ephemeral Ports", "Kitchen", "mira"],
      );
      await after(() => account.playback.next());
      assert.deepEqual(
        received().map(({ topic }) => topic),
        ["state", "track"],
      );
    });

    it("sends it at once if only the node was deployed again", async () => {
      await deploy();
      await messages(1);
      const { logins } = simulator.stats;
      const before = logins.length;
      await flow.redeploy("nodes", (node) => (node.id === "n0" ? { ...node, name: "another" } : node));
      const [, again] = await messages(2);
      assert.deepEqual([again!.topic, again!.payload.title], ["state", "Loopback Lullaby"]);
      assert.equal(simulator.stats.logins.length, before);
    });

    it("sends it again if only the account was deployed again, and goes on", async () => {
      flow.env = [{ name: "ACCOUNT", type: "str", value: "session" }];
      // Node-RED does not start such a node again together with its account.
      await deploy([{ session: "${ACCOUNT}" }]);
      await messages(1);
      await flow.redeploy("nodes", (node) => (node.id === "session" ? { ...node, name: "another" } : node));
      const [, again] = await messages(2);
      assert.deepEqual([again!.topic, again!.payload.title], ["state", "Loopback Lullaby"]);
      assert.equal((await after(() => account.playback.next())).topic, "track");
    });

    it("does not send it again when a lost connection is back", async () => {
      await deploy();
      await messages(1);
      await simulator.stopAccessPoints();
      await flow.sessionState("reconnecting");
      await simulator.startAccessPoints();
      await flow.sessionState("ready");
      await after(() => account.playback.next());
      assert.deepEqual(
        received().map(({ topic }) => topic),
        ["state", "track"],
      );
    });

    it("puts the state into the configured property, in its own messages and in incoming ones", async () => {
      await deploy([{ output: "spotify.now" }, { output: "" }]);
      const [first] = (await messages(1)) as unknown as {
        payload?: unknown;
        spotify: { now: PlaybackState };
      }[];
      assert.deepEqual([first!.payload, first!.spotify.now.title], [undefined, "Loopback Lullaby"]);
      send({ payload: "mine" });
      const [, second] = (await messages(2)) as unknown as {
        payload: unknown;
        spotify: { now: PlaybackState };
      }[];
      assert.deepEqual([second!.payload, second!.spotify.now.title], ["mine", "Loopback Lullaby"]);
      const [bare] = await messages(1, 1);
      assert.deepEqual([bare!.topic, "payload" in bare!], ["state", false]);
    });

    it("sends nothing if this is switched off", async () => {
      await deploy([{ atStart: false }, {}]);
      await messages(1, 1);
      assert.deepEqual(received(0), []);
      assert.equal((await after(() => account.playback.pause())).topic, "playback");
    });

    it("sends the playback of another account after another person has signed in", async () => {
      const other = simulator.addAccount({ username: "jon" });
      other.playback.play({ item: 3 });
      await deploy([{}], { isSignedIn: false });
      const first = await after(() => session().signIns.import(account.credentialsJson));
      assert.equal(first.payload.account, "mira");
      await session().signIns.signOutOfAll();
      assert.equal(session().player.state, undefined);
      const second = await after(() => session().signIns.import(other.credentialsJson));
      assert.deepEqual([second.topic, second.previous], ["state", null]);
      assert.deepEqual([second.payload.account, second.payload.title], ["jon", "Minimal Big-Endian"]);
    });
  });

  describe("a change", () => {
    it("sends a message: another track", async () => {
      await deploy();
      const [first] = await messages(1);
      const message = await after(() => account.playback.next());
      assert.equal(message.topic, "track");
      assert.equal(message.changed[0], "track");
      assert.equal(message.payload.title, "Three-Way Handshake");
      assert.deepEqual(message.previous, {
        uri: first!.payload.uri,
        status: "playing",
        device: "Kitchen",
      });
    });

    it("sends a message: a pause, and its end", async () => {
      await deploy();
      await messages(1);
      const pause = await after(() => account.playback.pause());
      assert.deepEqual(
        [pause.topic, pause.payload.status, pause.payload.playing],
        ["playback", "paused", false],
      );
      const resumed = await after(() => account.playback.resume());
      assert.deepEqual([resumed.topic, resumed.payload.status], ["playback", "playing"]);
      assert.equal(resumed.previous?.status, "paused");
    });

    it("sends a message: another device", async () => {
      await deploy();
      await messages(1);
      const study = account.playback.devices[1]!;
      const message = await after(() => account.playback.transfer(study));
      assert.deepEqual(
        [message.topic, message.payload.device?.name, message.previous?.device],
        ["device", "Study", "Kitchen"],
      );
    });

    it("sends a message: the first song after nothing has played", async () => {
      account.playback.stop();
      await deploy();
      const [first] = await messages(1);
      const message = await after(() => account.playback.resume());
      assert.deepEqual(message.previous, { uri: first!.payload.uri, status: "idle", device: null });
    });

    it("that was not chosen sends no message", async () => {
      await deploy([
        { events: ["volume"], atStart: false },
        { events: ["track"], atStart: false },
      ]);
      await known();
      const [volume] = await Promise.all([
        after(() => account.playback.setVolume(12), 0),
        after(() => account.playback.next(), 1),
      ]);
      assert.deepEqual([volume.topic, volume.payload.volume], ["volume", 12]);
      assert.deepEqual(
        [0, 1].map((index) => received(index).map(({ topic }) => topic)),
        [["volume"], ["track"]],
      );
    });

    it("has as its topic the most important chosen change, and lists all changes in `changed`", async () => {
      await deploy([{ events: ["device", "volume"], atStart: false }]);
      await known();
      const study = account.playback.devices[1]!;
      const message = await after(() => account.playback.play({ device: study, item: 2 }));
      assert.equal(message.topic, "device");
      assert.equal(message.changed[0], "track");
      assert.ok(message.changed.includes("volume"));
    });

    it("gives each node a separate copy", async () => {
      await deploy([{}, {}]);
      await Promise.all([messages(1, 0), messages(1, 1)]);
      const [one, other] = await Promise.all([
        after(() => account.playback.next(), 0),
        after(() => undefined, 1),
      ]);
      assert.deepEqual(one.payload, other.payload);
      one.payload.images.length = 0;
      one.payload.title = "changed by a flow";
      assert.equal(other.payload.title, "Three-Way Handshake");
      assert.equal(session().player.state?.title, "Three-Way Handshake");
      assert.deepEqual(session().player.state?.images, other.payload.images);
    });

    it("sends no request to the Web API", async () => {
      await deploy();
      await messages(1);
      await after(() => account.playback.next());
      assert.deepEqual(
        simulator.stats.webApiRequests.filter(({ path }) => path.startsWith("/v1/me/player")),
        [],
      );
    });
  });

  describe("a message to the node", () => {
    it("is sent on with the state, and keeps its other properties", async () => {
      await deploy([{ events: [], atStart: false }]);
      await known();
      const answer = await after(() => send({ payload: 7, res: "a page waits", topic: "mine" }));
      assert.equal((answer as unknown as { res: string }).res, "a page waits");
      assert.deepEqual(
        [answer.topic, answer.payload.title, answer.changed, answer.previous],
        ["state", "Loopback Lullaby", [], null],
      );
    });

    it("is answered from the known state", async () => {
      await deploy([{ atStart: false }]);
      await known();
      const before = simulator.stats.connectStateRequests.length;
      await after(() => send({}));
      assert.equal(simulator.stats.connectStateRequests.length, before);
    });

    it("reads the state from Spotify first if it says `refresh`", async () => {
      await deploy([{ atStart: false }]);
      await known();
      const before = simulator.stats.connectStateRequests.length;
      const answer = await after(() => send({ payload: "refresh" }));
      assert.equal(answer.payload.title, "Loopback Lullaby");
      assert.equal(simulator.stats.connectStateRequests.length, before + 1);
    });

    it("is answered with one request for a thousand messages that need a fresh state", async () => {
      await deploy([{ atStart: false }]);
      await known();
      const before = simulator.stats.connectStateRequests.length;
      for (let number = 0; number < 1_000; number++) send({ payload: "refresh", number });
      const answers = await messages(1_000);
      assert.deepEqual(
        answers.map((answer) => (answer as unknown as { number: number }).number).toSorted((a, b) => a - b),
        Array.from({ length: 1_000 }, (_, number) => number),
      );
      assert.equal(simulator.stats.connectStateRequests.length, before + 1);
    });

    it("waits for the state if it is not known yet", async () => {
      await deploy([{ atStart: false }]);
      const answer = await after(() => send({}));
      assert.equal(answer.payload.status, "playing");
    });

    it("is an error with a code if the account is not signed in", async () => {
      await deploy([{}], { isSignedIn: false });
      const { error } = await caught(() => send({}));
      assert.equal(error.code, "NOT_SIGNED_IN");
      assert.equal(error.source.id, "n0");
      await status("spotify-now-playing.errors.NOT_SIGNED_IN");
      assert.deepEqual(received(), []);
    });

    it("is an error if the node has no account", async () => {
      await deploy([{ session: "" }]);
      const { error } = await caught(() => send({}));
      assert.equal(error.code, "NOT_SIGNED_IN");
      await status("spotify-now-playing.status.noAccount");
    });
  });

  describe("a property", () => {
    for (const [name, value, message] of [
      ["events", "track", /"events" is a text: it must be a list of changes/],
      ["atStart", 1, /"atStart" is a number: it must be true or false/],
      ["tick", [], /"tick" is a list: it must be a number/],
      ["tick", "often", /"tick" is a text: it must be a number/],
      ["tick", -1, /"tick" is -1: it must be 0 or from 0.1 to 86400 seconds/],
      ["session", 5, /"session" is a number/],
    ] as const) {
      it(`of a wrong type is an error, and so is every message: ${name} ${JSON.stringify(value)}`, async () => {
        await deploy([{ [name]: value }]);
        const { error } = await caught(() => send({}));
        assert.equal(error.code, "INVALID_ARGUMENT");
        assert.match(error.message, message);
        await status("spotify-now-playing.errors.INVALID_ARGUMENT");
      });
    }

    it("of a wrong type is reported once, no matter what is played", async () => {
      await deploy([{ events: "track" }, {}]);
      await messages(1, 1);
      await after(() => account.playback.next(), 1);
      assert.equal(flow.calls(flow.node("n0"), "error").length, 1);
      assert.deepEqual(received(0), []);
    });

    it("has its usual value if its environment variable is empty", async () => {
      flow.env = [{ name: "EMPTY", type: "str", value: "" }];
      await deploy([{ atStart: "${EMPTY}", tick: "${EMPTY}" }]);
      assert.equal((await messages(1))[0]!.topic, "state");
    });

    it("may come from an environment variable", async () => {
      flow.env = [
        { name: "ACCOUNT", type: "str", value: "session" },
        { name: "AT_START", type: "str", value: "false" },
        { name: "CHANGE", type: "str", value: "volume" },
        { name: "SECONDS", type: "str", value: "0.1" },
      ];
      await deploy([
        { session: "${ACCOUNT}", atStart: "${AT_START}", events: ["${CHANGE}"], tick: "${SECONDS}" },
      ]);
      await known();
      assert.equal((await after(() => undefined)).topic, "tick");
      account.playback.pause();
      account.playback.setVolume(55);
      await recordedUntil("r0", (all) => all.some(({ topic }) => topic === "volume"));
      assert.ok(received().every(({ topic }) => topic === "tick" || topic === "volume"));
    });
  });

  describe("the status", () => {
    it("shows the song: green while it plays, grey if it is paused or nothing plays", async () => {
      await deploy();
      const song = "Loopback Lullaby · The Ephemeral Ports";
      const shown = await flow.status("n0", ({ text }) => text === song);
      assert.deepEqual([shown.fill, shown.shape], ["green", "dot"]);
      account.playback.pause();
      const paused = await flow.status("n0", ({ fill, text }) => fill === "grey" && text === song);
      assert.equal(paused.shape, "dot");
      account.playback.stop();
      const idle = await flow.status("n0", ({ text }) => text === "spotify-now-playing.status.idle");
      assert.deepEqual([idle.fill, idle.shape], ["grey", "ring"]);
    });

    it("is yellow while it connects", async () => {
      await simulator.stopAccessPoints();
      await deploy();
      await flow.status(
        "n0",
        ({ fill, text }) => fill === "yellow" && text === "spotify-now-playing.status.connecting",
      );
      await simulator.startAccessPoints();
      await flow.status("n0", ({ fill }) => fill === "green");
    });

    describe("is red if a message failed", () => {
      const song = "Loopback Lullaby · The Ephemeral Ports";
      const failed = "spotify-now-playing.errors.INVALID_ARGUMENT";
      /** A text has no property that the state could be put into. */
      const fail = (): Promise<CaughtMessage> => caught(() => send({ spotify: "a text" }));

      beforeEach(async () => {
        await deploy([{ output: "spotify.now", atStart: false }]);
        await known();
        await status(song);
      });

      it("until the next one succeeds", async () => {
        assert.equal((await fail()).error.code, "INVALID_ARGUMENT");
        await status(failed);
        await after(() => send({}));
        await status(song);
      });

      it("until the playback changes", async () => {
        await fail();
        await status(failed);
        account.playback.pause();
        await status(song);
      });

      it("until the account is connected again", async () => {
        await simulator.stopAccessPoints();
        await status("spotify-now-playing.status.connecting");
        await fail();
        await simulator.startAccessPoints();
        await status(song);
      });
    });

    it("does not change after the node was closed, even if an answer comes later", async () => {
      await deploy([{ atStart: false }, {}]);
      await known();
      await status("Loopback Lullaby · The Ephemeral Ports");
      const closed = flow.node("n0");
      simulator.faults.connectStateSlow = 100;
      send({ payload: "refresh" });
      // Both nodes' session reads the state once, for all who ask.
      const answer = session().player.refresh();
      await flow.redeploy("nodes", (node) => (node.id === "n0" ? undefined : node));
      const shown = flow.calls(closed, "status");
      await answer;
      await turn();
      assert.deepEqual(flow.calls(closed, "status"), shown);
    });
  });

  it("reports the Web API's answer if only the user's own app is signed in", async () => {
    await deploy([{}], { isSignedIn: false });
    const first = await after(() =>
      signInWithApp(simulator, session(), account, [
        "user-read-playback-state",
        "user-read-currently-playing",
      ]),
    );
    assert.deepEqual(
      [first.topic, first.payload.source, first.payload.title],
      ["state", "web-api", "Loopback Lullaby"],
    );
    await status("Loopback Lullaby · The Ephemeral Ports");
    account.playback.next();
    const next = await after(() => send({ payload: "refresh" }));
    assert.equal(next.payload.title, "Three-Way Handshake");
  });

  it("leaves no listener when it is closed", async () => {
    await deploy([{ tick: 1 }, {}]);
    await messages(1, 0);
    const { player } = session();
    assert.equal(player.listenerCount("change"), 2);
    await flow.redeploy("nodes", (node) => (node.id === "n0" || node.id === "r0" ? undefined : node));
    assert.equal(player.listenerCount("change"), 1);
    await flow.stop();
    assert.equal(player.listenerCount("change"), 0);
  });

  it("releases the session of an account that is deleted", async () => {
    await deploy();
    await messages(1);
    const { player } = session();
    await flow.redeploy("nodes", (node) => (node.id === "session" ? undefined : node));
    assert.equal(player.listenerCount("change"), 0);
    assert.equal(player.listenerCount("trouble"), 0);
  });

  it("also sends the state with a node that is deployed later", async () => {
    await deploy();
    await messages(1);
    await flow.redeploy("nodes", (node) => node, nowPlayingNodes([{}], 1));
    const [first] = await messages(1, 1);
    assert.equal(first!.topic, "state");
    assert.equal(simulator.stats.logins.length, 1);
  });
});
