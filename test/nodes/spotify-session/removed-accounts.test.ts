/** What happens to the state of an account that was removed from the flows while Node-RED was stopped. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import helper from "node-red-node-test-helper";
import type { AccountNode } from "../../../nodes/shared/account-node";
import { settledLooks } from "../../../nodes/spotify-session/removed-accounts";
import { copyFolder } from "../../support/folder-copy";
import type { Definition } from "../support/flow";
import { SignInStage } from "./sign-in-support";

const HOUR = 3_600_000;
const FILE = { flowFile: "flows.json" };

describe("the state of an account that was removed while Node-RED was stopped", () => {
  let stage: SignInStage;
  let clock: Clock;
  let userDir: string;

  beforeEach(async () => {
    clock = FakeTimers.install({ toFake: ["setInterval", "clearInterval"] });
    stage = await SignInStage.open();
    ({ userDir } = stage.flow);
  });
  afterEach(async () => {
    await stage.close();
    clock.uninstall();
  });

  const stateOf = (id: string): string => join(userDir, "spotify-session", `${id}.state`);
  const has = (id: string): boolean => existsSync(stateOf(id));

  /** Starts Node-RED with these accounts, and stops it. `settings` say which flows these are. */
  async function start(ids: string[], settings: Record<string, unknown> = FILE): Promise<void> {
    const [first = "nobody", ...others] = ids;
    stage.flow.more = others.map((id): Definition => ({
      id,
      type: "spotify-session",
      clientId: "keymaster",
    }));
    await stage.flow.deploy(stage.simulator, undefined, [], { id: first }, settings);
    // An account that no node uses opens no session.
    for (const id of ids) (helper.getNode(id) as unknown as AccountNode).open();
    await settledLooks();
  }
  async function run(ids: string[], settings: Record<string, unknown> = FILE): Promise<void> {
    await start(ids, settings);
    for (const id of ids) {
      const text = stage.account.credentialsJson;
      const answer = await stage.ask("post", `/spotify-session/${id}/import`, { text });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
    }
    await stop();
    for (const id of ids) assert.ok(has(id), `${id} has a state`);
  }
  async function stop(): Promise<void> {
    await stage.flow.stop();
    await settledLooks();
  }
  async function pass(hours: number): Promise<void> {
    for (let hour = 0; hour < hours; hour++) {
      clock.tick(HOUR);
      await settledLooks();
    }
  }
  const said = (): string[] => {
    const spy = helper.log() as unknown as { getCalls(): { args: [{ level: number; msg: unknown }] }[] };
    const calls = spy.getCalls().map(({ args }) => args[0]);
    const isWarning = ({ level, msg }: { level: number; msg: unknown }): boolean =>
      level === 30 && typeof msg === "string" && msg.includes("state");
    return calls.filter(isWarning).map(({ msg }) => msg as string);
  };

  it("is deleted after Node-RED has run without it for a day, which the log has announced", async () => {
    await run(["one", "two"]);
    await start(["two"]);
    assert.equal(said().length, 1);
    assert.match(said()[0]!, /account one is no longer in the flows/);
    assert.ok(said()[0]!.includes(stateOf("one")));
    assert.match(said()[0]!, /24 hours.*put the account back into the flows, or move the file/);
    await pass(23);
    assert.ok(has("one"));
    assert.equal(said().length, 1, "it is said once");
    await pass(1);
    assert.equal(has("one"), false);
    assert.ok(has("two"), "the other account is in the flows");
    assert.match(said()[1]!, /account one was deleted/);
  });

  it("is deleted even if Node-RED is restarted each evening: the hours add up", async () => {
    await run(["one", "two"]);
    for (let day = 0; day < 3; day++) {
      await start(["two"]);
      assert.ok(has("one"));
      await pass(8);
      await stop();
    }
    assert.equal(has("one"), false);
  });

  it("is kept as long as Node-RED does not run, no matter what the clock says", async () => {
    await run(["one", "two"]);
    await start(["two"]);
    await stop();
    const calendar = FakeTimers.install({ now: Date.now() + 400 * 86_400_000, toFake: ["Date"] });
    try {
      await start(["two"]);
      await pass(23);
      assert.ok(has("one"));
    } finally {
      calendar.uninstall();
    }
  });

  it("is kept if the account is put back within the day, and the day starts again", async () => {
    await run(["one", "two"]);
    await start(["two"]);
    await pass(20);
    await stop();
    await run(["one", "two"]);
    await start(["two"]);
    await pass(23);
    assert.ok(has("one"));
  });

  it("is kept if the account is disabled", async () => {
    await run(["one", "two"]);
    stage.flow.more = [{ id: "one", type: "spotify-session", clientId: "keymaster", d: true }];
    await stage.flow.deploy(stage.simulator, undefined, [], { id: "two" }, FILE);
    await settledLooks();
    await pass(30);
    assert.ok(has("one"));
    assert.deepEqual(said(), []);
  });

  it("is kept if it was moved elsewhere, as the log suggested", async () => {
    await run(["one", "two"]);
    await start(["two"]);
    renameSync(stateOf("one"), join(userDir, "one.state"));
    await pass(30);
    assert.ok(existsSync(join(userDir, "one.state")));
  });

  it("is kept while another Node-RED uses the account and writes to it", async () => {
    await run(["one", "two"]);
    await start(["two"]);
    await pass(20);
    utimesSync(stateOf("one"), 1, 1);
    await pass(20);
    assert.ok(has("one"));
    await pass(10);
    assert.equal(has("one"), false);
  });

  it("is kept if the flows file is empty or lost, because this is not a removal", async () => {
    await run(["one"]);
    helper.settings({ userDir, ...FILE });
    stage.flow.definitions = [];
    await helper.load([], [], {});
    await settledLooks();
    await pass(30);
    assert.ok(has("one"));
  });

  it("of an earlier version, about which there is no note, is kept", async () => {
    await run(["one", "two"]);
    rmSync(join(userDir, "spotify-session", ".accounts"));
    await start(["two"]);
    await pass(30);
    assert.ok(has("one"));
  });

  for (const damage of ["", "null", "{}", "[{}]", '[{"id":"one","claims":[{}]}]', "[".repeat(1000)]) {
    it(`is kept if the note about it is damaged: ${damage.slice(0, 40)}`, async () => {
      await run(["one", "two"]);
      writeFileSync(join(userDir, "spotify-session", ".accounts"), damage);
      await start(["two"]);
      await pass(30);
      assert.ok(has("one"));
      assert.ok(has("two"));
    });
  }

  it("is kept in a copy of the user directory, until the copy replaces the original", async () => {
    await run(["one", "two"]);
    const folder = join(userDir, "spotify-session");
    await copyFolder(folder, `${folder}-copy`);
    rmSync(folder, { recursive: true });
    await rename(`${folder}-copy`, folder);
    await start(["two"]);
    await pass(30);
    assert.ok(has("one"));
    assert.equal(said().filter((line) => /no longer in the flows/.test(line)).length, 0);
    assert.equal(
      (await stage.ask("post", "/spotify-session/two/use-here", { originalIsGone: true })).status,
      200,
    );
    await pass(30);
    assert.equal(has("one"), false);
  });

  it("is kept if Node-RED starts with another flows file", async () => {
    await run(["one"], { flowFile: "first.json" });
    await start(["two"], { flowFile: "second.json" });
    await pass(50);
    assert.ok(has("one"));
    assert.deepEqual(said(), []);
  });

  describe("of a project", () => {
    /** A project as Node-RED stores it, with these accounts in its flows. */
    function project(name: string, ids: string[], branch = "main"): Record<string, unknown> {
      const folder = join(userDir, "projects", name);
      mkdirSync(join(folder, ".git"), { recursive: true });
      writeFileSync(join(folder, ".git", "HEAD"), `ref: refs/heads/${branch}\n`);
      writeFileSync(
        join(folder, "package.json"),
        JSON.stringify({ "node-red": { settings: { flowFile: "flows.json" } } }),
      );
      writeFileSync(join(folder, "flows.json"), JSON.stringify(ids.map((id) => ({ id }))));
      return {
        editorTheme: { projects: { enabled: true } },
        get: (key: string) => (key === "projects" ? { activeProject: name } : undefined),
      };
    }

    it("is kept while another project is open, no matter how long", async () => {
      await run(["one"], project("a", ["one"]));
      await start(["two"], project("b", ["two"]));
      await pass(200);
      assert.ok(has("one"));
      assert.deepEqual(said(), []);
      await stop();
      await start(["one"], project("a", ["one"]));
      assert.deepEqual(await stage.signIns("one"), ["stored"]);
    });

    it("is kept while another branch is checked out", async () => {
      await run(["one", "two"], project("a", ["one", "two"]));
      await start(["two"], project("a", ["two"], "without-one"));
      await pass(200);
      assert.ok(has("one"));
    });

    it("is deleted a day after it was removed from its own project", async () => {
      await run(["one", "two"], project("a", ["one", "two"]));
      await start(["two"], project("a", ["two"]));
      assert.match(said()[0]!, /account one is no longer in the flows/);
      await pass(24);
      assert.equal(has("one"), false);
    });

    it("is kept while a copy of the project has the account too", async () => {
      await run(["one", "two"], project("a", ["one", "two"]));
      await run(["one", "two"], project("b", ["one", "two"]));
      await start(["two"], project("b", ["two"]));
      await pass(50);
      assert.ok(has("one"));
      await stop();
      await start(["two"], project("a", ["two"]));
      await pass(50);
      assert.equal(has("one"), false, "neither has it any more");
    });

    it("is kept by a deploy that deletes the account while a copy of the project has it", async () => {
      const a = project("a", ["one", "two"]);
      await run(["one", "two"], a);
      await start(["one", "two"], project("b", ["one", "two"]));
      await stage.flow.redeploy("full", (definition) => (definition.id === "one" ? undefined : definition));
      await settledLooks();
      assert.ok(has("one"));
      await stop();
      await start(["one", "two"], a);
      project("b", ["two"]);
      await stage.flow.redeploy("full", (definition) => (definition.id === "one" ? undefined : definition));
      assert.equal(has("one"), false);
    });

    it("is deleted a day after the branch that has it was deleted", async () => {
      await run(["one", "two"], project("a", ["one", "two"], "old"));
      const settings = project("a", ["one", "two"]);
      const refs = join(userDir, "projects", "a", ".git", "refs", "heads");
      mkdirSync(refs, { recursive: true });
      writeFileSync(join(refs, "old"), "");
      await run(["one", "two"], settings);
      await start(["two"], project("a", ["two"]));
      await pass(50);
      assert.ok(has("one"), "the branch is there");
      await stop();
      rmSync(join(refs, "old"));
      const packed = join(userDir, "projects", "a", ".git", "packed-refs");
      writeFileSync(packed, "# pack-refs with: peeled\n0123 refs/heads/main\n4567 refs/heads/old\n");
      await start(["one", "two"], project("a", ["one", "two"]));
      await stop();
      await start(["two"], project("a", ["two"]));
      await pass(50);
      assert.ok(has("one"), "the branch is packed");
      await stop();
      writeFileSync(packed, "# pack-refs with: peeled\n0123 refs/heads/main\n");
      await start(["one", "two"], project("a", ["one", "two"]));
      await stop();
      await start(["two"], project("a", ["two"]));
      await pass(24);
      assert.equal(has("one"), false);
    });

    it("has one note for all commits that were checked out without a branch", async () => {
      for (const commit of ["1".repeat(40), "2".repeat(40)]) {
        const settings = project("a", ["one"]);
        writeFileSync(join(userDir, "projects", "a", ".git", "HEAD"), `${commit}\n`);
        await start(["one"], settings);
        await stop();
      }
      const notes = JSON.parse(readFileSync(join(userDir, "spotify-session", ".accounts"), "utf8")) as {
        claims: unknown[];
      }[];
      assert.equal(notes[0]!.claims.length, 1);
    });

    const [template, instance] = ["template", "instance"];
    const inSubflow = `${instance}-inner`;
    async function runInSubflow(settings: Record<string, unknown>): Promise<void> {
      stage.flow.more = [
        { id: template, type: "subflow", name: "", in: [], out: [] },
        { id: "inner", type: "spotify-session", z: template, clientId: "keymaster" },
        { id: instance, type: `subflow:${template}`, z: "tab", x: 0, y: 0, wires: [] },
      ];
      await stage.flow.deploy(stage.simulator, undefined, [], { id: "two" }, settings);
      await settledLooks();
      await stage.ask("post", `/spotify-session/${inSubflow}/import`, {
        text: stage.account.credentialsJson,
      });
      assert.ok(has(inSubflow));
    }

    it("in a subflow is kept for a day, too, when a pull brings flows without it", async () => {
      await runInSubflow(project("a", ["inner"]));
      await stage.flow.reload(({ id }) => id !== instance);
      await settledLooks();
      await pass(23);
      assert.ok(has(inSubflow));
      await pass(1);
      assert.equal(has(inSubflow), false);
    });

    it("in a subflow is deleted at once when a deploy deletes the instance", async () => {
      await runInSubflow(project("a", []));
      await stage.flow.redeploy("full", (one) => (one.id === instance ? undefined : one));
      for (let turns = 0; has(inSubflow) && turns < 1_000; turns++) await new Promise(setImmediate);
      assert.equal(has(inSubflow), false);
    });

    it("in a subflow is kept when another project is opened without a restart", async () => {
      await runInSubflow(project("a", ["inner"]));
      const id = inSubflow;
      // Like Node-RED: the flows stop, then those of the other project are loaded.
      await stop();
      assert.ok(has(id));
      await start(["two"], project("b", ["two"]));
      await pass(30);
      for (let turns = 0; turns < 100; turns++) await new Promise(setImmediate);
      assert.ok(has(id));
    });
  });

  it("is noted in a file without secrets", async () => {
    await run(["one"]);
    const text = readFileSync(join(userDir, "spotify-session", ".accounts"), "utf8");
    assert.deepEqual(JSON.parse(text), [
      { id: "one", claims: [{ file: "flows.json", branch: "", hours: 0 }] },
    ]);
  });
});
