import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileLock } from "../../src/store/file-lock";
import { TemporaryFiles } from "../../src/store/temporary-files";
import { FileStateStore } from "../../src";
import { useStage } from "../support/stage";

describe("the lock around a write", () => {
  // Only for its clock.
  const stage = useStage();
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lock-"));
    path = join(folder, ".lock");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Like the lock of another process. */
  function lock(): FileLock {
    return new FileLock(path, new TemporaryFiles(join(folder, "file")));
  }

  /** Like a lock on a disk that cannot make it in one step: here, what is linked cannot be written. */
  function withoutLinks(): FileLock {
    return new FileLock(path, new TemporaryFiles(join(folder, "nowhere", "file")));
  }

  /** A lock that this process holds until it is ended. */
  async function held(): Promise<{ end(): Promise<void> }> {
    let end: (() => void) | undefined;
    const until = new Promise<void>((resolve) => (end = resolve));
    let run: Promise<void> | undefined;
    await new Promise<void>((resolve) => {
      run = lock().run(() => {
        resolve();
        return until;
      });
    });
    return {
      end: async () => {
        end!();
        await run;
      },
    };
  }

  /** The ID of a process that has ended. */
  const endedProcess = (): number => spawnSync(process.execPath, ["-e", ""]).pid;

  async function setAge(ms: number): Promise<void> {
    const at = new Date(Date.now() - ms);
    await utimes(path, at, at);
  }

  it("lets writers in one after the other, and leaves nothing", async () => {
    let running = 0;
    const most: number[] = [];
    await Promise.all(
      Array.from({ length: 10 }, () =>
        lock().run(async () => {
          most.push(++running);
          await new Promise(setImmediate);
          running--;
        }),
      ),
    );
    assert.deepEqual(
      most,
      Array.from({ length: 10 }, () => 1),
    );
    assert.deepEqual(await readdir(folder), []);
  });

  it("leaves nothing if its process has left it, and the lock for its removal", async () => {
    for (const ending of ["", ".left"]) await writeFile(path + ending, "another machine\n1");
    await lock().delete();
    assert.deepEqual(await readdir(folder), []);
    // There is nothing to delete any more.
    await lock().delete();
  });

  it("fails at once if there is no such folder", async () => {
    const nowhere = join(folder, "nowhere", ".lock");
    const run = new FileLock(nowhere, new TemporaryFiles(nowhere)).run(() => Promise.resolve());
    await assert.rejects(run, { code: "ENOENT" });
  });

  it("is private", async function () {
    if (process.platform === "win32") return this.skip();
    for (const one of [lock(), withoutLinks()])
      await one.run(async () => assert.equal(((await stat(path)).mode & 0o777).toString(8), "600"));
  });

  it("keeps others out on a disk that knows no links, too", async () => {
    let running = 0;
    const most: number[] = [];
    const action = async (): Promise<void> => {
      most.push(++running);
      assert.equal(await readFile(path, "utf8"), "");
      running--;
    };
    const { time } = stage.current;
    let ended = false;
    const runs = Promise.all([1, 2, 3].map(() => withoutLinks().run(action))).finally(() => (ended = true));
    await time.until(() => ended, 5_000, 20);
    await runs;
    assert.deepEqual(most, [1, 1, 1]);
    assert.deepEqual(await readdir(folder), []);
  });

  it("is free again after a failed write", async () => {
    await assert.rejects(
      lock().run(() => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.equal(await lock().run(() => Promise.resolve("in")), "in");
  });

  it("is taken over at once from a process that has ended", async () => {
    const { end } = await held();
    const [space] = (await readFile(path, "utf8")).split("\n");
    await writeFile(path, `${space}\n${endedProcess()}`);
    assert.equal(await lock().run(() => Promise.resolve("in")), "in");
    await end();
  });

  for (const [who, owner] of [
    ["of another machine", () => `another machine\n${endedProcess()}`],
    ["that does not say whose it is, as on a full disk", () => ""],
  ] as const) {
    it(`is taken over when one ${who} is older than ten seconds, not before`, async () => {
      const { time } = stage.current;
      await writeFile(path, owner());
      let isIn = false;
      const run = lock().run(() => Promise.resolve(void (isIn = true)));
      await time.advance(9_000);
      // To take it over needs several of these.
      for (let looks = 0; looks < 50; looks++) await stat(folder);
      assert.equal(isIn, false);
      await time.until(() => isIn, 5_000);
      await run;
    });
  }

  it("is taken over if its time is in the future, from before the clock was set back", async () => {
    await writeFile(path, "another machine\n1");
    await setAge(-3_600_000);
    assert.equal(await lock().run(() => Promise.resolve("in")), "in");
  });

  it("is taken over by only one of several, which keeps it", async () => {
    await writeFile(path, "another machine\n1");
    await setAge(60_000);
    let running = 0;
    const most: number[] = [];
    const runs = Array.from({ length: 10 }, () =>
      lock().run(async () => {
        most.push(++running);
        for (let looks = 0; looks < 30; looks++) await stat(folder);
        running--;
      }),
    );
    await Promise.all(runs);
    assert.deepEqual(
      most,
      Array.from({ length: 10 }, () => 1),
    );
    assert.deepEqual(await readdir(folder), []);
  });

  it("is not released by a writer that has lost it", async () => {
    const slow = await held();
    await setAge(60_000);
    const next = await (async () => held())();
    await slow.end();
    assert.ok(await stat(path), "the next one's");
    await next.end();
    assert.deepEqual(await readdir(folder), []);
  });

  it("fails after a while if others hold it again and again", async () => {
    const { time } = stage.current;
    await time.advance(60_000);
    await writeFile(path, "another machine\n1");
    let failure: unknown;
    const run = lock()
      .run(() => Promise.resolve())
      .catch((error: unknown) => (failure = error));
    let passed = 0;
    for (; failure === undefined && passed < 60_000; passed += 500) {
      // Written anew each time: on a slow disk, the lock may just have been taken over.
      await writeFile(path, "another machine\n1");
      await setAge(0);
      await time.advance(500);
    }
    await run;
    assert.ok(passed >= 15_000, `${passed} ms`);
    assert.equal((failure as NodeJS.ErrnoException).code, "EBUSY");
  });

  it("ends the write of a process that paused so long that another has written since", async () => {
    const file = join(folder, "account.state");
    await new FileStateStore(file, "key").save({ from: "before" });
    const left = new TemporaryFiles(file).path();
    await writeFile(left, "what it was about to rename");
    await new FileStateStore(file, "key").save({ from: "since" });
    await assert.rejects(stat(left), { code: "ENOENT" });
  });
});
