import assert from "node:assert/strict";
import { execFile, fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { FolderLock, type FolderUser } from "../../src/store/folder-lock";
import { endClock } from "../support/end-clock";

const PROGRAM = join(__dirname, "../support/folder-user.ts");
/** A process of this machine that runs as long as this test. */
const NEIGHBOUR: FolderUser = { id: "neighbour", pid: process.ppid, host: hostname() };
const ELSEWHERE: FolderUser = { id: "elsewhere", pid: 4711, host: "raspberrypi" };

describe("the lock of a folder", () => {
  let folder: string;
  let file: string;
  let clock: Clock;
  let locks: FolderLock[];
  let told: (string | undefined)[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lock-"));
    file = join(folder, ".lock");
    clock = FakeTimers.install({ now: Date.now(), toFake: ["setInterval", "clearInterval", "Date"] });
    locks = [];
    told = [];
  });
  afterEach(async () => {
    await Promise.all(locks.map((lock) => lock.end()));
    await endClock(clock);
    await rm(folder, { recursive: true, force: true });
  });

  function lockOf(user?: FolderUser, path = folder): FolderLock {
    const lock: FolderLock = new FolderLock(path, () => told.push(lock.other?.host), user);
    locks.push(lock);
    return lock;
  }

  /** Lets time pass, and waits for the file operations that this causes. */
  async function pass(seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds; passed++) {
      clock.tick(1_000);
      if (passed % 10 < 9) continue;
      await Promise.all(locks.map((lock) => lock.settled()));
    }
  }

  /** The lock of an owner on another machine, with a different clock. */
  const write = (user: object, renewedAt = "2001-01-01T00:00:00.000Z"): Promise<void> =>
    writeFile(file, JSON.stringify({ ...user, renewedAt }));

  it("names its holder in a private file, which is deleted at the end", async () => {
    const before = process.uptime();
    const lock = lockOf();
    await lock.begin();
    const { pid, host, id, startedAt } = JSON.parse(await readFile(file, "utf8")) as FolderUser & {
      startedAt: string;
    };
    assert.deepEqual([pid, host], [process.pid, hostname()]);
    const age = Date.now() - Date.parse(startedAt);
    assert.ok(age >= Math.floor(before * 1000) && age <= Math.ceil(process.uptime() * 1000) + 1);
    assert.match(id, /^[0-9a-f-]{36}$/);
    if (process.platform !== "win32") assert.equal(((await stat(file)).mode & 0o777).toString(8), "600");
    await lock.end();
    assert.deepEqual(await readdir(folder), []);
  });

  it("creates its folder if it is missing", async () => {
    await lockOf(undefined, join(folder, "spotify-session")).begin();
    assert.ok(existsSync(join(folder, "spotify-session", ".lock")));
  });

  it("reports the first process to the second one within 20 s, and reports that it has gone", async () => {
    const first = lockOf(NEIGHBOUR);
    const second = lockOf();
    await first.begin();
    await second.begin();
    assert.deepEqual(told, [], "it may be the lock of a process that was killed");
    await pass(20);
    assert.deepEqual([second.other?.pid, second.other?.host], [NEIGHBOUR.pid, NEIGHBOUR.host]);
    await pass(300);
    assert.deepEqual(told, [NEIGHBOUR.host], "once");
    assert.equal(first.other, undefined, "the first one has the folder");
    await first.end();
    await pass(10);
    assert.equal(second.other, undefined);
    assert.deepEqual(told, [NEIGHBOUR.host, undefined]);
  });

  it("reports an owner on another machine, even if the clocks are wrong", async () => {
    const lock = lockOf();
    for (const year of ["1970", "2001", "2099"]) {
      await write(ELSEWHERE, `${year}-01-01T00:00:00.000Z`);
      if (year === "1970") await lock.begin();
      else await pass(10);
    }
    assert.deepEqual([lock.other?.host, lock.other?.pid], ["raspberrypi", 4711]);
  });

  it("does not warn of an owner on another machine that has ended, and replaces it after 30 s", async () => {
    await write(ELSEWHERE, new Date().toISOString());
    const lock = lockOf();
    await lock.begin();
    await pass(20);
    assert.match(await readFile(file, "utf8"), /raspberrypi/);
    await pass(10);
    assert.match(await readFile(file, "utf8"), new RegExp(`"pid":${process.pid},`));
    assert.deepEqual(told, []);
  });

  it("reports that the other owner has gone after it was silent for 30 s", async () => {
    const lock = lockOf();
    await write(ELSEWHERE, "1");
    await lock.begin();
    await write(ELSEWHERE, "2");
    await pass(10);
    assert.equal(lock.other?.host, "raspberrypi");
    await pass(20);
    assert.equal(lock.other?.host, "raspberrypi");
    await pass(10);
    assert.equal(lock.other, undefined);
  });

  it("replaces at once the lock of the previous container, which had the same process ID", async () => {
    await write({ ...ELSEWHERE, pid: process.pid, host: hostname() });
    await lockOf().begin();
    assert.doesNotMatch(await readFile(file, "utf8"), /elsewhere/);
    assert.deepEqual(told, []);
  });

  it("tells apart two containers with the same host name and process ID", async () => {
    const twins = ["one", "two"].map((id) => lockOf({ id, pid: process.pid, host: hostname() }));
    for (const twin of twins) await twin.begin();
    await pass(60);
    assert.equal(twins.filter(({ other }) => other).length, 1);
    assert.equal(told.length, 1);
  });

  it("is renewed in its place, so that others never find it empty or missing", async () => {
    await lockOf().begin();
    const before = await readFile(file, "utf8");
    // A reader keeps the number of the file from being given to a new one.
    const reader = await open(file);
    await pass(10);
    const after = await readFile(file, "utf8");
    assert.notEqual(after, before);
    const { ino } = await reader.stat();
    await reader.close();
    assert.deepEqual([(await stat(file)).ino, after.length], [ino, before.length]);
  });

  it("of a process of another user is not replaced while that runs", async () => {
    await write({ ...NEIGHBOUR, id: "of another user" });
    const { kill } = process;
    process.kill = () => {
      throw Object.assign(new Error("no"), { code: "EPERM" });
    };
    try {
      await lockOf().begin();
    } finally {
      process.kill = kill;
    }
    assert.match(await readFile(file, "utf8"), /of another user/);
  });

  it("is not replaced because of a disk that stalled, during which its owner could not renew it", async () => {
    await write(ELSEWHERE);
    await lockOf().begin();
    clock.tick(60_000);
    await Promise.all(locks.map((lock) => lock.settled()));
    assert.match(await readFile(file, "utf8"), /raspberrypi/);
  });

  for (const damage of [{ id: 5 }, { host: null }, { pid: 0 }, { pid: -1 }, { pid: 1.5 }, { pid: "1" }]) {
    it(`does not warn of a damaged owner: ${JSON.stringify(damage)}`, async () => {
      const lock = lockOf();
      await write({ ...ELSEWHERE, ...damage }, "1");
      await lock.begin();
      await write({ ...ELSEWHERE, ...damage }, "2");
      await pass(10);
      assert.equal(lock.other, undefined);
    });
  }

  it("still reports its owner while the file is damaged", async () => {
    const lock = lockOf();
    await write(ELSEWHERE, "1");
    await lock.begin();
    await write(ELSEWHERE, "2");
    await pass(10);
    await writeFile(file, '{"id":');
    await pass(10);
    assert.deepEqual(told, ["raspberrypi"]);
  });

  it("still reports its owner when this process stops and starts again at once", async () => {
    const lock = lockOf();
    await write(ELSEWHERE, "1");
    await lock.begin();
    await write(ELSEWHERE, "2");
    await pass(10);
    const ending = lock.end();
    await Promise.all([ending, lock.begin()]);
    assert.equal(lock.other?.host, "raspberrypi");
  });

  it("is not made by a process that stops at once", async () => {
    const lock = lockOf(undefined, join(folder, "new"));
    await Promise.all([lock.begin(), lock.end()]);
    assert.deepEqual(await readdir(folder), []);
  });

  it("that was damaged is made again after 30 s", async () => {
    await writeFile(file, "");
    await lockOf().begin();
    await pass(30);
    assert.match(await readFile(file, "utf8"), new RegExp(`"pid":${process.pid},`));
    assert.deepEqual(told, []);
  });

  it("that was removed is made again", async () => {
    await lockOf().begin();
    await rm(file);
    await pass(10);
    assert.ok(existsSync(file));
  });

  it("does not remove the lock of another owner", async () => {
    await write(ELSEWHERE);
    const lock = lockOf();
    await lock.begin();
    await lock.end();
    assert.match(await readFile(file, "utf8"), /raspberrypi/);
  });

  it("does not make a process warn of itself when it starts again while it stops", async () => {
    const lock = lockOf();
    await lock.begin();
    const ending = lock.end();
    await Promise.all([ending, lock.begin()]);
    assert.ok(existsSync(file));
    await pass(60);
    assert.deepEqual(told, []);
    await lock.end();
    assert.deepEqual(await readdir(folder), []);
  });

  it("reports nothing if the folder is not writable", async () => {
    await writeFile(join(folder, "file"), "");
    const lock = lockOf(undefined, join(folder, "file", "folder"));
    await lock.begin();
    await pass(60);
    assert.deepEqual(told, []);
  });

  describe("with a second process", () => {
    let other: ChildProcess;

    beforeEach(async () => {
      other = fork(PROGRAM, [folder], { execArgv: ["--import", "tsx"] });
      await once(other, "message");
    });
    afterEach(async () => {
      if (other.exitCode !== null || other.signalCode !== null) return;
      const ended = once(other, "exit");
      other.kill("SIGKILL");
      await ended;
    });

    it("reports it while it lives, and no more as soon as it is killed", async () => {
      const lock = lockOf();
      await lock.begin();
      other.send("beat");
      await once(other, "message");
      await lock.begin();
      assert.equal(lock.other?.pid, other.pid);

      const ended = once(other, "exit");
      other.kill("SIGKILL");
      await ended;
      assert.ok(existsSync(file), "it had no time to remove its lock");
      await pass(10);
      assert.equal(lock.other, undefined);
      assert.deepEqual(told, [hostname(), undefined]);
    });
  });

  it("keeps no process alive; the lock of a process that was killed is replaced at once", async () => {
    await promisify(execFile)(process.execPath, ["--import", "tsx", PROGRAM, folder]);
    assert.ok(existsSync(file));
    await lockOf().begin();
    assert.match(await readFile(file, "utf8"), new RegExp(`"pid":${process.pid},`));
    assert.deepEqual(told, []);
  });
});
