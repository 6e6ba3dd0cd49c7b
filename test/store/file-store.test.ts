import assert from "node:assert/strict";
import fs, {
  chmod,
  copyFile,
  mkdtemp,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { FileStateStore, type Session } from "../../src";
import { seal } from "../../src/store/seal";
import { failureOf } from "../support/failure";
import { useStage } from "../support/stage";

const SECRET = "the key that is kept elsewhere";
const DOCUMENT = { deviceId: "d".repeat(40), tokens: [{ accessToken: "BQsecret" }] };

describe("the state file", () => {
  let home: string;
  let path: string;
  let store: FileStateStore;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "state-"));
    path = join(home, "spotify", "session.state");
    store = new FileStateStore(path, SECRET);
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it("returns the stored document; at first there is none", async () => {
    assert.equal(await store.load(), undefined);
    await store.save(DOCUMENT);
    assert.deepEqual(await store.load(), DOCUMENT);
    assert.deepEqual(await new FileStateStore(path, SECRET).load(), DOCUMENT);
  });

  it("is private to its owner: 0600, in a folder of 0700", async function () {
    if (process.platform === "win32") this.skip();
    await store.save(DOCUMENT);
    assert.equal(((await stat(path)).mode & 0o777).toString(8), "600");
    assert.equal(((await stat(dirname(path))).mode & 0o777).toString(8), "700");
    await store.save(DOCUMENT);
    assert.equal(((await stat(path)).mode & 0o777).toString(8), "600");
  });

  it("has no plain text, and never the same bytes twice", async () => {
    await store.save(DOCUMENT);
    const first = await readFile(path, "utf8");
    await store.save(DOCUMENT);
    const second = await readFile(path, "utf8");
    for (const text of [first, second]) {
      const decoded = text.split(".").map((part) => Buffer.from(part, "base64url").toString("latin1"));
      for (const clear of ["BQsecret", "accessToken", "deviceId", "dddd", "tokens"]) {
        assert.ok(![text, ...decoded].some((layer) => layer.includes(clear)), clear);
      }
    }
    assert.notEqual(first, second);
  });

  it("is replaced in one step: an incomplete write after a power cut does no harm", async () => {
    await store.save(DOCUMENT);
    // As if the process had been killed between the write and the rename, in the middle of a word.
    const leftover = join(dirname(path), `.${basename(path)}.0123456789ab`);
    await writeFile(leftover, (await readFile(path, "utf8")).slice(0, 40));
    const after = new FileStateStore(path, SECRET);
    assert.deepEqual(await after.load(), DOCUMENT);
    await after.save({ tokens: [] });
    assert.deepEqual(await after.load(), { tokens: [] });
    assert.ok(!(await readdir(dirname(path))).includes(basename(leftover)));
  });

  it("is changed based on its present content, even by stores that do not know each other", async () => {
    const stores = Array.from({ length: 4 }, () => new FileStateStore(path, SECRET));
    const changes = Array.from({ length: 20 }, (_, i) =>
      stores[i % 4]!.update((document) => [...((document ?? []) as number[]), i]),
    );
    await Promise.all(changes);
    assert.deepEqual(
      ((await store.load()) as number[]).toSorted((a, b) => a - b),
      Array.from({ length: 20 }, (_, i) => i),
    );
  });

  it("is unchanged if the change fails, or if it cannot be read", async function () {
    await store.save(DOCUMENT);
    const fail = (): never => {
      throw new Error("no");
    };
    await assert.rejects(store.update(fail), /no/);
    assert.deepEqual(await store.load(), DOCUMENT);
    if (process.platform === "win32") this.skip();
    await rm(path);
    await mkdir(path);
    let isAsked = false;
    await assert.rejects(
      store.update(() => (isAsked = true)),
      { code: "EISDIR" },
    );
    assert.equal(isAsked, false);
  });

  it("leaves no temporary file, whether or not a write succeeds", async () => {
    await store.save(DOCUMENT);
    assert.deepEqual(await readdir(dirname(path)), [`.${basename(path)}.reserve`, basename(path)]);
    const occupied = join(home, "occupied");
    await mkdir(join(occupied, "x"), { recursive: true });
    await assert.rejects(new FileStateStore(occupied, SECRET).save(DOCUMENT));
    assert.deepEqual((await readdir(home)).toSorted(), ["occupied", "spotify"]);
  });

  it("keeps the last of many writes at once, and each of them reports when it is safe", async () => {
    const writes = Array.from({ length: 30 }, (_, i) => store.save({ number: i }));
    await writes[7];
    assert.ok(((await store.load()) as { number: number }).number >= 7);
    await Promise.all(writes);
    assert.deepEqual(await store.load(), { number: 29 });
  });

  it("is not made by a change that makes nothing", async () => {
    await store.update(() => undefined);
    assert.deepEqual(await readdir(dirname(path)), []);
  });

  it("works again after a failed write", async () => {
    await mkdir(path, { recursive: true });
    await assert.rejects(store.save(DOCUMENT));
    await rm(path, { recursive: true });
    await store.save(DOCUMENT);
    assert.deepEqual(await store.load(), DOCUMENT);
  });

  const damages: readonly [string, (text: string) => string][] = [
    ["is empty", () => ""],
    ["is cut off", (text) => text.slice(0, -7)],
    ["has a flipped bit", (text) => text.slice(0, -3) + (text.at(-3) === "A" ? "B" : "A") + text.slice(-2)],
    ["is of a version to come", (text) => text.replace("v1.", "v2.")],
    ["is something else", () => "hello"],
    ["is far too long", () => "x".repeat(5 * 1024 * 1024)],
    // A process that can write it may also have the key; Node-RED on a small machine must not run out of memory.
    ["is far too long and opens", () => seal(JSON.stringify("x".repeat(4 * 1024 * 1024)), SECRET)],
  ];
  for (const [what, damage] of damages) {
    it(`that ${what} is kept under another name, and replaced`, async () => {
      await store.save(DOCUMENT);
      const damaged = damage(await readFile(path, "utf8"));
      await writeFile(path, damaged);
      assert.equal(await store.load(), undefined);
      assert.equal(await readFile(`${path}.unreadable`, "utf8"), damaged);
      await store.save({ tokens: [] });
      assert.deepEqual(await store.load(), { tokens: [] });
    });
  }

  it("survives a power cut after a write has succeeded: the folder is synced after the rename", async function () {
    // Windows cannot sync a folder, and does not need it.
    if (process.platform === "win32") this.skip();
    await store.save(DOCUMENT);
    const { open, rename } = fs;
    const order: string[] = [];
    fs.rename = async (from, to) => {
      await rename(from, to);
      if (to === path) order.push("renamed");
    };
    fs.open = async (...args) => {
      const handle = await open(...args);
      if (args[0] === dirname(path)) {
        const sync = handle.sync.bind(handle);
        handle.sync = async () => {
          await sync();
          order.push("folder synced");
        };
      }
      return handle;
    };
    try {
      await store.save({ tokens: [] });
      order.push("safe");
    } finally {
      Object.assign(fs, { open, rename });
    }
    assert.deepEqual(order, ["renamed", "folder synced", "safe"]);
  });

  it("is not replaced by a document that is too long to be read again", async () => {
    await store.save(DOCUMENT);
    const tooLong = "x".repeat(4 * 1024 * 1024);
    await assert.rejects(store.save(tooLong), { code: "E2BIG" });
    await assert.rejects(
      store.update(() => tooLong),
      { code: "E2BIG" },
    );
    assert.deepEqual(await store.load(), DOCUMENT);
  });

  it("that others may read, because it was copied or made by hand, becomes private again", async function () {
    if (process.platform === "win32") this.skip();
    await store.save(DOCUMENT);
    await chmod(path, 0o664);
    assert.deepEqual(await store.load(), DOCUMENT);
    assert.equal(((await stat(path)).mode & 0o777).toString(8), "600");
  });

  describe("for an account", () => {
    const of = (accountId: string, at = path): FileStateStore =>
      new FileStateStore(at, SECRET, [], accountId);
    const other = (): string => join(dirname(path), "other.state");
    const stranger = { deviceId: "e".repeat(40) };

    it("can be read for that account", async () => {
      await of("one").save(DOCUMENT);
      assert.deepEqual(await of("one").load(), DOCUMENT);
    });

    it("cannot be read for another one, even with the same key, and is kept under another name", async () => {
      await of("two", other()).save(stranger);
      await mkdir(dirname(path), { recursive: true });
      await copyFile(other(), path);
      const one = of("one");
      assert.equal(await one.load(), undefined);
      assert.match(one.problem!.message, /for another account/);
      assert.ok((await readdir(dirname(path))).includes(`${basename(path)}.unreadable`));
    });

    it("from an earlier version is read once, and then bound to the account", async () => {
      await store.save(DOCUMENT);
      assert.deepEqual(await of("one").load(), DOCUMENT);
      assert.equal(await of("two").load(), undefined);
      assert.deepEqual(await of("one").load(), DOCUMENT);
    });

    it("from an earlier version is also bound with the next change", async () => {
      await store.save(DOCUMENT);
      await of("one").update((document) => ({ ...(document as object), more: true }));
      assert.equal(await of("two").load(), undefined);
      assert.deepEqual(await of("one").load(), { ...DOCUMENT, more: true });
    });

    for (const [what, seen] of [
      ["read", (one: FileStateStore) => one.load()],
      ["written", (one: FileStateStore) => one.save(DOCUMENT)],
    ] as const) {
      it(`is not replaced by an old copy from an earlier version, after a bound one was ${what}`, async () => {
        const one = of("one");
        if (what === "read") await of("one").save(DOCUMENT);
        await seen(one);
        await new FileStateStore(other(), SECRET).save(stranger);
        await copyFile(other(), path);
        assert.equal(await one.load(), undefined);
        await copyFile(other(), path);
        let before: unknown = "not asked";
        await one.update((document) => ((before = document), DOCUMENT));
        assert.equal(before, undefined);
      });
    }
  });

  it("with another key is kept under another name; with its key it can be read again", async () => {
    await store.save(DOCUMENT);
    assert.equal(await new FileStateStore(path, "another key").load(), undefined);
    assert.deepEqual(await new FileStateStore(`${path}.unreadable`, SECRET).load(), DOCUMENT);
  });

  it("can be deleted, with the files under other names", async () => {
    await store.save(DOCUMENT);
    await new FileStateStore(path, "another key").load();
    await store.save(DOCUMENT);
    await store.delete();
    assert.deepEqual(await readdir(dirname(path)), []);
    assert.equal(await store.load(), undefined);
    // There is nothing to delete any more, and then no folder either.
    await store.delete();
    await rm(dirname(path), { recursive: true });
    await store.delete();
  });

  describe("for a session", () => {
    const stage = useStage();

    it("saves the next one the resolver, login data and keymaster, and has no secret in plain text", async () => {
      const { simulator } = stage.current;
      const account = stage.current.account({ username: "listener-with-a-name" });
      const first = await stage.current.connected(account, { state: store });
      const token = await first.tokens.getToken(["streaming"]);
      await first.close();
      const text = await readFile(path, "utf8");
      for (const secret of [
        token.accessToken,
        account.username,
        account.storedCredential.toString("base64"),
      ]) {
        assert.ok(!text.includes(secret));
      }
      const { connections } = simulator.stats;
      const second = stage.current.session(account, { state: new FileStateStore(path, SECRET) });
      assert.equal((await second.tokens.getToken(["streaming"])).accessToken, token.accessToken);
      assert.equal(simulator.stats.connections, connections);
      await second.close();
    });

    it("that cannot be read is reported, and the account does not connect without it", async () => {
      await mkdir(join(path, "x"), { recursive: true });
      const said: string[] = [];
      const log = (level: string, message: string): void => void said.push(`${level} ${message}`);
      const session: Session = stage.current.session(stage.current.account(), { state: store, log });
      for (const attempt of [session.connect(), session.tokens.getToken(["streaming"])]) {
        assert.ok((await failureOf(attempt, "UNREACHABLE")).message.includes(path));
      }
      await session.close();
      assert.ok(
        said.some((line) => line.startsWith("warn ") && line.includes(path)),
        said.join("\n"),
      );
    });
  });

  it("is used again from its other name when its secret is back; that of the other secret is kept", async () => {
    const other = { tokens: [], deviceId: "other" };
    await new FileStateStore(path, SECRET).save(DOCUMENT);
    assert.equal(await new FileStateStore(path, "another secret").load(), undefined);
    await new FileStateStore(path, "another secret").save(other);
    assert.deepEqual(await new FileStateStore(path, SECRET).load(), DOCUMENT);
    const base = basename(path);
    const names = (await readdir(dirname(path))).filter((name) => name.startsWith(base));
    assert.deepEqual(names.toSorted(), [base, `${base}.unreadable-2`]);
    assert.deepEqual(await new FileStateStore(path, "another secret").load(), other);
  });

  it("that was encrypted with a former secret is read, and encrypted with the new one from then on", async () => {
    await new FileStateStore(path, "former").save(DOCUMENT);
    const keyed = new FileStateStore(path, SECRET, ["former"]);
    assert.deepEqual(await keyed.load(), DOCUMENT);
    await keyed.save(DOCUMENT);
    assert.deepEqual(await new FileStateStore(path, SECRET).load(), DOCUMENT);
  });
});
