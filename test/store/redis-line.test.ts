import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import Module from "node:module";
import type { Socket } from "node:net";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { RedisLine } from "../../src/store/redis-line";
import { endClock } from "../support/end-clock";
import { Outcome, thrownBy } from "../support/failure";
import { describeWithRedis, RedisServer } from "../support/redis-server";

const nextTurn = (): Promise<void> => new Promise(setImmediate);

/** Waits for what comes over a connection, while the clock stands still. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

describeWithRedis("a connection to a Redis server", () => {
  let server: RedisServer;
  let clock: Clock;
  let line: RedisLine;
  let users: number;
  const sockets = new Set<Socket>();
  const note = (message: unknown): void => void sockets.add((message as { socket: Socket }).socket);

  before(async () => {
    server = await RedisServer.start();
    subscribe("net.client.socket", note);
  });
  after(async () => {
    unsubscribe("net.client.socket", note);
    await server.close();
  });

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    clock.tick(3_600_000);
    line = new RedisLine(server.url);
    users = 0;
    sockets.clear();
  });
  afterEach(async () => {
    server.resume();
    while (users > 0) {
      const leaving = new Outcome(leave());
      // The package may wait for its next attempt to connect.
      while (leaving.pending) await clock.tickAsync(100);
    }
    await endClock(clock);
    if (!server.isRunning) await server.start();
  });

  /** How many are open. */
  const connections = (): number => [...sockets].filter(({ destroyed }) => !destroyed).length;

  function use(): void {
    line.use();
    users++;
  }

  async function leave(): Promise<void> {
    users--;
    await line.leave();
  }

  const ping = (): Promise<string> => line.run((client) => client.ping());

  async function connected(): Promise<void> {
    use();
    await ping();
  }

  async function lost(): Promise<void> {
    await server.kill();
    await until(() => !line.isReady);
  }

  /** A command that is on its way. */
  async function sent(): Promise<Outcome<unknown>> {
    let answer: Outcome<unknown> | undefined;
    await new Promise<void>((resolve) => {
      answer = new Outcome(
        line.run((client) => {
          const command = client.get("x");
          resolve();
          return command;
        }),
      );
    });
    return answer!;
  }

  /** Lets time pass until the connection is there: it is tried every second, and these requests give it time. */
  async function back(): Promise<void> {
    await server.start();
    while (!line.isReady) {
      await clock.tickAsync(1_000);
      for (let requests = 0; requests < 2; requests++) await server.command("PING");
    }
  }

  it("is opened with the first user, and closed with the last one", async () => {
    assert.equal(line.isReady, false);
    await connected();
    use();
    assert.deepEqual([line.isReady, connections()], [true, 1]);
    await leave();
    assert.deepEqual([line.isReady, connections()], [true, 1]);
    await leave();
    await until(() => connections() === 0);
    assert.equal(line.isReady, false);
    await assert.rejects(ping(), { code: "ECLOSED" });
    await connected();
  });

  it("knows when it came back, and whether it was ever lost", async () => {
    await connected();
    assert.equal(line.backSince, -Infinity);
    for (let times = 0; times < 2; times++) {
      await lost();
      await clock.tickAsync(1_000);
      const lostAt = performance.now();
      await back();
      assert.ok(line.backSince >= lostAt);
    }
  });

  it("is reported as away when it is lost for more than five seconds, until it is back", async () => {
    const told: (string | undefined)[] = [];
    await connected();
    line.on("problem", () => told.push(line.problem?.kind));
    for (let times = 0; times < 2; times++) {
      await lost();
      const waiting = new Outcome(ping());
      await clock.tickAsync(4_900);
      assert.deepEqual([line.problem, waiting.pending], [undefined, true]);
      await clock.tickAsync(200);
      assert.equal(line.problem?.kind, "away");
      assert.match(line.problem.message, /nothing answers there|it closed the connection/);
      assert.match(String(waiting.error?.code), /ECONNREFUSED|ECONNRESET/);
      // Those after it do not wait at all.
      await assert.rejects(ping(), /ECONNREFUSED|ECONNRESET/);
      await back();
      assert.equal(line.problem, undefined);
      assert.equal(await ping(), "PONG");
    }
    assert.deepEqual(told, ["away", undefined, "away", undefined]);
  });

  it("is not reported as away if it is back in time", async () => {
    await connected();
    for (let times = 0; times < 5; times++) {
      await lost();
      const waiting = new Outcome(ping());
      await back();
      await until(() => !waiting.pending);
      assert.equal(waiting.result, "PONG");
      await clock.tickAsync(2_000);
    }
    await clock.tickAsync(5_000);
    assert.equal(line.problem, undefined);
  });

  for (const [what, prepare, words] of [
    ["nothing runs", () => server.kill(), /nothing answers there/],
    ["the server does not answer", () => server.pause(), /it does not answer/],
  ] as const) {
    it(`is reported as away if ${what} from the beginning`, async () => {
      await prepare();
      use();
      await until(() => connections() > 0 || !server.isRunning);
      for (let turns = 0; turns < 20; turns++) await nextTurn();
      await clock.tickAsync(5_000);
      assert.match(line.problem!.message, words);
    });
  }

  it("is not reported as away because the server refuses something", async () => {
    await connected();
    await server.command("ACL", "SETUSER", "default", "-ping");
    // It is checked every five seconds.
    await clock.tickAsync(5_000);
    await line.run((client) => client.get("x"));
    await clock.tickAsync(5_000);
    assert.equal(line.problem, undefined);
    await server.command("ACL", "SETUSER", "default", "+ping");
  });

  it("gives up a command after three seconds", async () => {
    await connected();
    server.pause();
    const late = new Outcome(ping());
    await clock.tickAsync(2_900);
    assert.ok(late.pending);
    await clock.tickAsync(100);
    assert.equal((late.error as NodeJS.ErrnoException | undefined)?.code, "ETIMEDOUT");
  });

  it("leaves no timer after a command", async () => {
    await connected();
    const timers = clock.countTimers();
    for (let times = 0; times < 5; times++) await ping();
    assert.equal(clock.countTimers(), timers);
  });

  for (const [what, error, code] of [
    ["an error of the system", Object.assign(new Error("no"), { code: "EPIPE" }), "EPIPE"],
    [
      "the first of several, one for each address of the host",
      new AggregateError([Object.assign(new Error("no"), { code: "ECONNREFUSED" })]),
      "ECONNREFUSED",
    ],
    ["an answer of the server", new Error("NOPERM This user has no permissions"), "NOPERM"],
    ["an answer with its sign", new Error("-OOM command not allowed"), "OOM"],
    ["a time limit", new Error("Connection timeout"), "ETIMEDOUT"],
    ["anything else", new Error("The socket got a FIN"), "ECONNRESET"],
  ] as const) {
    it(`tells ${what} by its code alone: the rest may quote a secret`, async () => {
      await connected();
      await assert.rejects(
        line.run(() => Promise.reject(error)),
        { code, message: code },
      );
    });
  }

  describe("that is closed", () => {
    it("ends at once while the server is away, and so does what waits for it", async () => {
      await connected();
      await lost();
      const waiting = new Outcome(ping());
      await leave();
      await nextTurn();
      assert.match(String(waiting.error?.code), /ECLOSED|ECONNREFUSED|ECONNRESET/);
      await until(() => connections() === 0);
    });

    it("keeps no connection, whenever during the attempt to connect it is closed", async () => {
      for (let turns = 0; turns < 15; turns++) {
        use();
        for (let turn = 0; turn < turns; turn++) await nextTurn();
        await leave();
      }
      // The server has answered each of them by now.
      for (let requests = 0; requests < 5; requests++) await server.command("PING");
      assert.equal(connections(), 0);
      assert.match(String(await server.command("CLIENT", "LIST", "TYPE", "normal")), /^[^\n]*\n?$/);
      assert.equal(clock.countTimers(), 0);
      assert.equal(line.problem, undefined);
    });

    it("waits for the answers of the server for three seconds at most, and leaves no connection", async () => {
      await connected();
      server.pause();
      const command = await sent();
      const left = new Outcome(leave());
      await clock.tickAsync(2_900);
      assert.ok(left.pending);
      await clock.tickAsync(100);
      assert.deepEqual([left.pending, command.pending], [false, false]);
      await nextTurn();
      assert.equal(connections(), 0);
    });

    it("waits for the answers that are on their way", async () => {
      await connected();
      const command = await sent();
      await leave();
      assert.deepEqual([command.pending, command.error], [false, undefined]);
    });
  });
});

describe("the package redis", () => {
  const LOAD = "_load";
  const loader = Module as unknown as { [LOAD](request: string, ...more: unknown[]): unknown };

  /** Uses a connection while the package cannot be loaded. */
  function useWithout(error: NodeJS.ErrnoException): void {
    const load = loader[LOAD];
    loader[LOAD] = (request, ...more) => {
      if (request === "redis") throw error;
      return load.call(loader, request, ...more);
    };
    try {
      new RedisLine("redis://localhost").use();
    } finally {
      loader[LOAD] = load;
    }
  }

  it("is asked for if it is not installed", () => {
    const missing = Object.assign(new Error("no"), { code: "MODULE_NOT_FOUND" });
    assert.match(thrownBy(() => useWithout(missing), "INVALID_ARGUMENT").message, /npm install redis/);
  });

  it("may be damaged, which is not hidden", () => {
    assert.throws(() => useWithout(new SyntaxError("damaged")), /damaged/);
  });
});
