import assert from "node:assert/strict";
import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { WebSocket } from "ws";
import type { DealerConnection } from "../../src/dealer/connection";
import { messagePayload } from "../../src/dealer/message";
import { SpotifyError } from "../../src/core/errors";
import { failureOf } from "../support/failure";
import {
  Heard,
  message,
  naming,
  nextText,
  open,
  rawDealer,
  type RawDealer,
} from "../connect-state/support/raw-dealer";

const OVER = new SpotifyError("CLOSED", "The test is over.");

describe("A connection to a dealer", () => {
  let dealer: RawDealer;
  let heard: Heard;
  let connection: DealerConnection | undefined;
  let server: WebSocket;
  /** What the dealer sends at once to a new client, in one chunk with the end of the opening if possible. */
  let first: string[];

  beforeEach(async () => {
    heard = new Heard();
    first = [];
    dealer = await rawDealer((socket) => {
      server = socket;
      for (const text of first) socket.send(text);
    });
  });

  afterEach(async () => {
    connection?.close(OVER);
    connection = undefined;
    await dealer.close();
  });

  async function connected(): Promise<DealerConnection> {
    connection = await open(dealer, heard);
    return connection;
  }

  /** Resolves when all that was sent so far has been handled. */
  async function workedOn(): Promise<void> {
    server.send(JSON.stringify({ type: "request", key: "last", payload: { compressed: "" } }));
    while ((await nextText(server))["key"] !== "last");
  }

  it("gets its ID from its first message, even if that comes with the opening", async () => {
    first = [naming("an ID+/=")];
    assert.equal(await (await connected()).id, "an ID+/=");
  });

  it("gets its ID from no other message, and only once", async () => {
    const { id } = await connected();
    server.send(message("hm://elsewhere", [], { "Spotify-Connection-Id": "wrong place" }));
    server.send(naming("x".repeat(5000)));
    server.send(naming("right"));
    server.send(naming("too late"));
    assert.equal(await id, "right");
  });

  it("handles messages one after another, in the order of their arrival", async () => {
    await connected();
    let busy = 0;
    heard.work = async (text) => {
      assert.equal(++busy, 1);
      await messagePayload(text);
      for (let turns = text.uri.length % 3; turns > 0; turns--) await turn();
      busy--;
    };
    const large = gzipSync(Buffer.alloc(512 << 10)).toString("base64");
    const uris = Array.from({ length: 200 }, (_, at) => `hm://${at}${"x".repeat(at % 3)}`);
    for (const [at, uri] of uris.entries()) {
      server.send(at % 10 ? message(uri, ["AAAA"]) : message(uri, [large], { "Transfer-Encoding": "gzip" }));
    }
    await workedOn();
    assert.deepEqual(
      heard.messages.map(({ uri }) => uri),
      uris,
    );
    assert.deepEqual(heard.damages, []);
  });

  it("replies to each request with its key", async () => {
    await connected();
    server.send(JSON.stringify({ type: "request", key: "a key", message_ident: "hm://x", payload: {} }));
    assert.deepEqual(await nextText(server), { type: "reply", key: "a key", payload: { success: false } });
  });

  it("reports messages that it cannot read, and continues", async () => {
    await connected();
    server.send("no JSON");
    server.send(Buffer.alloc(8));
    server.send(message("hm://x", ["A".repeat(2 << 20)]));
    heard.work = () => Promise.reject(new SpotifyError("PROTOCOL_ERROR", "This is no cluster."));
    server.send(message("hm://y"));
    await workedOn();
    assert.deepEqual(
      heard.damages.map(({ code }) => code),
      ["PROTOCOL_ERROR", "PROTOCOL_ERROR", "PROTOCOL_ERROR", "PROTOCOL_ERROR"],
    );
  });

  it("is ended by a message of 10 MB, before all of it is read", async () => {
    const { closed } = await connected();
    server.send("A".repeat(10 << 20));
    const error = await closed;
    assert.equal(error.code, "PROTOCOL_ERROR");
    assert.match(error.message, /too large/);
  });

  it("is ended by a message of 10 MB that comes in a thousand pieces", async () => {
    const { closed } = await connected();
    for (let piece = 0; piece < 1000; piece++) server.send("A".repeat(10 << 10), { fin: piece === 999 });
    assert.equal((await closed).code, "PROTOCOL_ERROR");
  });

  it("accepts a message that comes byte by byte", async () => {
    await connected();
    const text = Buffer.from(message("hm://slow/é"));
    // Frames of one byte each, so that characters are cut too.
    for (let at = 0; at < text.length; at++) {
      server.send(text.subarray(at, at + 1), { fin: at === text.length - 1, binary: false });
      await turn();
    }
    await workedOn();
    assert.equal(heard.messages[0]?.uri, "hm://slow/é");
  });

  it("receives all of 100,000 messages, and reads no further ahead than it can handle", async () => {
    await connected();
    let most = 0;
    heard.work = async ({ uri }) => {
      heard.messages.length = 0;
      // Some of the work takes turns of the event loop; the server continues to send meanwhile.
      for (let turns = uri.endsWith("000") ? 20 : 0; turns > 0; turns--) await turn();
      most = Math.max(most, process.memoryUsage().rss);
    };
    const before = process.memoryUsage().rss;
    let delay = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      delay = Math.max(delay, performance.now() - last - 5);
      last = performance.now();
    }, 5);
    let sent = 0;
    while (sent < 100_000) {
      for (let some = 0; some < 500; some++) server.send(message(`hm://${sent++}`, ["AAAA"]));
      last = performance.now();
      while (server.bufferedAmount > 64 << 10) await turn();
    }
    await workedOn();
    clearInterval(watch);
    assert.equal(heard.messages[0]?.uri, "hm://99999");
    assert.deepEqual(heard.damages, []);
    assert.ok(most - before < 150 << 20, `${(most - before) >> 20} MiB more`);
  });

  it("stops reading while it has enough messages to handle", async () => {
    await connected();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    heard.work = () => held;
    const large = message("hm://x", ["A".repeat(500_000)]);
    // As much as the operating system buffers for two sockets, and far more.
    for (let sent = 0; sent < 100; sent++) server.send(large);
    let before = -1;
    for (let quiet = 0; quiet < 200; quiet++) {
      if (server.bufferedAmount !== before) quiet = 0;
      before = server.bufferedAmount;
      await turn();
    }
    assert.ok(server.bufferedAmount > 20_000_000, `${server.bufferedAmount} bytes were left`);
    release();
    heard.work = () => Promise.resolve();
    await workedOn();
    assert.equal(heard.messages.length, 100);
  });

  it("ends if the server does not read its replies", async () => {
    const { closed } = await connected();
    server.pause();
    const request = JSON.stringify({ type: "request", key: "k".repeat(1000), payload: {} });
    let isOver = false;
    void closed.then(() => (isOver = true));
    while (!isOver) {
      for (let some = 0; some < 100; some++) server.send(request);
      while (server.bufferedAmount > 1 << 20 && !isOver) await turn();
      await turn();
    }
    const error = await closed;
    assert.equal(error.code, "UNREACHABLE");
    assert.match(error.message, /does not read/);
  });

  it("answers WebSocket pings, but not without a limit", async () => {
    const { closed } = await connected();
    server.ping("word");
    const [word] = (await once(server, "pong")) as [Buffer];
    assert.equal(word.toString(), "word");
    server.pause();
    let isOver = false;
    void closed.then(() => (isOver = true));
    while (!isOver) {
      for (let some = 0; some < 1000; some++) server.ping("x".repeat(125));
      while (server.bufferedAmount > 1 << 20 && !isOver) await turn();
      await turn();
    }
    assert.equal((await closed).code, "UNREACHABLE");
  }).timeout(30_000);

  for (const code of [1000, 1001, 1011, 1013, 4001]) {
    it(`says that the server closed it with ${code}`, async () => {
      const { closed, id } = await connected();
      server.close(code);
      const error = await closed;
      assert.equal(error.code, "UNREACHABLE");
      assert.match(error.message, new RegExp(String(code)));
      assert.equal(await failureOf(id), error);
    });
  }

  it("says that it was reset", async () => {
    const { closed } = await connected();
    server.terminate();
    assert.equal((await closed).code, "UNREACHABLE");
  });

  it("ends if the server sends data that is not WebSocket", async () => {
    const { closed } = await connected();
    dealer.write(Buffer.alloc(64, 0xff));
    assert.equal((await closed).code, "PROTOCOL_ERROR");
  });

  it("receives nothing more after it is closed, and reports one reason", async () => {
    const { closed } = await connected();
    let release = (): void => undefined;
    heard.work = () => new Promise((resolve) => (release = resolve));
    for (let sent = 0; sent < 50; sent++) server.send(message(`hm://${sent}`));
    while (heard.messages.length === 0 && release.length === 0) {
      await turn();
      release();
    }
    const before = heard.messages.length;
    connection?.close(OVER);
    connection?.close(new SpotifyError("UNREACHABLE", "Again."));
    release();
    for (let turns = 0; turns < 20; turns++) await turn();
    assert.equal(await closed, OVER);
    assert.ok(heard.messages.length <= before + 1, "no message but the one that was worked on");
  });
});
