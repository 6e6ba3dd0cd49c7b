import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { SignInStage } from "./sign-in-support";

const HOUR = 3_600_000;
/** An account that exists only in an editor. */
const NEW = "0123456789abcdef";
const BASE = `/spotify-session/${NEW}`;

describe("signing in before the first deploy", () => {
  let stage: SignInStage;
  let clock: Clock | undefined;

  beforeEach(async () => {
    stage = await SignInStage.open();
    await stage.deploy("another");
  });
  afterEach(async () => {
    clock?.uninstall();
    clock = undefined;
    await stage.close();
  });

  const folder = (): string => join(stage.flow.userDir, "spotify-session");
  const files = (): string[] =>
    existsSync(folder()) ? readdirSync(folder()).filter((name) => name.startsWith(NEW)) : [];
  const stopTime = (): Clock =>
    (clock = FakeTimers.install({ now: Date.now(), toFake: ["setTimeout", "clearTimeout", "Date"] }));

  async function pair(): Promise<void> {
    const { code, path } = await stage.beginPairing(NEW);
    stage.simulator.pair(code, stage.account);
    assert.equal((await stage.outcome(path))["state"], "done");
  }

  async function useApp(): Promise<void> {
    const { url, cookie } = await stage.beginAuthorization(NEW);
    const { headers } = await stage.ask("get", await stage.agree(url), undefined, cookie);
    assert.equal(headers["location"], "callback/done");
  }

  it("reports that the account is not deployed, until a sign-in begins", async () => {
    assert.equal((await stage.ask("get", `${BASE}/status`)).status, 404);
    await stage.beginPairing(NEW);
    const { body } = await stage.ask("get", `${BASE}/status`);
    assert.deepEqual([body["isDeployed"], body["signIns"]], [false, []]);
  });

  it("shows no playback before the deploy, because nothing follows the account yet", async () => {
    const playing = (): ReturnType<typeof stage.ask> => stage.ask("get", `${BASE}/playing`);
    assert.equal((await playing()).status, 404);
    await pair();
    const { status, body } = await playing();
    assert.deepEqual([status, body], [200, { state: null, devices: [], problem: null }]);
  });

  it("works by pairing, with the user's own app and with a file, and the deploy keeps all of it", async () => {
    await pair();
    await useApp();
    const imported = await stage.ask("post", `${BASE}/import`, { text: stage.account.credentialsJson });
    assert.equal(imported.status, 200);
    const before = await stage.signIns(NEW);
    assert.ok(before?.includes("stored") && before.includes(stage.app.clientId));
    await stage.flow.stop();
    await stage.deploy(NEW);
    assert.deepEqual(await stage.signIns(NEW), before);
    assert.deepEqual(files(), [`${NEW}.state`]);
  });

  it("continues during the deploy: the code may be typed after it", async () => {
    const { code, path } = await stage.beginPairing(NEW);
    await stage.flow.stop();
    await stage.deploy(NEW);
    stage.simulator.pair(code, stage.account);
    assert.equal((await stage.outcome(path))["state"], "done");
    assert.deepEqual(await stage.signIns(NEW), ["stored"]);
  });

  it("is kept when another account is deployed meanwhile", async () => {
    const { code, path } = await stage.beginPairing(NEW);
    await stage.flow.stop();
    await stage.deploy("another");
    stage.simulator.pair(code, stage.account);
    assert.equal((await stage.outcome(path))["state"], "done");
    assert.deepEqual(await stage.signIns(NEW), ["stored"]);
  });

  it("does not open the account after a restart when its dialog is looked at", async () => {
    await useApp();
    await stage.flow.stop();
    await forget();
    await stage.deploy("another");
    const { status, body } = await stage.ask("get", `${BASE}/status`);
    assert.deepEqual([status, body["isOpen"], body["isDeployed"]], [200, false, false]);
    assert.deepEqual(await stage.signIns(NEW), [stage.app.clientId]);
  });

  it("lets the user sign out again", async () => {
    await pair();
    assert.equal((await stage.ask("post", `${BASE}/sign-out`, { all: true })).status, 200);
    assert.deepEqual(await stage.signIns(NEW), []);
  });

  it("writes no secret in plain text to disk", async () => {
    await pair();
    const secrets = [
      stage.account.storedCredential.toString("base64"),
      ...stage.simulator.grants.map(({ refreshToken }) => refreshToken),
    ];
    for (const name of files()) {
      const text = readFileSync(join(folder(), name), "utf8");
      for (const secret of secrets) assert.ok(!text.includes(secret), name);
    }
  });

  it("is deleted an hour later, if the account is never deployed", async () => {
    stopTime();
    await useApp();
    assert.ok(files().includes(`${NEW}.state`));
    await clock!.tickAsync(HOUR - 60_000);
    assert.deepEqual(await stage.signIns(NEW), [stage.app.clientId]);
    await clock!.tickAsync(61_000);
    while (files().length > 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await stage.ask("get", `${BASE}/status`)).status, 404);
  });

  it("is deleted an hour later even if Node-RED restarted meanwhile", async () => {
    stopTime();
    await useApp();
    await stage.flow.stop();
    await forget();
    clock!.setSystemTime(Date.now() + HOUR + 60_000);
    await stage.deploy("another");
    await clock!.tickAsync(1);
    while (files().length > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  it("is kept after a restart within the hour", async () => {
    await useApp();
    await stage.flow.stop();
    await forget();
    await stage.deploy("another");
    assert.deepEqual(await stage.signIns(NEW), [stage.app.clientId]);
    await stage.flow.stop();
    await stage.deploy(NEW);
    assert.deepEqual(await stage.signIns(NEW), [stage.app.clientId]);
  });

  it("is possible only for a few accounts at once", async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 10; i++)
      statuses.push((await stage.ask("post", `/spotify-session/new${i}/pairing`, {})).status);
    assert.deepEqual(statuses.slice(0, 8), Array(8).fill(200));
    assert.deepEqual(statuses.slice(8), [400, 400]);
  });

  /** Like the end of the process: nothing of the account is in memory any more. */
  async function forget(): Promise<void> {
    await stage.deploy("another", { userDir: `${stage.flow.userDir}-none` });
    await stage.flow.stop();
  }
});
