import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileStateStore } from "../../src";
import { whileBusy } from "../../src/store/while-busy";
import { useStage } from "../support/stage";

function failing(code: string): Error {
  return Object.assign(new Error(code), { code });
}

describe("a file that another program holds", () => {
  // Only for its clock.
  const stage = useStage();

  for (const code of ["EBUSY", "EPERM", "EACCES"]) {
    it(`is tried again until it is free (${code})`, async () => {
      const { time } = stage.current;
      let tries = 0;
      const done = whileBusy(() =>
        ++tries < 4 ? Promise.reject(failing(code)) : Promise.resolve("written"),
      );
      await time.advance(200);
      assert.equal(await done, "written");
      assert.equal(tries, 4);
    });

    it(`is given up after a second, with the reason (${code})`, async () => {
      const { time } = stage.current;
      let tries = 0;
      const done = assert.rejects(
        whileBusy(() => Promise.reject(failing((tries++, code)))),
        { code },
      );
      await time.advance(1_100);
      await done;
      assert.equal(tries, 6);
    });
  }

  it("is not tried again after an error that waiting does not fix", async () => {
    let tries = 0;
    await assert.rejects(
      whileBusy(() => Promise.reject(failing((tries++, "ENOSPC")))),
      { code: "ENOSPC" },
    );
    assert.equal(tries, 1);
  });

  it("is written when it is free again: the state file is replaced, and no other file is left", async function () {
    const folder = await mkdtemp(join(tmpdir(), "busy-"));
    const path = join(folder, "x.state");
    const store = new FileStateStore(path, "key");
    await store.save({ n: 1 });
    const before = await readFile(path, "utf8");
    try {
      // No rename can replace it then: EPERM, as on Windows.
      execFileSync("chattr", ["+i", path], { stdio: "ignore" });
    } catch {
      await rm(folder, { recursive: true });
      return this.skip();
    }
    try {
      const { time } = stage.current;
      const written = store.save({ n: 2 });
      await time.advance(50);
      assert.equal(await readFile(path, "utf8"), before);
      execFileSync("chattr", ["-i", path]);
      await time.advance(1_000);
      await written;
      assert.deepEqual(await store.load(), { n: 2 });
      assert.deepEqual(await readdir(folder), [".x.state.reserve", "x.state"]);
    } finally {
      execFileSync("chattr", ["-i", path]);
      await rm(folder, { recursive: true, force: true });
    }
  });
});
