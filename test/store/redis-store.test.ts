import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import type { RedisClientType } from "redis";
import redisStore = require("../../src/store/redis");
import { RedisLine } from "../../src/store/redis-line";
import { RedisSliceStore, type SharedAccount } from "../../src/store/redis-store";
import { isSharedStore, type SharedStore } from "../../src/store/shared-store";
import type { SliceName, SliceStore } from "../../src/store/slice-store";
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

  for (const who of ["has stored", "has only read"]) {
    it(`is stored again by a session that ${who} it if the server comes back without it, or with an older one`, () =>
      comesBack(who));
  }

  async function comesBack(who: string): Promise<void> {
    const writer = open();
    await set(writer, "grants", ["old"]);
    const copy = await server.backup();
    const version = await set(writer, "grants", ["new"]);
    const mine = who === "has stored" ? writer : open();
    await mine.read("grants");
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
  }

  it("is not stored again over what another session has made since, even if that has a lower version", async () => {
    const mine = open();
    const version = await set(mine, "grants", ["mine"]);
    for (let next = Infinity; next > version;) {
      await server.command("FLUSHALL");
      next = await set(open(), "grants", ["theirs"]);
    }
    assert.deepEqual(await valueOf(mine, "grants"), ["theirs"]);
  });

  it("is stored again five times at most for one read if the server loses it each time", async () => {
    let commands = 0;
    class Losing extends RedisLine {
      override async run<T>(command: (client: RedisClientType) => Promise<T>): Promise<T> {
        commands++;
        await server.command("FLUSHALL");
        return super.run(command);
      }
    }
    const account: SharedAccount = { id: `state${accounts}`, instance: "one", secrets: ["the key"] };
    const store = new RedisSliceStore(new Losing(server.url), account);
    stores.push(store);
    await told(store, undefined);
    await store.compareAndSet("grants", 0, ["a"]);
    commands = 0;
    assert.equal((await store.read("grants")).value, undefined);
    assert.equal(commands, 6 + 5, "reads and writes");
  });

  it("is not made by reading it", async () => {
    const mine = open();
    for (let times = 0; times < 2; times++)
      assert.deepEqual(await mine.read("grants"), { value: undefined, version: 0 });
    assert.deepEqual(await server.ask((client) => client.keys(`*state${accounts}*`)), []);
  });

  it("cannot be opened where it does not belong: in another slice, or in another account", async () => {
    const mine = open();
    await set(mine, "grants", ["secret"]);
    const key = `spotify-session:{state${accounts}}`;
    await server.ask(async (client) => {
      const sealed = (await client.hGet(key, "grants"))!;
      await client.hSet(key, { tokens: sealed, "#tokens": "1" });
      await client.hSet("spotify-session:{another}", { grants: sealed, "#grants": "1" });
    });
    await assert.rejects(mine.read("tokens"), { code: "SEALED" });
    const another = new RedisSliceStore(new RedisLine(server.url), {
      id: "another",
      instance: "one",
      secrets: ["the key"],
    });
    stores.push(another);
    await assert.rejects(another.read("grants"), { code: "SEALED" });
  });

  for (const [id, name] of [
    ["a.b-c_1", "a.b-c_1"],
    ["x".repeat(64), "x".repeat(64)],
    ["x".repeat(65), undefined],
    ["{}of another", undefined],
    ["of another}", undefined],
    ["}", undefined],
  ] as const) {
    it(`has a key that all instances know, of the account ${id}`, async () => {
      const store = new RedisSliceStore(new RedisLine(server.url), {
        id,
        instance: "one",
        secrets: ["the key"],
      });
      stores.push(store);
      await server.command("FLUSHALL");
      await set(store, "grants", ["a"]);
      const [key, ...others] = await server.ask((client) => client.keys("*"));
      assert.deepEqual(others, []);
      if (name === undefined) assert.match(key!, /^spotify-session:\{[0-9a-f]{24}\}$/);
      else assert.equal(key, `spotify-session:{${name}}`);
    });
  }

  it("is changed by other processes, too", () => {
    assert.equal(open().isShared, true);
  });

  it("is not said to have changed by a message of a later version", async () => {
    const [mine, other] = [open(), open()];
    await told(mine, undefined);
    const slices: unknown[] = [];
    mine.watch((slice) => slices.push(slice));
    await server.command("PUBLISH", `spotify-session:{state${accounts}}:changed`, "later grants 5");
    const next = told(mine, "tokens");
    await set(other, "tokens", [1]);
    await next;
    assert.deepEqual(slices, ["tokens"]);
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
    const isThere = (): Promise<number> =>
      server.ask((client) => client.exists(`spotify-session:{state${accounts}}`));
    await redisStore({ url: server.url }).delete(`state${accounts}`);
    assert.equal(await isThere(), 1);
    await other.close();
    await redisStore({ url: server.url }).delete(`state${accounts}`);
    assert.equal(await isThere(), 0);
    assert.match(String(await server.command("CLIENT", "LIST")), /^(?!.*name=spotify-session)/s);
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
    let toldAfterUse = 0;
    await store.location.use!(() => toldAfterUse++)();
    const isBack = new Promise<void>((resolve) => store.location.use?.(resolve));
    await server.command("ACL", "SETUSER", "nodered", "on", ">hunter2", "~spotify-session:*", "&*", "+@all");
    await isBack;
    assert.equal(store.location.problem, undefined);
    assert.equal(toldAfterUse, 0);
    assert.equal((await store.read("grants")).value, undefined);
    await store.close?.();
  });

  describe("beside other accounts of the same process", () => {
    const account = (name: string): SharedAccount => ({
      id: `${name}${accounts}`,
      instance: "one",
      secrets: ["the key"],
    });
    let shared: SharedStore;
    let first: SliceStore;
    let second: SliceStore;

    beforeEach(async () => {
      shared = redisStore({ url: server.url });
      first = shared.open(account("first"));
      await first.read("grants");
      second = shared.open(account("second"));
      await second.read("grants");
    });
    afterEach(() => Promise.all([first.close!(), second.close!()]));

    const connections = async (): Promise<number> =>
      String(await server.command("CLIENT", "LIST")).split("name=spotify-session").length - 1;

    it("has the same connection, until the last of them is closed", async () => {
      assert.equal(await connections(), 1);
      await first.close!();
      await first.close!();
      assert.equal(await connections(), 1);
      assert.notEqual(await second.compareAndSet("grants", 0, ["a"]), undefined);
      await second.close!();
      assert.equal(await connections(), 0);
    });

    it("is told of its changes", async () => {
      const other = redisStore({ url: server.url }).open(account("second"));
      const isTold = new Promise<void>((resolve) => {
        second.watch((slice) => slice === "tokens" && resolve());
      });
      await other.compareAndSet("tokens", 0, [1]);
      await isTold;
      await other.close!();
    });

    it("can be deleted after it was closed, while the others are still used", async () => {
      await first.compareAndSet("grants", 0, ["a"]);
      await first.close!();
      await shared.delete(`first${accounts}`);
      assert.equal(await server.ask((client) => client.exists(`spotify-session:{first${accounts}}`)), 0);
      assert.equal((await second.read("grants")).value, undefined);
    });
  });

  describe("while a clock stands still", () => {
    let clock: Clock;
    beforeEach(() => {
      clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout"] });
    });
    afterEach(() => clock.uninstall());

    it("is closed at once while the server is away", async () => {
      const line = new RedisLine(server.url);
      const store = new RedisSliceStore(line, { id: "away", instance: "one", secrets: ["the key"] });
      await store.read("grants");
      await server.kill();
      while (line.isReady) await new Promise(setImmediate);
      await store.close();
    });

    it("passes a lease on as soon as it is given back", async () => {
      const [mine, other] = [open(), open()];
      await Promise.all([told(mine, undefined), told(other, undefined)]);
      let finish: (() => void) | undefined;
      const first = mine.exclusive("a", NEVER, () => new Promise<void>((resolve) => (finish = resolve)));
      while (!finish) await new Promise(setImmediate);
      const second = other.exclusive("a", NEVER, () => Promise.resolve("done"));
      // It has asked, and was told that another one has it.
      for (let requests = 0; requests < 3; requests++) await other.read("grants");
      finish();
      await first;
      assert.equal(await second, "done");
    });
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

  for (const secret of ["", 5, null]) {
    it(`is refused with a secret that is not a text: ${JSON.stringify(secret)}`, () => {
      const make = (): unknown => redisStore({ url: "redis://localhost", secret: secret as string });
      assert.match(thrownBy(make, "INVALID_ARGUMENT").message, /secret .* is not a text/);
    });
  }

  it("has its secret, if there is one", () => {
    const url = "redis://localhost";
    assert.equal(redisStore({ url, secret: "a secret" }).secret, "a secret");
    assert.equal(redisStore({ url }).secret, undefined);
  });

  for (const [url, place] of [
    ["redis://nas:7000/1", "nas:7000"],
    ["rediss://nas", "nas:6379"],
  ] as const) {
    it(`names its place without a connection: ${url}`, () => {
      assert.equal(new RedisLine(url).place, place);
    });
  }

  it("is known by its methods: it may come from another copy of this package", () => {
    const store = redisStore({ url: "redis://localhost" });
    const { open, delete: forget } = store;
    for (const one of [store, { open, delete: forget }]) assert.equal(isSharedStore(one), true);
    for (const other of [undefined, null, "redis", {}, { open }, { delete: forget }, { open, delete: 1 }])
      assert.equal(isSharedStore(other), false);
  });
});
