/** Every text property of a node may be an environment variable, or contain one. */
import assert from "node:assert/strict";
import type { PlaybackState } from "../../../src";
import { Simulator, type Account, type SimulatedDevice } from "../../simulator";
import { signInWithApp } from "../../support/own-app";
import { Flow } from "../support/flow";
import { recordedUntil } from "../support/recorder";

const PLACE = { z: "tab", x: 0, y: 0 };

type Message = Record<string, unknown> & { payload?: unknown };

describe("an environment variable", () => {
  let simulator: Simulator;
  let account: Account;
  let flow: Flow;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount();
    flow = new Flow();
  });

  afterEach(async () => {
    await flow.dispose();
    await simulator.close();
  });

  /** Deploys one node n, a recorder r after it, and the variables of their tab. */
  const deploy = async (
    type: string,
    properties: Record<string, unknown>,
    env: Readonly<Record<string, string | number | boolean>>,
  ): Promise<void> => {
    const types = { string: "str", number: "num", boolean: "bool" } as Record<string, string>;
    flow.env = Object.entries(env).map(([name, value]) => ({
      name,
      type: types[typeof value]!,
      value: `${value}`,
    }));
    flow.env.push({ name: "ACCOUNT", type: "str", value: "session" });
    flow.more = [
      { id: "n", type, ...PLACE, session: "${ACCOUNT}", wires: [["r"]], ...properties },
      { id: "r", type: "recorder", ...PLACE },
    ];
    await flow.deploy(simulator, account, []);
  };
  const send = async (message: object = {}): Promise<Message> => {
    (flow.node("n") as unknown as { receive(msg: unknown): void }).receive(message);
    return next();
  };
  const next = async (): Promise<Message> =>
    (await recordedUntil("r", ({ length }) => length > 0))[0] as unknown as Message;

  it("may fill every text of a spotify-request", async () => {
    await deploy(
      "spotify-request",
      {
        method: "${METHOD}",
        path: "/me/${WHAT}",
        query: "${QUERY}",
        queryType: "json",
        scopes: ["${SCOPE}"],
        clientId: "${APP}",
        all: "${ALL}",
        output: "${OUTPUT}",
      },
      {
        METHOD: "get",
        WHAT: "playlists",
        QUERY: '{"limit":2}',
        SCOPE: "playlist-read-private",
        APP: "BEST",
        ALL: false,
        OUTPUT: "answer.page",
      },
    );
    await signInWithApp(simulator, flow.sessionNode.session!, account, ["playlist-read-private"]);
    const message = await send({ payload: "mine" });
    const { page } = message["answer"] as { page: { limit: number; items: unknown[] } };
    assert.deepEqual([message.payload, page.limit, page.items.length], ["mine", 2, 2]);
  });

  it("may fill the type of a typed property, too", async () => {
    await deploy(
      "spotify-request",
      {
        path: "${PATH}",
        pathType: "${PATH_KIND}",
        query: "${QUERY}",
        queryType: "jsonata",
        bodyType: "${BODY_KIND}",
      },
      { PATH: "PLACE", PATH_KIND: "env", PLACE: "/me/playlists", QUERY: '{"limit": 1}', BODY_KIND: "str" },
    );
    await signInWithApp(simulator, flow.sessionNode.session!, account, ["playlist-read-private"]);
    assert.equal(((await send()).payload as { limit: number }).limit, 1);
  });

  it("may fill every text of a spotify-playback", async () => {
    const [, study] = account.playback.devices as SimulatedDevice[];
    await deploy(
      "spotify-playback",
      {
        action: "${ACTION}",
        device: "${ROOM}",
        value: "${LEVEL}",
        valueType: "num",
        wake: "${WAKE}",
        confirm: "${CONFIRM}",
        timeout: "${SECONDS}",
        route: "${ROUTE}",
        output: "${OUTPUT}",
      },
      {
        ACTION: "Volume",
        ROOM: "Study",
        LEVEL: 33,
        WAKE: false,
        CONFIRM: true,
        SECONDS: 20,
        ROUTE: "internal",
        OUTPUT: "result",
      },
    );
    const message = await send();
    assert.equal(study!.volume, 33);
    assert.equal(typeof (message["playback"] as PlaybackState).status, "string");
  });

  it("may fill every text of a spotify-now-playing", async () => {
    void account.playback;
    await deploy(
      "spotify-now-playing",
      { events: ["${EVENT}"], atStart: "${AT_START}", tick: "${TICK}", output: "${OUTPUT}" },
      { EVENT: "volume", AT_START: true, TICK: 60, OUTPUT: "now" },
    );
    const message = await next();
    assert.equal(message["topic"], "state");
    assert.equal((message["now"] as PlaybackState).title, "Loopback Lullaby");
    account.playback.setVolume(77);
    const [, change] = await recordedUntil("r", ({ length }) => length > 1);
    assert.equal(change!.topic, "volume");
  });

  it("may fill every text of a spotify-events", async () => {
    await deploy("spotify-events", { kinds: ["${KIND}"] }, { KIND: "state" });
    const message = await next();
    assert.equal(message["topic"], "state");
  });

  it("that is missing is reported as a missing value of its property", async () => {
    await deploy("spotify-request", { session: "${NO_ACCOUNT}", path: "/me" }, {});
    const caught = flow.next("caught");
    (flow.node("n") as unknown as { receive(msg: unknown): void }).receive({});
    const { error } = (await caught) as unknown as { error: { code: string; message: string } };
    assert.equal(error.code, "NOT_SIGNED_IN");
    assert.match(error.message, /account of this node does not exist/);
  });
});
