import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileStateStore, type Session, type StateProblem } from "../../src";
import type { Account } from "../simulator";
import { failureOf } from "../support/failure";
import { becomeOrdinaryUser } from "../support/ordinary-user";
import { useStage } from "../support/stage";

const SECRET = "the key that is kept elsewhere";

describe("the state of a session, if it cannot be stored", () => {
  // Ends before the folder is deleted.
  const stage = useStage();
  let folder: string;
  let path: string;
  let account: Account;
  let warnings: string[];
  let problems: (StateProblem | undefined)[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "state-"));
    path = join(folder, "account.state");
    account = stage.current.account();
    warnings = [];
    problems = [];
  });
  afterEach(async () => {
    await chmod(folder, 0o700);
    await rm(folder, { recursive: true, force: true });
  });

  function session(secret = SECRET): Session {
    const made = stage.current.session(account, {
      state: new FileStateStore(path, secret),
      log: (level, message) => level === "warn" && warnings.push(message),
    });
    made.on("stateProblem", (problem) => problems.push(problem));
    return made;
  }

  /** Expects one warning, with the file and the cause and without a secret; a session that has read its state must still work. */
  async function assertTold(made: Session, kind: string, cause: RegExp): Promise<void> {
    for (const scope of ["streaming", "user-read-private"]) {
      const token = made.tokens.getToken([scope]);
      if (kind === "read") assert.match((await failureOf(token, "UNREACHABLE")).message, cause);
      else assert.equal((await token).tokenType, "Bearer");
    }
    // The file is read and written after the tokens are given.
    if (problems.length === 0) await once(made, "stateProblem");
    assert.equal(made.stateProblem?.kind, kind);
    assert.equal(made.stateProblem.file, path);
    assert.equal(problems.length, 1);
    assert.equal(warnings.length, 1, warnings.join("\n"));
    assert.ok(warnings[0]!.includes(path), warnings[0]);
    assert.match(warnings[0]!, cause);
    assert.doesNotMatch(warnings[0]!, new RegExp(SECRET));
  }

  /** Repeats this, because the session may write the file meanwhile. */
  async function putFolderInPlaceOfFile(): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      await rm(path, { recursive: true, force: true });
      const made = await mkdir(join(path, "x"), { recursive: true }).catch((error: unknown) => error);
      if (!(made instanceof Error)) return;
    }
    throw new Error("The session writes the file all the time");
  }

  async function keptBefore(): Promise<string> {
    const before = session();
    await before.connect();
    await before.close();
    warnings = [];
    problems = [];
    return readFile(path, "utf8");
  }

  it("is reported: a file of another owner is not changed, and works again when it may be read", async function () {
    if (process.platform === "win32") this.skip();
    const before = await keptBefore();
    await chmod(path, 0o000);
    await chmod(folder, 0o777);
    const back = becomeOrdinaryUser();
    try {
      const made = session();
      await assertTold(made, "read", /may not access it \(EACCES\)/);
      await failureOf(made.signIns.signOutOfAll(), "UNREACHABLE");
      await made.close();
    } finally {
      back();
    }
    await chmod(path, 0o600);
    assert.equal(await readFile(path, "utf8"), before);
    const after = session();
    await after.connect();
    assert.equal(after.stateProblem, undefined);
  });

  it("is reported: a folder that is not writable", async function () {
    if (process.platform === "win32") this.skip();
    await chmod(folder, 0o555);
    const back = becomeOrdinaryUser();
    try {
      const made = session();
      await assertTold(made, "write", /\(EACCES\)/);
      await made.close();
    } finally {
      back();
    }
  });

  it("is reported until it works again; a sign-out fails if a restart would undo it", async () => {
    const { time } = stage.current;
    await mkdir(join(path, "x"), { recursive: true });
    const made = session();
    // A folder in its place can be neither read nor replaced.
    await failureOf(made.connect(), "UNREACHABLE");
    assert.equal(made.stateProblem?.kind, "read");
    await made.close();

    await rm(path, { recursive: true });
    warnings = [];
    problems = [];
    const next = session();
    await next.connect();
    assert.equal(next.stateProblem, undefined);
    await putFolderInPlaceOfFile();
    const failure = await failureOf(next.signIns.signOutOfAll(), "INVALID_ARGUMENT");
    assert.ok(failure.message.includes(path), failure.message);
    assert.equal(next.signIns.list().length, 0);
    await time.advance(120_000);
    assert.equal(warnings.length, 1, "however often it is tried");
    await rm(path, { recursive: true });
    await time.until(() => next.stateProblem === undefined, 120_000);
    assert.deepEqual(
      problems.map((problem) => problem?.kind),
      ["write", undefined],
    );
  });

  for (const [what, damage] of [
    ["sealed with another key", (text: string) => text],
    ["damaged", (text: string) => text.slice(0, 50)],
    ["empty", () => ""],
  ] as const) {
    it(`is reported: a file that is ${what} is kept under another name`, async () => {
      const before = damage(await keptBefore());
      await writeFile(path, before);
      await assertTold(
        session(what === "sealed with another key" ? "a new key" : SECRET),
        "aside",
        /another key/,
      );
      assert.ok(warnings[0]!.includes(`${path}.unreadable`));
      assert.equal(await readFile(`${path}.unreadable`, "utf8"), before);
    });
  }

  it("keeps at most three such files, and uses each again when its key is back", async () => {
    for (let i = 0; i < 6; i++) {
      const store = new FileStateStore(path, `key ${i}`);
      assert.equal(await store.load(), undefined);
      await store.save({ from: i });
    }
    const files = async (): Promise<number> =>
      (await readdir(folder)).filter((name) => !name.startsWith(".")).length;
    assert.equal(await files(), 4);
    for (const i of [3, 4, 2, 5, 3]) {
      assert.deepEqual(await new FileStateStore(path, `key ${i}`).load(), { from: i });
      assert.equal(await files(), 4);
    }
    assert.equal(await new FileStateStore(path, "key 0").load(), undefined);
    await new FileStateStore(path, "").delete();
    assert.deepEqual(await readdir(folder), []);
  });
});
