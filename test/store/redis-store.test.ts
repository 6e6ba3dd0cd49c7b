import assert from "node:assert/strict";
import redisStore = require("../../src/store/redis");
import { RedisLine } from "../../src/store/redis-line";
import { deleteDocument, RedisSliceStore } from "../../src/store/redis-store";
import type { SliceName } from "../../src/store/slice-store";
import { thrownBy } from "../support/failure";
import { redisServers, RedisServer } from "../support/redis-server";
import { describeSliceStore } from "./contract";

const NEVER = new AbortController().signal;

for (const [name, program] of redisServers()) {
  describe(name, () => {
    let server: RedisServer;
    before(async () => (server = await RedisServer.start(program)));
    after(() => server.close());

    let accounts = 0;
    describeSliceStore(name, async () => {
      const account = { id: `account${accounts++}`, instance: "one", secrets: ["the key"] as const };
      const stores: RedisSliceStore[] = [];
      // Each store has a separate connection, as in a separate process.
      const open = async (): Promise<RedisSliceStore> => {
        const store = new RedisSliceStore(new RedisLine(server.url), { ...account, secrets: ["the key"] });
        stores.push(store);
        await store.read("grants");
        return store;
      };
      return {
        open,
        reopen: open,
        close: async () => void (await Promise.all(stores.map((store) => store.close()))),
      };
    });
  });
}

describe("an account's state on a Redis server", () => {
  let server: RedisServer;
  const stores: RedisSliceStore[] = [];
  let accounts = 0;

  before(async () => (server = await RedisServer.start()));
  after(() => server.close());
  beforeEach(() => accounts++);
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    server.resume();
    await server.kill();
    await server.start();
  });

  function open(instance = "one", secrets: [string, ...string[]] = ["the key"]): RedisSliceStore {
    const account = { id: `state${accounts}`, instance, secrets };
    const store = new RedisSliceStore(new RedisLine(server.url), account);
    stores.push(store);
    return store;
  }

  async function set(store: RedisSliceStore, slice: SliceName, value: unknown): Promise<number> {
    const { version } = await store.read(slice);
    const next = await store.compareAndSet(slice, version, value);
    assert.notEqual(next, undefined);
    return next!;
  }

  /** Resolves when the store reports the slice, or all of them. */
  async function told(store: RedisSliceStore, slice: SliceName | undefined): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = store.watch((name) => {
        if (name !== slice) return;
        end();
        resolve();
      });
    });
  }

  const valueOf = async (store: RedisSliceStore, slice: SliceName): Promise<unknown> =>
    (await store.read(slice)).value;

  it("survives a kill of the server", async () => {
    const [mine, other] = [open(), open()];
    await set(mine, "grants", ["a"]);
    const back = told(other, undefined);
    await server.kill();
    await server.start();
    await back;
    assert.deepEqual(await valueOf(other, "grants"), ["a"]);
  });

  it("is stored again if the server comes back without it, or with an older one", async () => {
    const mine = open();
    await set(mine, "grants", ["old"]);
    const copy = await server.backup();
    const version = await set(mine, "grants", ["new"]);
    for (const restore of [() => server.restore(copy), () => server.restore(undefined)]) {
      await server.kill();
      await restore();
      await server.start();
      assert.deepEqual(await valueOf(mine, "grants"), ["new"]);
      const other = open();
      assert.deepEqual(await valueOf(other, "grants"), ["new"]);
      const read = await other.read("grants");
      assert.ok(read.version > version, "no earlier version is valid again");
    }
  });

  it("that another session has changed since is not overwritten after a restart", async () => {
    const [mine, other] = [open(), open()];
    await set(mine, "grants", ["old"]);
    const { version } = await mine.read("grants");
    await server.kill();
    await server.start();
    await set(other, "grants", ["new"]);
    assert.equal(await mine.compareAndSet("grants", version, ["mine"]), undefined);
    assert.deepEqual(await valueOf(mine, "grants"), ["new"]);
  });

  it("is stored even if the server's memory is full, and leases work", async () => {
    const mine = open();
    await set(mine, "grants", ["old"]);
    await server.fillMemory();
    await assert.rejects(
      server.ask((client) => client.set("x", "y".repeat(100))),
      /OOM/,
    );
    const stored = await mine.exclusive("refresh", NEVER, () =>
      set(mine, "grants", ["new", "x".repeat(5000)]),
    );
    await server.freeMemory();
    assert.ok(stored > 0);
    assert.deepEqual(await valueOf(open(), "grants"), ["new", "x".repeat(5000)]);
  });

  it("keeps a change during a time in which the server does not answer, and stores it after that", async () => {
    const mine = open();
    await set(mine, "grants", ["old"]);
    const { version } = await mine.read("grants");
    server.pause();
    await assert.rejects(mine.compareAndSet("grants", version, ["new"]), { code: "ETIMEDOUT" });
    server.resume();
    assert.deepEqual(await valueOf(mine, "grants"), ["new"], "it was carried out late");
  });

  it("has separate parts for each instance: its device, its port, its client token", async () => {
    const [one, two] = [open("one"), open("two")];
    for (const slice of ["deviceId", "connectPort", "clientToken"] as const) {
      await set(one, slice, "of one");
      assert.equal(await valueOf(two, slice), undefined);
      assert.equal(await valueOf(open("one"), slice), "of one");
    }
  });

  it("is encrypted with the new key after the first change, and can be read with a former key", async () => {
    await set(open("one", ["the secret of settings.js"]), "grants", ["a"]);
    const later = open("one", ["the account's key", "the secret of settings.js"]);
    assert.deepEqual(await valueOf(later, "grants"), ["a"]);
    await set(later, "grants", ["b"]);
    const [withNew, withOld] = [
      open("one", ["the account's key"]),
      open("one", ["the secret of settings.js"]),
    ];
    assert.deepEqual(await valueOf(withNew, "grants"), ["b"]);
    await assert.rejects(withOld.read("grants"), { code: "SEALED" });
  });

  it("is not replaced by a value that is too long", async () => {
    const mine = open();
    await set(mine, "grants", ["old"]);
    await assert.rejects(set(mine, "grants", ["x".repeat(4 * 1024 * 1024)]), { code: "E2BIG" });
    assert.deepEqual(await valueOf(open(), "grants"), ["old"]);
  });

  it("gives a lost lease to the next instance, and waits a moment for its former holder's last write", async () => {
    const [mine, other] = [open(), open()];
    await set(mine, "grants", ["old"]);
    const order: string[] = [];
    let begun: (() => void) | undefined;
    const beginning = new Promise<void>((resolve) => (begun = resolve));
    const cutOff = mine.exclusive("refresh", NEVER, async (signal) => {
      begun!();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      await set(mine, "grants", ["new"]);
      order.push("stored");
    });
    await beginning;
    // As if it had expired.
    await server.ask(async (client) => client.del(await client.keys("*:lease:*[0-9a-f]")));
    const next = other.exclusive("refresh", NEVER, async () => {
      order.push(String(await valueOf(other, "grants")));
    });
    await Promise.all([cutOff, next]);
    assert.deepEqual(order, ["stored", "new"]);
  });

  it("is deleted with its account, unless another instance still uses it", async () => {
    const [mine, other] = [open(), open()];
    await set(mine, "grants", ["a"]);
    await other.read("grants");
    await mine.close();
    await deleteDocument(new RedisLine(server.url), `state${accounts}`);
    assert.deepEqual(await valueOf(other, "grants"), ["a"]);
    await other.close();
    await deleteDocument(new RedisLine(server.url), `state${accounts}`);
    assert.equal(await valueOf(open(), "grants"), undefined);
  });

  it("is reported as unreachable after a while, without the password, until the server is back", async () => {
    const store = redisStore({ url: server.url.replace("//", "//nodered:hunter2@") }).open({
      id: "away",
      instance: "one",
      secrets: ["the key"],
    });
    await assert.rejects(store.read("grants"), { code: "WRONGPASS" });
    assert.equal(store.location.problem?.kind, "away");
    assert.match(store.location.problem.message, /127\.0\.0\.1:\d+: the user or the password is wrong/);
    assert.doesNotMatch(JSON.stringify(store.location), /hunter2/);
    const isBack = new Promise<void>((resolve) => store.location.use?.(resolve));
    await server.command("ACL", "SETUSER", "nodered", "on", ">hunter2", "~spotify-session:*", "&*", "+@all");
    await isBack;
    assert.equal(store.location.problem, undefined);
    assert.equal((await store.read("grants")).value, undefined);
    await store.close?.();
  });
});

describe("the store of settings.js for Redis", () => {
  for (const [what, url] of [
    ["without an address", undefined],
    ["with another protocol", "http://hunter2@localhost"],
    ["with text that is not an address", "hunter2"],
  ] as const) {
    it(`is refused ${what}; the error does not quote it`, () => {
      const error = thrownBy(() => redisStore({ url: url as string }), "INVALID_ARGUMENT");
      assert.match(error.message, /redis:\/\/host:6379/);
      assert.doesNotMatch(error.message, /hunter2/);
    });
  }
});
