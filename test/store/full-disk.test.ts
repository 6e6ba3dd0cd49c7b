import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FileStateStore } from "../../src";
import { openSlices, type Slices } from "../../src/session/slices";
import { DocumentStore } from "../../src/store/document-store";
import { StateKeeper } from "../../src/store/keeper";
import { DiskThatSaysItIsFull, SmallDisk, type Disk } from "../support/full-disk";
import { useStage } from "../support/stage";

const SECRET = "the key that is kept elsewhere";
const OLD = { grants: [{ refreshToken: "old" }] };
const ROTATED = { grants: [{ refreshToken: "rotated" }] };

const CAN_MOUNT = SmallDisk.isPossible();

const DISKS: readonly { what: string; code: string; make: (() => Disk) | undefined }[] = [
  {
    what: "a small file system",
    code: "ENOSPC",
    make: CAN_MOUNT ? () => new SmallDisk() : undefined,
  },
  { what: "a disk that says so", code: "ENOSPC", make: () => new DiskThatSaysItIsFull("ENOSPC") },
  { what: "a quota that is used up", code: "EDQUOT", make: () => new DiskThatSaysItIsFull("EDQUOT") },
];

for (const { what, code, make } of DISKS) {
  const title = make ? what : `${what}: not tested, as only root can make one`;
  (make ? describe : describe.skip)(`a state file on a full disk (${title})`, () => {
    // Only for its clock.
    const stage = useStage();
    let disk: Disk;
    let path: string;
    let reserve: string;
    let store: FileStateStore;

    beforeEach(() => {
      disk = make!();
      path = join(disk.folder, "account.state");
      reserve = join(disk.folder, ".account.state.reserve");
      store = new FileStateStore(path, SECRET);
    });
    afterEach(() => disk.end());

    /** The document after a restart. */
    const afterRestart = (): Promise<unknown> => new FileStateStore(path, SECRET).load();

    /** Another program uses the reserve, too. */
    async function takeAllRoom(): Promise<void> {
      await rm(reserve);
      disk.fill();
    }

    it("is written into the reserve, and says so", async () => {
      await store.save(OLD);
      const before = store.problem;
      disk.fill();
      await store.save(ROTATED);
      assert.deepEqual(await afterRestart(), ROTATED);
      const { problem } = store;
      assert.ok(problem && !before);
      assert.deepEqual([problem.kind, problem.file, problem.cause], ["reserve", path, code]);
      assert.match(
        problem.message,
        /last room .*(the disk is full|the disk quota is used up).* Free some room/,
      );
      assert.doesNotMatch(problem.message, /rotated|key/);
      if (process.platform !== "win32") assert.equal((await stat(path)).mode & 0o777, 0o600);
    });

    it("says so no more when there is room again, and the reserve is made again", async () => {
      await store.save(OLD);
      disk.fill();
      await store.save(ROTATED);
      disk.free();
      await store.save(OLD);
      assert.equal(store.problem, undefined);
      assert.ok((await stat(reserve)).size >= 64 * 1024);
    });

    it("keeps the old state, and leaves no file, if the reserve is gone too", async () => {
      await store.save(OLD);
      await takeAllRoom();
      await assert.rejects(store.save(ROTATED), { code });
      await assert.rejects(store.save(ROTATED), { code });
      assert.deepEqual(await afterRestart(), OLD);
      disk.free();
      assert.deepEqual(
        (await readdir(disk.folder)).filter((name) => name !== "filler"),
        ["account.state"],
      );
      await store.save(ROTATED);
      assert.deepEqual(await afterRestart(), ROTATED);
    });

    describe("with a keeper", () => {
      let problems: (string | undefined)[];
      let keeper: StateKeeper;
      let slices: Slices;

      beforeEach(async () => {
        problems = [];
        keeper = new StateKeeper(new DocumentStore(store));
        keeper.on("problem", (problem) => problems.push(problem?.kind));
        slices = openSlices(keeper);
        await slices.tokens.set([1]);
      });
      afterEach(() => keeper.close());

      const tokens = async (): Promise<unknown> =>
        ((await afterRestart()) as { tokens: unknown } | undefined)?.tokens;

      it("reports once that the reserve is used, and once that it is made again", async () => {
        disk.fill();
        await slices.tokens.set([2]);
        assert.deepEqual([await tokens(), problems], [[2], ["reserve"]]);
        disk.free();
        await slices.tokens.set([3]);
        await slices.tokens.set([4]);
        assert.deepEqual([await tokens(), problems], [[4], ["reserve", undefined]]);
      });

      it("keeps unwritten changes, and writes them when there is room", async () => {
        const { time } = stage.current;
        await takeAllRoom();
        await slices.tokens.set([2]);
        await slices.deviceId.set("abc");
        await time.advance(30_000);
        assert.deepEqual([await tokens(), slices.tokens.value, problems], [[1], [2], ["write"]]);
        disk.free();
        await time.advance(30_000);
        await keeper.saved();
        assert.deepEqual(await afterRestart(), { tokens: [2], deviceId: "abc" });
        assert.deepEqual(problems, ["write", undefined]);
      });
    });
  });
}

(CAN_MOUNT ? describe : describe.skip)("the room that is kept for a state file", () => {
  let disk: SmallDisk;
  let path: string;
  let reserve: string;
  let store: FileStateStore;

  beforeEach(() => {
    disk = new SmallDisk();
    path = join(disk.folder, "account.state");
    reserve = join(disk.folder, ".account.state.reserve");
    store = new FileStateStore(path, SECRET);
  });
  afterEach(() => disk.end());

  it("works for every change unless another program uses the freed room", async () => {
    await store.save({ number: 0 });
    disk.fill();
    for (let number = 1; number <= 20; number++) {
      await store.save({ number });
      assert.deepEqual(await new FileStateStore(path, SECRET).load(), { number });
      assert.equal(store.problem?.kind, "reserve");
    }
  });

  it("works after a restart", async () => {
    await store.save(OLD);
    disk.fill();
    const restarted = new DocumentStore(new FileStateStore(path, SECRET));
    const { version } = await restarted.read("grants");
    await restarted.compareAndSet("grants", version, ROTATED.grants);
    assert.deepEqual(await new FileStateStore(path, SECRET).load(), ROTATED);
  });

  it("is reported as missing before it is needed, if it cannot be made", async () => {
    // Enough room for a second copy of the state, but not for the reserve.
    await writeFile(join(disk.folder, "other"), randomBytes(200 * 1024));
    await store.save(OLD);
    assert.equal(store.problem?.kind, "reserve");
    await rm(join(disk.folder, "other"));
    await store.save(OLD);
    assert.equal(store.problem, undefined);
  });

  it("is large enough for a state that has grown, and grows with it", async () => {
    const long = (bytes: number): unknown => ({ text: randomBytes(bytes).toString("base64url") });
    await store.save(long(40_000));
    assert.ok((await stat(reserve)).size >= 2 * (await stat(path)).size);
    disk.fill();
    const grown = long(60_000);
    await store.save(grown);
    assert.deepEqual(await new FileStateStore(path, SECRET).load(), grown);
  });
});

describe("the reserve of a state file", () => {
  let disk: DiskThatSaysItIsFull;
  let path: string;
  let reserve: string;
  let store: FileStateStore;

  function open(writesInPlace = true): void {
    disk = new DiskThatSaysItIsFull("ENOSPC", writesInPlace);
    path = join(disk.folder, "account.state");
    reserve = join(disk.folder, ".account.state.reserve");
    store = new FileStateStore(path, SECRET);
  }
  afterEach(() => disk.end());

  it("is real disk space, private to its owner", async function () {
    if (process.platform === "win32") this.skip();
    open();
    await store.save(OLD);
    const { size, blocks, mode } = await stat(reserve);
    assert.equal(size, 64 * 1024);
    assert.ok(blocks * 512 >= size);
    assert.equal(mode & 0o777, 0o600);
  });

  it("is not written again while it is large enough", async () => {
    open();
    await store.save(OLD);
    const { ino, mtimeMs } = await stat(reserve);
    await store.save(OLD);
    const after = await stat(reserve);
    assert.deepEqual([after.ino, after.mtimeMs], [ino, mtimeMs]);
  });

  it("is made again if it is missing or too short", async () => {
    open();
    await store.save(OLD);
    await truncate(reserve, 100);
    await store.save(OLD);
    assert.equal((await stat(reserve)).size, 64 * 1024);
    await rm(reserve);
    await store.save(OLD);
    assert.equal((await stat(reserve)).size, 64 * 1024);
  });

  it("affects no write that does not need it, no matter what is in its place", async () => {
    open();
    await mkdir(join(reserve, "x"), { recursive: true });
    await store.save(OLD);
    assert.deepEqual(await store.load(), OLD);
    assert.equal(store.problem, undefined);
  });

  it("is given up first if the file system does not write in place", async () => {
    open(false);
    await store.save(OLD);
    disk.fill();
    await store.save(ROTATED);
    assert.deepEqual(await new FileStateStore(path, SECRET).load(), ROTATED);
    assert.equal(store.problem?.kind, "reserve");
  });

  it("does no harm if the power fails while it is filled", async () => {
    open();
    await store.save(OLD);
    await writeFile(reserve, "v1.half of a sta");
    const after = new FileStateStore(path, SECRET);
    assert.deepEqual(await after.load(), OLD);
    await after.save(ROTATED);
    assert.deepEqual(await after.load(), ROTATED);
    assert.equal((await stat(reserve)).size, 64 * 1024);
  });

  it("is deleted with the file", async () => {
    open();
    await store.save(OLD);
    await store.delete();
    assert.deepEqual(await readdir(disk.folder), []);
  });
});
