import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import helper from "node-red-node-test-helper";
import { SignInStage } from "./sign-in-support";

const HOUR = 3_600_000;
const GONE = "0123456789abcdef";

describe("what an account remembers that was removed while Node-RED was stopped", () => {
  let stage: SignInStage;
  let clock: Clock;

  beforeEach(async () => {
    stage = await SignInStage.open();
    await stage.deploy(GONE);
    const text = stage.account.credentialsJson;
    assert.equal((await stage.ask("post", `/spotify-session/${GONE}/import`, { text })).status, 200);
    await stage.flow.stop();
    clock = FakeTimers.install({ now: Date.now(), toFake: ["setTimeout", "clearTimeout", "Date"] });
  });
  afterEach(async () => {
    clock.uninstall();
    await stage.close();
  });

  const folder = (): string => join(stage.flow.userDir, "spotify-session");
  const isThere = (): boolean => existsSync(join(folder(), `${GONE}.state`));
  const lines = (): string[] => {
    const entries = helper.log().args.map(([entry]) => (entry as { msg: unknown }).msg);
    return entries.filter((text): text is string => typeof text === "string" && text.includes(GONE));
  };
  const untilGone = async (): Promise<void> => {
    const left = (): string[] => readdirSync(folder()).filter((name) => name.includes(GONE));
    while (left().length > 0) await new Promise(setImmediate);
  };
  /** A start with the flow of another account. */
  const start = (): Promise<void> => stage.deploy("another");
  const writeFlows = (path: string, nodes: object[]): void => {
    const file = join(stage.flow.userDir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(nodes));
  };
  /** A day with a start before it and one after it. */
  const passADay = async (): Promise<void> => {
    await start();
    await stage.flow.stop();
    await clock.tickAsync(25 * HOUR);
    await start();
    await clock.tickAsync(25 * HOUR);
  };

  it("is deleted a day after the log has said so, and how to keep it", async () => {
    await start();
    assert.match(
      lines().join("\n"),
      /is in no flow any more.* is deleted in a day\. To keep it, put the account back/,
    );
    await clock.tickAsync(23 * HOUR);
    assert.ok(isThere());
    await clock.tickAsync(2 * HOUR);
    await untilGone();
    while (lines().length < 2) await new Promise(setImmediate);
    assert.match(lines()[1]!, /remembered is deleted: it is in no flow/);
  });

  it("is deleted at the first start after that day, if Node-RED did not run meanwhile", async () => {
    await start();
    await stage.flow.stop();
    clock.setSystemTime(Date.now() + 25 * HOUR);
    await start();
    await untilGone();
  });

  it("is told of once, and not at each start", async () => {
    await start();
    await stage.flow.stop();
    clock.setSystemTime(Date.now() + HOUR);
    await start();
    assert.deepEqual(lines(), []);
    assert.ok(isThere());
  });

  it("stays if the account is back within the day, and the day begins anew if it is removed again", async () => {
    await start();
    await stage.flow.stop();
    clock.setSystemTime(Date.now() + 20 * HOUR);
    await stage.deploy(GONE);
    assert.deepEqual(await stage.signIns(GONE), ["stored"]);
    await stage.flow.stop();
    clock.setSystemTime(Date.now() + 20 * HOUR);
    await start();
    assert.ok(isThere());
    assert.match(lines().join("\n"), /is deleted in a day/);
  });

  for (const [where, path] of [
    ["another flow file", "flows_other.json"],
    ["another project", "projects/other/flow.json"],
  ] as const) {
    it(`stays if the account is in ${where} of the user directory`, async () => {
      writeFlows(path, [{ id: GONE, type: "spotify-session" }]);
      await passADay();
      assert.ok(isThere());
      assert.deepEqual(lines(), []);
    });
  }

  it("stays if another flow file has it in the instance of a subflow", async () => {
    await stage.deploy(`aaaa-${GONE}`);
    const text = stage.account.credentialsJson;
    await stage.ask("post", `/spotify-session/aaaa-${GONE}/import`, { text });
    await stage.flow.stop();
    writeFlows("flows_other.json", [
      { id: "aaaa", type: "subflow:b" },
      { id: GONE, z: "b" },
    ]);
    await passADay();
    assert.ok(existsSync(join(folder(), `aaaa-${GONE}.state`)));
  });

  it("stays if it cannot be seen whether another flow file has it", async () => {
    writeFlows("flows_other.json", []);
    mkdirSync(join(stage.flow.userDir, "projects", "other"), { recursive: true });
    writeFileSync(join(stage.flow.userDir, "large.json"), Buffer.alloc(65 * 1024 * 1024));
    await passADay();
    assert.ok(isThere());
  });

  it("stays while the clock is not set, as that of a Raspberry Pi that has just started", async () => {
    const now = Date.now();
    clock.setSystemTime(0);
    await start();
    await stage.flow.stop();
    clock.setSystemTime(now);
    await start();
    await clock.tickAsync(23 * HOUR);
    assert.ok(isThere());
  });

  it("stays if the account is only disabled, or no account is there at all", async () => {
    await stage.deploy(GONE, {});
    await stage.flow.stop();
    await stage.flow.deploy(stage.simulator, undefined, [], { id: GONE, d: true });
    await clock.tickAsync(25 * HOUR);
    assert.ok(isThere());
  });
});
