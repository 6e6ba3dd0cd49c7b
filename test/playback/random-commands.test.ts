/**
 * A thousand random commands from several callers at once, while devices and servers misbehave randomly. The model says
 * what was carried out, how often and in which order.
 */
import assert from "node:assert/strict";
import { SpotifyError, type PlaybackState, type Session } from "../../src";
import { Simulator, type Account } from "../simulator";
import { CATALOGUE } from "../simulator/world/catalogue";
import type { Conduct } from "../simulator/world/conduct";
import { signInWithApp } from "../support/own-app";
import { Randomness } from "../support/randomness";
import { Stage } from "../support/stage";

const SCOPES = ["user-read-playback-state", "user-modify-playback-state"];
const CALLERS = 3;
/** How many commands of one caller wait at the same time. */
const AT_ONCE = 5;
/** ms. Longer than any correct answer takes, and short enough for a test. */
const TIMEOUT = { internal: 600, "web-api": 1_500 };
const LISTS = [CATALOGUE.defaultPlaylist.uri, CATALOGUE.dinner.uri];
const TRACKS = CATALOGUE.tracks.map(({ uri }) => uri);

/** Actions on the model. */
type Deed =
  | "next"
  | "previous"
  | "queue"
  | "transfer"
  | "seek"
  | "volume"
  | "shuffle"
  | "repeat"
  | "pause"
  | "resume"
  | "play";

interface Wanted {
  deed: Deed;
  /** Text that compares an action of the model with the wanted one; empty if there is none. */
  about: string;
  run: (
    player: Session["player"],
    options: Parameters<Session["player"]["next"]>[0],
  ) => Promise<PlaybackState>;
}

/** The fault while a command is carried out. */
interface Mishap {
  conduct: Partial<Conduct>;
  /** Whether the command is carried out despite the fault. */
  carriedOut: boolean;
}

interface Entry {
  wanted: Wanted;
  mishap: Mishap;
  /** The actions on the model between this command's turn and the next one's. */
  deeds: string[];
  turn: number | undefined;
  /** The item that played when the command's turn came. */
  itemBefore?: string | undefined;
  /** Whether the command led to the same item again, which the Web API cannot show. */
  isSameItem?: boolean;
  result?: PlaybackState | SpotifyError;
}

/** These actions do something else if they are done twice. */
const ONLY_ONCE: ReadonlySet<Deed> = new Set(["next", "previous", "queue", "transfer"]);
/** The effect of these actions never exists already. */
const ALWAYS_SENT: ReadonlySet<Deed> = new Set(["next", "previous", "queue", "seek", "play"]);

function randomCommand(random: Randomness): Wanted {
  const uri = random.pick(TRACKS);
  const list = random.pick(LISTS);
  const percent = random.below(101);
  const position = 1_000 * random.below(60);
  const device = random.pick(["Near", "Far"]);
  const isOn = random.chance(0.5);
  const repeat = random.pick(["context", "track"] as const);
  return random.pick<Wanted>([
    { deed: "next", about: "", run: (player, options) => player.next(options) },
    { deed: "previous", about: "", run: (player, options) => player.previous(options) },
    { deed: "queue", about: uri, run: (player, options) => player.queue(uri, options) },
    { deed: "transfer", about: device, run: (player, options) => player.transfer(device, options) },
    { deed: "seek", about: String(position), run: (player, options) => player.seek(position, options) },
    { deed: "volume", about: "", run: (player, options) => player.setVolume(percent, options) },
    { deed: "shuffle", about: String(isOn), run: (player, options) => player.setShuffle(isOn, options) },
    { deed: "repeat", about: repeat, run: (player, options) => player.setRepeat(repeat, options) },
    { deed: "pause", about: "", run: (player, options) => player.pause(options) },
    { deed: "resume", about: "", run: (player, options) => player.resume(options) },
    { deed: "play", about: list, run: (player, options) => player.play(list, options) },
  ]);
}

function randomMishap(random: Randomness): Mishap {
  if (random.chance(0.8)) return { conduct: {}, carriedOut: true };
  const declines = { code: "0", description: "declined", reasons: [] };
  return random.pick<Mishap>([
    { conduct: { slow: 1 + random.below(60) }, carriedOut: true },
    { conduct: { losesAnswers: 1 }, carriedOut: true },
    { conduct: { serverErrors: { times: 1, carriesOut: true } }, carriedOut: true },
    { conduct: { serverErrors: { times: 1, carriesOut: false } }, carriedOut: false },
    { conduct: { isDeaf: true }, carriedOut: false },
    { conduct: { declines }, carriedOut: false },
  ]);
}

/** Calls `note` for everything that is done on the model, once for each action. */
function watchModel(playback: Account["playback"], note: (deed: Deed, about: string) => void): void {
  let depth = 0;
  function watch<
    Name extends
      | "next"
      | "previous"
      | "queue"
      | "transfer"
      | "seek"
      | "setVolume"
      | "setShuffle"
      | "setRepeat"
      | "pause"
      | "resume"
      | "play",
  >(
    name: Name,
    deed: Deed | ((...values: Parameters<Account["playback"][Name]>) => Deed),
    about: (...values: Parameters<Account["playback"][Name]>) => string = () => "",
  ): void {
    const original = playback[name].bind(playback) as (...values: unknown[]) => void;
    const watched = (...values: unknown[]): void => {
      const given = values as Parameters<Account["playback"][Name]>;
      if (depth === 0) note(typeof deed === "string" ? deed : deed(...given), about(...given));
      depth += 1;
      try {
        original(...values);
      } finally {
        depth -= 1;
      }
    };
    Object.assign(playback, { [name]: watched });
  }
  watch("next", "next");
  watch("previous", "previous");
  watch("queue", "queue", ({ uri }) => uri);
  watch("transfer", "transfer", ({ name }) => name);
  watch("seek", "seek", String);
  watch("setVolume", "volume");
  watch("setShuffle", "shuffle", String);
  watch("setRepeat", "repeat", String);
  watch("pause", "pause");
  watch("resume", "resume");
  watch(
    "play",
    ({ context } = {}) => (context === undefined ? "transfer" : "play"),
    ({ context, device } = {}) => context?.uri ?? device?.name ?? "",
  );
}

/** The result of a command, and the state of the model at that moment. */
function seen({ uri, playing, volume, shuffle, repeat, device }: PlaybackState): unknown {
  return { uri, playing, volume, shuffle, repeat, device: device?.name };
}

function held({ state }: Account["playback"]): unknown {
  const { item, status, volume, shuffle, repeat, device } = state;
  return { uri: item?.uri, playing: status === "playing", volume, shuffle, repeat, device: device?.name };
}

async function tell(route: "internal" | "web-api", count: number, seed: number): Promise<void> {
  const random = new Randomness(seed);
  const stage = new Stage(await Simulator.start());
  try {
    const account = stage.account();
    const { playback } = account;
    const near = playback.addDevice({ name: "Near", volume: 40 });
    const far = playback.addDevice({ name: "Far", volume: 40 });
    playback.play({ context: CATALOGUE.defaultPlaylist, item: 0, device: near });
    playback.setRepeat("context");
    const session = stage.session(route === "internal" ? account : undefined, { observe: true });
    if (route === "web-api") await signInWithApp(stage.simulator, session, account, SCOPES);
    await session.connect();
    await session.player.refresh();

    const entries: Entry[] = [];
    let turns = 0;
    let current: Entry | undefined;
    watchModel(playback, (deed, about) => current?.deeds.push(`${deed} ${about}`.trim()));

    const give = async (): Promise<void> => {
      const wanted = randomCommand(random);
      const entry: Entry = { wanted, mishap: randomMishap(random), deeds: [], turn: undefined };
      const number = entries.push(entry);
      const onStep = ({ name }: { name: string }): void => {
        if (name !== "reading" || entry.turn !== undefined) return;
        entry.turn = turns++;
        entry.itemBefore = playback.state.item?.uri;
        current = entry;
        for (const device of [near, far]) {
          device.conduct = structuredClone(entry.mishap.conduct);
        }
      };
      try {
        entry.result = await wanted.run(session.player, { timeout: TIMEOUT[route], onStep });
      } catch (error) {
        if (!(error instanceof SpotifyError)) throw error;
        entry.result = error;
        entry.isSameItem = route === "web-api" && playback.state.item?.uri === entry.itemBefore;
        return;
      }
      assert.deepEqual(
        seen(entry.result),
        held(playback),
        `${number}: ${stories(entries.slice(Math.max(0, number - 4), number))} ${random.hint}`,
      );
    };
    let left = count;
    const caller = async (): Promise<void> => {
      while (left > 0) {
        const several = Math.min(left, 1 + random.below(AT_ONCE));
        left -= several;
        // oxlint-disable-next-line no-await-in-loop
        await Promise.all(Array.from({ length: several }, give));
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    check(entries, random.hint);
  } finally {
    await stage.close();
  }
}

function stories(entries: readonly Entry[]): string {
  return JSON.stringify(
    entries.map(({ wanted: { deed, about }, mishap, deeds, turn, result }) => ({
      deed,
      about,
      mishap: mishap.conduct,
      deeds,
      turn,
      result: result instanceof Error ? result.message : result && seen(result),
    })),
    undefined,
    1,
  );
}

function check(entries: readonly Entry[], hint: string): void {
  const turns = entries.flatMap(({ turn }) => (turn === undefined ? [] : [turn]));
  assert.deepEqual(
    turns,
    turns.toSorted((a, b) => a - b),
    `Out of order. ${hint}`,
  );
  for (const [index, entry] of entries.entries()) {
    const { wanted, mishap, deeds, turn, result } = entry;
    const { deed, about } = wanted;
    const story = `${index}: ${stories([entry])} ${hint}`;
    assert.ok(result !== undefined, `Lost. ${story}`);
    // A volume that was replaced by a newer one.
    if (turn === undefined && deed === "volume") continue;
    if (deed !== "resume")
      assert.ok(
        deeds.every((one) => one === `${deed} ${about}`.trim()),
        `Not what was wanted. ${story}`,
      );
    if (ONLY_ONCE.has(deed)) assert.ok(deeds.length <= 1, `Doubled. ${story}`);
    if (result instanceof SpotifyError) {
      assert.ok(!mishap.carriedOut || entry.isSameItem === true, `Nothing was wrong. ${story}`);
    } else if (ALWAYS_SENT.has(deed)) {
      assert.ok(deeds.length > 0, `Resolved before it happened. ${story}`);
    }
  }
}

describe("Random commands, while devices and servers misbehave", function () {
  this.timeout(120_000);
  for (const seed of [1, 2, 3, 4]) {
    it(`are neither lost nor doubled, and keep their order, ${seed}`, () => tell("internal", 250, seed));
  }

  it("work over the Web API too", () => tell("web-api", 60, 5));
});
