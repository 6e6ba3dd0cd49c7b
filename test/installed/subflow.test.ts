/** Subflows whose instances differ in their properties: the account, the path, the device, and where the result goes. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { EditorClient } from "../../scripts/editor-client";
import { deployWithOwnApp } from "../../scripts/own-app";
import type { FlowNode } from "../../scripts/user-dir";
import { RUNTIMES } from "./runtimes";
import { Workshop } from "./workshop";

const SUBFLOW = "subflow-of-a-room";

interface Properties {
  account: string;
  path: string;
  output: string;
  device: string;
  seconds: string;
}

/** An instance of the subflow, with a button before it and debug nodes behind. */
function instance(id: string, { account, path, output, device, seconds }: Properties, y: number): FlowNode[] {
  const text = (name: string, value: string): object => ({ name, type: "str", value });
  return [
    { id: `${id}-press`, type: "inject", z: "tab", name: id, props: [], x: 100, y, wires: [[id]] },
    {
      id,
      type: `subflow:${SUBFLOW}`,
      z: "tab",
      name: "",
      env: [
        text("ACCOUNT", account),
        text("PATH_OF_CALL", path),
        text("OUTPUT", output),
        text("ROOM", device),
        text("SECONDS", seconds),
      ],
      x: 300,
      y,
      wires: [[`${id}-shown`]],
    },
    {
      id: `${id}-shown`,
      type: "debug",
      z: "tab",
      name: id,
      active: true,
      tosidebar: true,
      complete: "true",
      targetType: "full",
      x: 500,
      y,
      wires: [],
    },
  ];
}

/** In the subflow: a call, and then a command, each with properties of the subflow in every text field. */
function subflow(): FlowNode[] {
  const variable = (name: string): string => `\${${name}}`;
  return [
    {
      id: SUBFLOW,
      type: "subflow",
      name: "A room",
      in: [{ x: 40, y: 40, wires: [{ id: "call" }] }],
      out: [{ x: 600, y: 40, wires: [{ id: "command", port: 0 }] }],
      env: ["ACCOUNT", "PATH_OF_CALL", "OUTPUT", "ROOM", "SECONDS"].map((name) => ({
        name,
        type: "str",
        value: "",
      })),
    },
    {
      id: "call",
      type: "spotify-request",
      z: SUBFLOW,
      session: variable("ACCOUNT"),
      path: variable("PATH_OF_CALL"),
      output: variable("OUTPUT"),
      x: 200,
      y: 40,
      wires: [["command"]],
    },
    {
      id: "command",
      type: "spotify-playback",
      z: SUBFLOW,
      session: variable("ACCOUNT"),
      action: "transfer",
      device: variable("ROOM"),
      timeout: variable("SECONDS"),
      x: 400,
      y: 40,
      wires: [[]],
    },
  ];
}

for (const runtime of RUNTIMES) {
  describe(`a subflow in ${runtime.title}`, function () {
    this.timeout(120_000);
    let workshop: Workshop;
    let editor: EditorClient;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      const { account } = workshop.spotify;
      account.playback.play({ item: 0 });
      editor = await workshop.start();
      const credentials = { librespotCredentials: account.credentialsJson };
      const accounts = ["first", "second"].map((id) => ({
        id,
        type: "spotify-session",
        name: `Account ${id}`,
        clientId: "",
        credentials: { ...credentials, stateKey: randomBytes(32).toString("hex") },
      }));
      const flows = [
        { id: "tab", type: "tab", label: "Rooms" },
        ...accounts,
        ...subflow(),
        ...instance(
          "kitchen",
          { account: "first", path: "/me", output: "person", device: "Kitchen", seconds: "5" },
          80,
        ),
        ...instance(
          "study",
          { account: "second", path: "/me/playlists", output: "lists.mine", device: "Study", seconds: "6" },
          160,
        ),
      ];
      await deployWithOwnApp(editor, workshop.spotify, flows, workshop.red.url);
    });

    after(async () => {
      await workshop?.close();
    });

    const press = async (id: string): Promise<Record<string, unknown>> => {
      const from = editor.debug.length;
      await editor.press(`${id}-press`);
      return (await editor.waitForDebug(({ name }) => name === id, { from })).value as Record<
        string,
        unknown
      >;
    };

    it("does in each of its instances what that one's properties say", async () => {
      const { account } = workshop.spotify;
      const study = await press("study");
      const { mine } = study["lists"] as { mine: { items: unknown[] } };
      assert.equal(mine.items.length, account.playlists.all().length);
      assert.equal(account.playback.active?.name, "Study");
      const kitchen = await press("kitchen");
      assert.equal((kitchen["person"] as { id: string }).id, account.username);
      assert.equal(account.playback.active?.name, "Kitchen");
      assert.equal("lists" in kitchen, false);
    });
  });
}
