/** What an account reports about its folder: that another Node-RED uses it too, or that it is a copy. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import helper from "node-red-node-test-helper";
import type { StateProblem } from "../../../src";
import { copyFolder } from "../../support/folder-copy";
import { SignInStage } from "./sign-in-support";

describe("the folder of the accounts' files", () => {
  let stage: SignInStage;
  let folder: string;
  let clock: Clock | undefined;

  beforeEach(async () => {
    stage = await SignInStage.open();
    folder = join(stage.flow.userDir, "spotify-session");
  });
  afterEach(async () => {
    clock?.uninstall();
    clock = undefined;
    await stage.close();
  });

  /** Deploys an account and a node that uses it. */
  const deploy = async (): Promise<void> => {
    await stage.flow.deploy(stage.simulator, undefined, [{ clientId: stage.app.clientId }]);
    await stage.flow.sessionNode.session!.signIns.ready();
  };
  const problem = async (): Promise<StateProblem | null> => {
    const { body } = await stage.ask("get", "/spotify-session/session/status");
    return body["stateProblem"] as StateProblem | null;
  };
  const warnings = (): string[] => {
    const spy = stage.flow.sessionNode.warn as unknown as {
      getCalls(): { thisValue: Node; args: [string] }[];
    };
    return spy.getCalls().map(({ args }) => args[0]);
  };

  describe("if another Node-RED uses it too", () => {
    let beats = 0;

    beforeEach(() => {
      clock = FakeTimers.install({ toFake: ["setInterval", "clearInterval"] });
    });

    /** The lock file of the other Node-RED. Each time is different. */
    const beat = (): void => {
      const owner = { id: "another", pid: 4711, host: "raspberrypi" };
      writeFileSync(join(folder, ".lock"), JSON.stringify({ ...owner, renewedAt: ++beats }));
    };
    const owned = async (): Promise<void> => {
      for (let turns = 0; !existsSync(join(folder, ".lock")); turns++) {
        assert.ok(turns < 10_000, "The folder has a lock");
        await new Promise(setImmediate);
      }
    };

    it("is reported in the log, once, and in the dialog, until the other Node-RED has gone", async () => {
      await deploy();
      await owned();
      const { session } = stage.flow.sessionNode;
      beat();
      const told = once(session!, "stateProblem");
      clock!.tick(10_000);
      await told;
      const { kind, cause, file } = (await problem())!;
      assert.deepEqual([kind, cause], ["shared-folder", "raspberrypi, pid 4711"]);
      assert.equal(file, join(folder, ".lock"));
      assert.equal(warnings().length, 1);
      assert.match(warnings()[0]!, /raspberrypi, pid 4711.*user directory of its own.*spotifySessionStore/);
      const gone = once(session!, "stateProblem");
      await rm(join(folder, ".lock"));
      clock!.tick(10_000);
      await gone;
      assert.equal(await problem(), null);
      assert.equal(warnings().length, 1);
    });

    it("is locked once by all accounts of a process, and released when the last one has closed", async () => {
      stage.flow.more = [
        { id: "second", type: "spotify-session", clientId: "keymaster", connect: false },
        { id: "of-second", type: "spotify-token", z: "tab", session: "second", scopes: [], emit: "input" },
      ];
      await deploy();
      await owned();
      const owner = (): string => readFileSync(join(folder, ".lock"), "utf8");
      assert.match(owner(), new RegExp(`"pid":${process.pid},"host":"${hostname()}"`));
      await stage.flow.redeploy("nodes", ({ id, ...rest }) =>
        id === "second" || id === "of-second" ? undefined : { ...rest, id },
      );
      assert.ok(existsSync(join(folder, ".lock")), "the other account still runs");
      await stage.flow.stop();
      assert.ok(!existsSync(join(folder, ".lock")));
    });

    it("is not reported at a redeploy: an account does not warn about itself", async () => {
      await deploy();
      await owned();
      for (let times = 0; times < 2; times++) {
        await stage.flow.redeploy("full", (definition) => definition);
        await stage.flow.sessionNode.session!.signIns.ready();
        clock!.tick(60_000);
        assert.equal(await problem(), null);
      }
      assert.deepEqual(warnings(), []);
    });
  });

  describe("if it is a copy", () => {
    /** Signs in with the user's own app, and replaces the folder by a copy, like a restored backup. */
    beforeEach(async () => {
      await deploy();
      const { url, cookie, path } = await stage.beginAuthorization();
      await stage.ask("get", await stage.agree(url), undefined, cookie);
      assert.equal((await stage.outcome(path))["state"], "done");
      await stage.flow.stop();
      await copyFolder(folder, `${folder}-copy`);
      await rm(folder, { recursive: true });
      await rename(`${folder}-copy`, folder);
      await deploy();
    });

    const useHere = (body?: object, id = "session") =>
      stage.ask("post", `/spotify-session/${id}/use-here`, body);

    it("is reported in the log, once, and in the dialog; the user's own app gives no token", async () => {
      assert.equal((await problem())?.kind, "copied");
      assert.equal(warnings().length, 1);
      assert.match(warnings()[0]!, /This user directory is a copy/);
      assert.equal((await stage.flow.askInVain()).error.code, "NOT_SIGNED_IN");
    });

    it("is used like the original once the dialog says so, without a deploy and after a restart", async () => {
      await stage.flow.askInVain();
      assert.equal((await useHere({ originalIsGone: true })).status, 200);
      assert.equal(await problem(), null);
      const { payload } = await stage.flow.ask();
      assert.equal(payload.source, "oauth");
      await stage.flow.stop();
      await deploy();
      assert.equal(await problem(), null);
      assert.equal(warnings().length, 0);
    });

    it("stays a copy after an invalid request: not JSON, the wrong JSON, another account", async () => {
      assert.equal((await useHere()).status, 400);
      assert.equal((await useHere({ originalIsGone: "yes" })).status, 400);
      const form = await helper
        .request()
        .post("/spotify-session/session/use-here")
        .type("form")
        .send({ originalIsGone: true });
      assert.equal(form.status, 400);
      assert.equal((await useHere({ originalIsGone: true }, "another")).status, 404);
      assert.equal((await problem())?.kind, "copied");
    });

    it("is reported when it cannot be written", async () => {
      await rm(folder, { recursive: true });
      writeFileSync(folder, "");
      const { status, body } = await useHere({ originalIsGone: true });
      assert.equal(status, 400);
      const { code, message } = body["error"] as { code: string; message: string };
      assert.equal(code, "INVALID_ARGUMENT");
      assert.ok(message.includes(folder), message);
      await rm(folder);
    });
  });
});
