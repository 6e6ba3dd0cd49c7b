/** A subflow with properties for the account, the call and the device: two instances, side by side. */
import assert from "node:assert/strict";
import type { EditorClient } from "../../scripts/editor-client";
import type { FlowNode } from "../../scripts/user-dir";
import type { Account } from "../simulator";
import { RUNTIMES } from "./runtimes";
import { Workshop } from "./workshop";

const TAB = "tab-with-subflows";
const SUBFLOW = "spotify-in-a-subflow";

interface Answer {
  payload: unknown;
  statusCode: number;
  playback: { account: string; device: { name: string } };
  [property: string]: unknown;
}

/** A variable of the subflow or of an instance. The editor's pickers for config nodes store `conf-type`. */
const variable = (name: string, value: unknown, type = "str"): object => ({ name, type, value });

function account(id: string, { credentialsJson }: Account): FlowNode {
  return {
    id,
    type: "spotify-session",
    name: `of ${id}`,
    clientId: "keymaster",
    followClientId: true,
    deviceName: "",
    connect: false,
    credentials: { librespotCredentials: credentialsJson },
  };
}

/** Asks for a token, then changes the volume in a room. */
const SUBFLOW_NODES: readonly FlowNode[] = [
  {
    id: SUBFLOW,
    type: "subflow",
    name: "ask and turn",
    in: [{ x: 40, y: 40, wires: [{ id: "in-ask" }] }],
    out: [{ x: 600, y: 40, wires: [{ id: "in-turn", port: 0 }] }],
    env: [
      variable("ACCOUNT", "", "conf-type"),
      variable("METHOD", "GET"),
      variable("PATH", "/me"),
      variable("OUTPUT", "answer"),
      variable("ROOM", "Kitchen"),
      variable("LEVEL", "10", "num"),
      variable("SECONDS", "20", "num"),
    ],
  },
  {
    id: "in-ask",
    type: "spotify-request",
    z: SUBFLOW,
    session: "${ACCOUNT}",
    method: "${METHOD}",
    path: "${PATH}",
    output: "${OUTPUT}",
    clientId: "best",
    x: 200,
    y: 40,
    wires: [["in-turn"]],
  },
  {
    id: "in-turn",
    type: "spotify-playback",
    z: SUBFLOW,
    session: "${ACCOUNT}",
    action: "volume",
    device: "${ROOM}",
    value: "LEVEL",
    valueType: "env",
    timeout: "${SECONDS}",
    x: 400,
    y: 40,
    wires: [[]],
  },
];

/** An instance with a button before it and a debug node after it. */
function instance(name: string, y: number, env: readonly object[]): FlowNode[] {
  const place = { z: TAB, y };
  return [
    {
      id: `press-${name}`,
      type: "inject",
      ...place,
      name,
      props: [{ p: "payload" }],
      payload: "mine",
      payloadType: "str",
      repeat: "",
      once: false,
      x: 100,
      wires: [[name]],
    },
    { id: name, type: `subflow:${SUBFLOW}`, ...place, name, env, x: 300, wires: [[`show-${name}`]] },
    {
      id: `show-${name}`,
      type: "debug",
      ...place,
      name: `show ${name}`,
      active: true,
      tosidebar: true,
      complete: "true",
      x: 500,
      wires: [],
    },
  ];
}

for (const runtime of RUNTIMES) {
  describe(`a subflow with our nodes in ${runtime.title}`, function () {
    this.timeout(120_000);
    let workshop: Workshop;
    let editor: EditorClient;
    let first: Account;
    let second: Account;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      // Makes a paired account enough for the Web API.
      workshop.simulator.policy.webApi.refusedClientIds = [];
      first = workshop.spotify.account;
      second = workshop.simulator.addAccount({ username: "second" });
      for (const { playback } of [first, second]) playback.play({ item: 0 });
      editor = await workshop.start();
      await editor.deploy([
        { id: TAB, type: "tab", label: "Subflows", env: [variable("LIST", "/me/playlists")] },
        account("account-1", first),
        account("account-2", second),
        ...SUBFLOW_NODES,
        ...instance("upstairs", 60, [
          variable("ACCOUNT", "account-1", "conf-type"),
          variable("OUTPUT", "me"),
          variable("LEVEL", "21", "num"),
        ]),
        ...instance("downstairs", 140, [
          variable("ACCOUNT", "account-2"),
          variable("PATH", "LIST", "env"),
          variable("OUTPUT", "lists.page"),
          variable("ROOM", "Study"),
          variable("LEVEL", "54", "num"),
        ]),
        ...instance("nowhere", 220, [variable("ACCOUNT", "account-3")]),
        {
          id: "catch",
          type: "catch",
          z: TAB,
          scope: null,
          uncaught: false,
          x: 300,
          y: 300,
          wires: [["caught"]],
        },
        {
          id: "caught",
          type: "debug",
          z: TAB,
          name: "caught",
          active: true,
          tosidebar: true,
          complete: "true",
          x: 500,
          y: 300,
          wires: [],
        },
      ]);
    });

    after(() => workshop.close());

    const press = async (name: string, shown = `show ${name}`): Promise<Answer> => {
      const from = editor.debug.length;
      await editor.press(`press-${name}`);
      const caught = editor.waitForDebug((message) => ["caught", shown].includes(message.name ?? ""), {
        from,
      });
      const { name: place, value } = await caught;
      assert.equal(place, shown, JSON.stringify(value));
      return value as Answer;
    };
    const volume = ({ playback }: Account, room: string): number | undefined =>
      playback.devices.find(({ name }) => name === room)?.volume;

    it("asks for what one instance says, with that instance's account", async () => {
      const message = await press("upstairs");
      assert.equal((message["me"] as { id: string }).id, first.username);
      assert.deepEqual([message.payload, message.statusCode], ["mine", 200]);
      assert.equal(message.playback.account, first.username);
      assert.deepEqual([volume(first, "Kitchen"), volume(second, "Kitchen")], [21, 40]);
    });

    it("asks for what the other instance says, with its account", async () => {
      const message = await press("downstairs");
      const { page } = message["lists"] as { page: { items: { owner: { id: string } }[] } };
      assert.equal(page.items[0]?.owner.id, second.username);
      assert.equal(message.playback.account, second.username);
      assert.equal(volume(second, "Study"), 54);
    });

    it("continues with both instances", async () => {
      assert.equal(((await press("upstairs"))["me"] as { id: string }).id, first.username);
      assert.equal((await press("downstairs")).playback.account, second.username);
    });

    it("reports to a Catch node of the tab if the account of an instance is missing", async () => {
      const { error } = (await press("nowhere", "caught")) as unknown as {
        error: { code: string; message: string };
      };
      assert.equal(error.code, "NOT_SIGNED_IN");
      assert.match(error.message, /account of this node does not exist/);
    });

    it("also reports it after a restart", async () => {
      await workshop.stop();
      editor = await workshop.start();
      assert.equal(((await press("upstairs"))["me"] as { id: string }).id, first.username);
      assert.equal((await press("downstairs")).playback.account, second.username);
    });
  });
}
