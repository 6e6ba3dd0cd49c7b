/** Every action on every kind of device over both routes. Each cell checks on the model what the account then plays. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { ACTIONS, type Action, type PlaybackState, type Session } from "../../src";
import { Simulator, type Account, type Habit, type SimulatedDevice } from "../simulator";
import { CATALOGUE } from "../simulator/world/catalogue";
import { signInWithApp } from "../support/own-app";
import { Stage } from "../support/stage";

const HABITS: readonly Habit[] = ["full", "librespot", "go-librespot", "iphone"];
const ROUTES = ["internal", "web-api"] as const;
const SCOPES = ["user-read-playback-state", "user-modify-playback-state", "user-library-modify"];
const LIST = CATALOGUE.defaultPlaylist;
const OTHER = CATALOGUE.dinner;
const [FIRST, SECOND, THIRD] = LIST.items.map(({ uri }) => uri) as [string, string, string];

interface Room {
  session: Session;
  account: Account;
  playback: Account["playback"];
  /** A device of the habit; it plays the first item of the list. */
  near: SimulatedDevice;
  /** A device of the habit; it does not play. */
  far: SimulatedDevice;
}

interface Cell {
  name: string;
  actions: readonly Action[];
  /** The state of the model before; by default, `near` plays. */
  given?: (room: Room) => void;
  when: (room: Room) => Promise<PlaybackState>;
  now: (room: Room, state: PlaybackState) => void;
  /** Only for a device of this kind. */
  if?: (habit: Habit) => boolean;
}

const hasVolume = (habit: Habit): boolean => habit !== "iphone";

const CELLS: readonly Cell[] = [
  {
    name: "pause",
    actions: ["pause"],
    when: ({ session }) => session.player.pause(),
    now: ({ playback }, { status }) =>
      assert.deepEqual([playback.state.status, status], ["paused", "paused"]),
  },
  {
    name: "resume",
    actions: ["play"],
    given: ({ playback }) => playback.pause(),
    when: ({ session }) => session.player.resume(),
    now: ({ playback }, { status }) =>
      assert.deepEqual([playback.state.status, status], ["playing", "playing"]),
  },
  {
    name: "resume on a device that is not active",
    actions: ["play"],
    given: ({ playback }) => playback.pause(),
    when: ({ session, far }) => session.player.resume({ device: far.name }),
    now: ({ playback, far }, { playing }) => {
      assert.equal(playback.active, far);
      assert.deepEqual([playback.state.status, playing], ["playing", true]);
    },
  },
  {
    name: "toggle what plays",
    actions: ["toggle"],
    when: ({ session }) => session.player.toggle(),
    now: ({ playback }, { status }) =>
      assert.deepEqual([playback.state.status, status], ["paused", "paused"]),
  },
  {
    name: "toggle what is paused",
    actions: ["toggle"],
    given: ({ playback }) => playback.pause(),
    when: ({ session }) => session.player.toggle(),
    now: ({ playback }, { status }) =>
      assert.deepEqual([playback.state.status, status], ["playing", "playing"]),
  },
  {
    name: "next",
    actions: ["next"],
    when: ({ session }) => session.player.next(),
    now: ({ playback }, { uri }) => assert.deepEqual([playback.state.item?.uri, uri], [SECOND, SECOND]),
  },
  {
    name: "previous",
    actions: ["previous"],
    given: ({ playback }) => playback.next(),
    when: ({ session }) => session.player.previous(),
    now: ({ playback }, { uri }) => assert.deepEqual([playback.state.item?.uri, uri], [FIRST, FIRST]),
  },
  {
    name: "seek",
    actions: ["seek"],
    when: ({ session }) => session.player.seek("1:00"),
    now: ({ playback }, { position }) => {
      assert.ok(Math.abs(playback.state.position - 60_000) < 3_000, String(playback.state.position));
      assert.ok(Math.abs((position ?? 0) - 60_000) < 3_000, String(position));
    },
  },
  {
    name: "seek from here",
    actions: ["seek"],
    given: ({ playback }) => playback.seek(50_000),
    when: ({ session }) => session.player.seek("-10s"),
    now: ({ playback }) => assert.ok(Math.abs(playback.state.position - 40_000) < 4_000),
  },
  {
    name: "set the volume",
    actions: ["volume"],
    if: hasVolume,
    when: ({ session }) => session.player.setVolume(20),
    now: ({ near }, { volume }) => assert.deepEqual([near.volume, volume], [20, 20]),
  },
  {
    name: "lower the volume",
    actions: ["volume"],
    if: hasVolume,
    when: ({ session }) => session.player.setVolume("-10"),
    now: ({ near }, { volume }) => assert.deepEqual([near.volume, volume], [30, 30]),
  },
  {
    name: "set the volume of a device that does not play",
    actions: ["volume"],
    if: hasVolume,
    when: ({ session, far }) => session.player.setVolume(15, { device: far.name }),
    now: ({ far, near }) => assert.deepEqual([far.volume, near.volume], [15, 40]),
  },
  {
    name: "shuffle",
    actions: ["shuffle"],
    when: ({ session }) => session.player.setShuffle(true),
    now: ({ playback }, { shuffle }) => assert.deepEqual([playback.state.shuffle, shuffle], [true, true]),
  },
  {
    name: "repeat the track",
    actions: ["repeat"],
    when: ({ session }) => session.player.setRepeat("track"),
    now: ({ playback }, { repeat }) => assert.deepEqual([playback.state.repeat, repeat], ["track", "track"]),
  },
  {
    name: "repeat the list, then nothing",
    actions: ["repeat"],
    when: async ({ session }) => {
      await session.player.setRepeat("context");
      return session.player.setRepeat("off");
    },
    now: ({ playback }, { repeat }) => assert.deepEqual([playback.state.repeat, repeat], ["off", "off"]),
  },
  {
    name: "play a playlist",
    actions: ["play"],
    when: ({ session }) => session.player.play(OTHER.uri),
    now: ({ playback, near }, { context, uri }) => {
      assert.equal(playback.state.context?.uri, OTHER.uri);
      assert.deepEqual([context?.uri, uri], [OTHER.uri, playback.state.item?.uri]);
      assert.equal(playback.active, near);
    },
  },
  {
    name: "play a playlist on a device that is not active, at a volume",
    actions: ["play"],
    when: ({ session, far, near }) =>
      session.player.play({ context: OTHER.uri, device: far.name, volume: hasVolume(near.habit) ? 20 : 50 }),
    now: ({ playback, far }, { device, context }) => {
      assert.equal(playback.active, far);
      assert.equal(playback.state.status, "playing");
      assert.deepEqual([device?.name, context?.uri], [far.name, OTHER.uri]);
      if (hasVolume(far.habit)) assert.equal(far.volume, 20);
    },
  },
  {
    name: "play a playlist from an item and a position, repeated",
    actions: ["play"],
    when: ({ session }) =>
      session.player.play({
        context: LIST.uri,
        offset: 2,
        position: "0:30",
        repeat: "context",
        shuffle: false,
      }),
    now: ({ playback }, { uri, repeat }) => {
      assert.deepEqual([playback.state.item?.uri, uri], [THIRD, THIRD]);
      assert.deepEqual([playback.state.repeat, repeat], ["context", "context"]);
      assert.ok(playback.state.position >= 29_000 && playback.state.position < 34_000);
    },
  },
  {
    name: "play tracks by their links",
    actions: ["play"],
    when: ({ session }) =>
      session.player.play({
        uris: [THIRD, SECOND].map((uri) => `https://open.spotify.com/track/${uri.slice(14)}?si=x`),
      }),
    now: ({ playback }, { uri }) => {
      assert.deepEqual([playback.state.item?.uri, uri], [THIRD, THIRD]);
      assert.equal(playback.state.queue[0]?.uri, SECOND);
    },
  },
  {
    name: "play the same playlist anew",
    actions: ["play"],
    given: ({ playback }) => playback.next(),
    when: ({ session }) => session.player.play({ context: LIST.uri, offset: 0 }),
    now: ({ playback }, { uri }) => assert.deepEqual([playback.state.item?.uri, uri], [FIRST, FIRST]),
  },
  {
    name: "move what plays",
    actions: ["transfer"],
    when: ({ session, far }) => session.player.transfer(far.name),
    now: ({ playback, far }, { device, uri }) => {
      assert.equal(playback.active, far);
      assert.deepEqual([device?.name, uri, playback.state.status], [far.name, FIRST, "playing"]);
    },
  },
  {
    name: "move what is paused",
    actions: ["transfer"],
    given: ({ playback }) => playback.pause(),
    when: ({ session, far }) => session.player.transfer(far.name),
    now: ({ playback, far }) => assert.deepEqual([playback.active, playback.state.status], [far, "paused"]),
  },
  {
    name: "queue two items",
    actions: ["queue"],
    when: ({ session }) => session.player.queue([THIRD, SECOND]),
    now: ({ playback }) => {
      const queued = playback.state.queue.filter(({ queued: isQueued }) => isQueued).map(({ uri }) => uri);
      assert.deepEqual(queued, [THIRD, SECOND]);
    },
  },
  {
    name: "like what plays, and something else no longer",
    actions: ["like", "unlike"],
    given: ({ account }) => account.library.add(SECOND),
    when: async ({ session }) => {
      await session.player.unlike(SECOND);
      return session.player.like();
    },
    now: ({ account }) => assert.deepEqual([...account.library], [FIRST]),
  },
  {
    name: "search and play",
    actions: ["play"],
    when: ({ session }) => session.player.play(CATALOGUE.tracks[7]!.name),
    now: ({ playback }, { uri }) => {
      assert.deepEqual([playback.state.item?.uri, uri], [CATALOGUE.tracks[7]!.uri, CATALOGUE.tracks[7]!.uri]);
    },
  },
  {
    name: "an announcement: snapshot, something else, restore",
    actions: ["snapshot", "restore"],
    given: ({ playback }) => {
      playback.next();
      playback.seek(45_000);
    },
    when: async ({ session, near }) => {
      const snapshot = await session.player.snapshot();
      await session.player.play({ uri: THIRD, ...(hasVolume(near.habit) && { volume: 70 }) });
      return session.player.restore(snapshot);
    },
    now: ({ playback, near }, { uri, context }) => {
      assert.deepEqual([playback.state.item?.uri, uri], [SECOND, SECOND]);
      assert.deepEqual([playback.state.context?.uri, context?.uri], [LIST.uri, LIST.uri]);
      assert.deepEqual([playback.state.status, near.volume], ["playing", 40]);
      assert.ok(Math.abs(playback.state.position - 45_000) < 5_000, String(playback.state.position));
    },
  },
  {
    name: "an announcement while nothing plays",
    actions: ["snapshot", "restore"],
    given: ({ playback }) => playback.pause(),
    when: async ({ session }) => {
      const snapshot = await session.player.snapshot();
      await session.player.play(THIRD);
      return session.player.restore(snapshot);
    },
    now: ({ playback }, { uri, status }) => {
      assert.deepEqual([playback.state.item?.uri, playback.state.status], [FIRST, "paused"]);
      assert.deepEqual([uri, status], [FIRST, "paused"]);
    },
  },
];

describe("The cells", () => {
  it("try every action that changes something", () => {
    const tried = new Set(CELLS.flatMap(({ actions }) => actions));
    assert.deepEqual(
      ACTIONS.filter((action) => !tried.has(action)),
      ["devices"],
    );
  });
});

/** Resolves when the session has received all pushes so far. They are in order, so the last one is enough. */
async function caughtUp({ session, playback }: Room): Promise<void> {
  for (const repeat of ["context", "off"] as const) {
    playback.setRepeat(repeat);
    while (session.player.state?.repeat !== repeat) await once(session.player, "change");
  }
}

for (const route of ROUTES) {
  for (const habit of HABITS) {
    describe(`Over the route ${route}, a device of the kind ${habit}`, () => {
      let stage: Stage;
      let room: Room;

      before(async () => {
        stage = new Stage(await Simulator.start());
        const account = stage.account();
        const { playback } = account;
        const near = playback.addDevice({ name: "Near", habit });
        const far = playback.addDevice({ name: "Far", habit });
        const isInternal = route === "internal";
        const session = stage.session(isInternal ? account : undefined, { observe: true });
        if (!isInternal) await signInWithApp(stage.simulator, session, account, SCOPES);
        await session.connect();
        // Adds a listener, so that changes are reported.
        if (isInternal) session.player.on("change", () => undefined);
        room = { session, account, playback, near, far };
      });

      after(() => stage.close());

      beforeEach(() => {
        const { playback, near, far, account } = room;
        near.volume = 40;
        far.volume = 40;
        account.library.clear();
        playback.setShuffle(false);
        playback.setRepeat("off");
        // Queued items are played before all others.
        while (playback.state.queue.some(({ queued }) => queued)) playback.next();
        playback.play({ context: LIST, item: 0, device: near });
      });

      for (const cell of CELLS) {
        if (cell.if?.(habit) === false) continue;
        it(cell.name, async () => {
          cell.given?.(room);
          if (route === "internal") await caughtUp(room);
          cell.now(room, await cell.when(room));
        });
      }
    });
  }
}
