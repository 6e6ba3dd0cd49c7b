import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, Socket } from "node:net";
import { OUTCOMES } from "../../src/zeroconf/answer";
import { ZeroconfActions } from "../../src/zeroconf/actions";
import { ZeroconfServer, type ServerLimits } from "../../src/zeroconf/zeroconf-server";
import { Randomness } from "../support/randomness";
import { form, send, tapFields, type Reply } from "./support/app";
import { DEVICE_ID, KEYMASTER } from "./support/device";

const LOGIN = {
  username: "alice",
  authType: 1,
  authData: Buffer.from("a stored credential, some 40 bytes long"),
};
const GET_INFO = "GET /?action=getInfo HTTP/1.1\r\nHost: pi\r\n\r\n";
/** The property in which Node.js has the address of a peer. */
const PEER_NAME = "_getpeername";
const NEAR = [
  "127.0.0.1",
  "10.1.2.3",
  "172.16.0.1",
  "172.31.255.254",
  "192.168.1.20",
  "169.254.9.9",
  "::ffff:192.168.1.20",
  "::1",
  "fd12:3456::1",
  "fe80::1",
  "fe80::1%eth0",
  "febf::1",
];
const FAR = [
  "203.0.113.7",
  "172.32.0.1",
  "192.169.0.1",
  "100.64.0.1",
  "::ffff:203.0.113.7",
  "2001:db8::1",
  "fec0::1",
  "::",
];
const STATUS_STRINGS = new Map<unknown, Set<unknown>>();
for (const { status, statusString } of Object.values(OUTCOMES)) {
  STATUS_STRINGS.set(status, (STATUS_STRINGS.get(status) ?? new Set()).add(statusString));
}

/** The requirements for every answer, good or bad. */
function checkAnswer(reply: Reply, hint = ""): void {
  const { status, statusString, spotifyError, responseSource } = reply.json;
  const what = `${hint} ${reply.http} ${reply.text}`;
  assert.equal(reply.headers["content-type"], "application/json", what);
  assert.ok(STATUS_STRINGS.get(status)?.has(statusString), what);
  assert.equal(typeof spotifyError, "number", what);
  assert.equal(responseSource, "Node-RED", what);
  for (const name of Object.keys(reply.headers)) assert.doesNotMatch(name, /^access-control/, what);
}

describe("the device's HTTP server", () => {
  const closing = new AbortController();
  const taps: { username: string; authData: Buffer }[] = [];
  let resets = 0;
  const actions = new ZeroconfActions(
    {
      deviceId: () => DEVICE_ID,
      deviceName: "Küche 🎵",
      clientId: () => KEYMASTER,
      activeUser: () => "alice",
      onTap: async ({ username, credentials }) => {
        taps.push({ username, authData: Buffer.from(credentials.authData) });
      },
      onReset: async () => {
        resets++;
      },
      log: () => {},
    },
    closing.signal,
  );
  let server: ZeroconfServer;
  let port: number;

  beforeEach(async () => {
    taps.length = 0;
    resets = 0;
    server = new ZeroconfServer((request) => actions.answer(request));
    port = await server.listen();
  });
  afterEach(() => server.close());

  const publicKey = async (): Promise<string> =>
    (await send(port, "GET", "/?action=getInfo")).json["publicKey"] as string;
  const post = (body: string | Buffer, headers?: Record<string, string>): Promise<Reply> =>
    send(port, "POST", "/", body, headers);

  it("describes the device, as Spotify's page requires, without its account", async () => {
    const reply = await send(port, "GET", "/?action=getInfo&version=2.10.0");
    checkAnswer(reply);
    assert.equal(reply.http, 200);
    const { publicKey: key, ...rest } = reply.json;
    assert.equal(Buffer.from(key as string, "base64").length, 96);
    assert.deepEqual(rest, {
      status: 101,
      statusString: "OK",
      spotifyError: 0,
      responseSource: "Node-RED",
      version: "2.9.0",
      deviceID: DEVICE_ID,
      deviceType: "SPEAKER",
      remoteName: "Küche 🎵",
      brandDisplayName: "Node-RED",
      modelDisplayName: "librespot",
      libraryVersion: "1.0.0",
      resolverVersion: "1",
      groupStatus: "NONE",
      tokenType: "default",
      clientID: KEYMASTER,
      productID: 0,
      scope: "streaming",
      availability: "",
      supported_drm_media_formats: [],
      supported_capabilities: 1,
      accountReq: "PREMIUM",
    });
    assert.doesNotMatch(reply.text, /alice/);
  });

  it("accepts a tap, with the action in the address or in the fields", async () => {
    const { action, ...fields } = tapFields(LOGIN, DEVICE_ID, await publicKey());
    for (const reply of [
      await post(form({ action: action!, ...fields })),
      await send(port, "POST", "/?action=addUser", form(fields)),
    ]) {
      checkAnswer(reply);
      assert.equal(reply.json["status"], 101, reply.text);
    }
    assert.deepEqual(
      taps,
      Array.from({ length: 2 }, () => ({ username: "alice", authData: LOGIN.authData })),
    );
  });

  it("listens on IPv4 and on IPv6", async () => {
    assert.equal((await send(port, "GET", "/?action=getInfo", "", {}, "127.0.0.1")).json["status"], 101);
    assert.equal((await send(port, "GET", "/?action=getInfo", "", {}, "::1")).json["status"], 101);
  });

  it("answers a request for none of the three actions with the page's error for it", async () => {
    const table: [method: string, path: string, body: string, http: number, statusString: string][] = [
      ["GET", "/", "", 400, "ERROR-MISSING-ACTION"],
      ["POST", "/", "", 400, "ERROR-MISSING-ACTION"],
      ["GET", "/?action=", "", 400, "ERROR-MISSING-ACTION"],
      ["GET", "/?action=playUri", "", 400, "ERROR-INVALID-ACTION"],
      ["GET", "/?action=constructor", "", 400, "ERROR-INVALID-ACTION"],
      ["GET", "/?action=getinfo", "", 400, "ERROR-INVALID-ACTION"],
      ["POST", "/", "action=getInfo", 405, "ERROR-INVALID-ACTION"],
      ["GET", "/?action=addUser", "", 405, "ERROR-INVALID-ACTION"],
      ["GET", "/?action=resetUsers", "", 405, "ERROR-INVALID-ACTION"],
      ["GET", "/favicon.ico", "", 404, "ERROR-BAD-REQUEST"],
      ["GET", "//?action=getInfo", "", 404, "ERROR-BAD-REQUEST"],
      ["GET", "/../?action=getInfo", "", 404, "ERROR-BAD-REQUEST"],
      ["GET", "http://example.com/?action=getInfo", "", 404, "ERROR-BAD-REQUEST"],
      ["GET", "/spotify-session/1?action=getInfo", "", 404, "ERROR-BAD-REQUEST"],
      ["PUT", "/?action=getInfo", "", 405, "ERROR-BAD-REQUEST"],
      ["DELETE", "/?action=resetUsers", "", 405, "ERROR-BAD-REQUEST"],
      ["OPTIONS", "/?action=resetUsers", "", 405, "ERROR-BAD-REQUEST"],
    ];
    for (const [method, path, body, http, statusString] of table) {
      const reply = await send(port, method, path, body);
      checkAnswer(reply, `${method} ${path}`);
      assert.equal(reply.http, http, `${method} ${path}`);
      assert.equal(reply.json["statusString"], statusString, `${method} ${path}`);
    }
    assert.equal((await send(port, "HEAD", "/?action=getInfo")).http, 405);
    assert.equal(taps.length + resets, 0);
  });

  it("serves no web page: none of another site, and none whose host name was made to point here", async () => {
    const tap = form(tapFields(LOGIN, DEVICE_ID, await publicKey()));
    for (const headers of [
      { Origin: "https://example.com" },
      { Origin: `http://127.0.0.1:${port}` },
      { Host: "rebound.example.com" },
    ] as Record<string, string>[]) {
      for (const reply of [
        await send(port, "GET", "/?action=getInfo", "", headers),
        await post(tap, headers),
        await post("action=resetUsers", headers),
      ]) {
        checkAnswer(reply);
        assert.equal(reply.http, 403);
      }
    }
    assert.equal(taps.length + resets, 0);
  });

  it("refuses a body that is too long with an answer, and cuts off an endless one", async () => {
    const tap = form({ ...tapFields(LOGIN, DEVICE_ID, await publicKey()), more: "x".repeat(16 * 1024) });
    const reply = await post(tap);
    checkAnswer(reply);
    assert.equal(reply.json["statusString"], "ERROR-BAD-REQUEST");
    assert.equal(taps.length, 0);

    const socket = connect(port, "127.0.0.1").on("error", () => {});
    socket.write("POST / HTTP/1.1\r\nHost: pi\r\nContent-Length: 100000000\r\n\r\n");
    const timer = setInterval(() => socket.write(Buffer.alloc(16_384, 0x61)), 1);
    await closed(socket);
    clearInterval(timer);
    assert.ok(socket.bytesWritten < 8_000_000, `${socket.bytesWritten} bytes were taken`);
    checkAnswer(await send(port, "GET", "/?action=getInfo"));
  });

  it("answers data that is not HTTP, and closes", async () => {
    for (const bytes of [
      "GET\r\n\r\n",
      "\u0000\u0001\u0002\r\n\r\n",
      `GET /?action=getInfo HTTP/1.1\r\nX: ${"y".repeat(9_000)}\r\n\r\n`,
      "POST / HTTP/1.1\r\nHost: pi\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ]) {
      const text = await conversation(port, bytes);
      assert.match(text, /^HTTP\/1\.1 400 [^]*"status":102,"statusString":"ERROR-BAD-REQUEST"/);
    }
  });

  it("accepts one request per connection", async () => {
    const request = GET_INFO;
    const text = await conversation(port, request.repeat(20));
    assert.equal(text.split('"remoteName"').length - 1, 1);
  });

  it("closes with silent connections open", async () => {
    const silent = Array.from({ length: 8 }, () => connect(port, "127.0.0.1").on("error", () => {}));
    await Promise.all(silent.map((socket) => once(socket, "connect")));
    const all = Promise.all(silent.map(closed));
    await server.close();
    await all;
  });

  describe("limits what a client may use", () => {
    let guarded: ZeroconfServer | undefined;
    afterEach(() => guarded?.close());

    /** A server like the first, with other limits. @returns its port */
    const guard = async (limits?: Partial<ServerLimits>): Promise<number> => {
      guarded = new ZeroconfServer((request) => actions.answer(request), limits);
      return guarded.listen();
    };
    const silent = async (to: number, localAddress = "127.0.0.1"): Promise<Socket> => {
      const socket = connect({ port: to, host: "127.0.0.1", localAddress }).on("error", () => {});
      await once(socket, "connect");
      return socket;
    };

    it("accepts eight connections from one address, and then those of other addresses", async () => {
      const own = await Promise.all(Array.from({ length: 8 }, () => silent(port)));
      assert.equal(await conversation(port, GET_INFO), "");
      const other = await silent(port, "127.0.0.2");
      other.write(GET_INFO);
      assert.match(String((await once(other, "data"))[0]), /"remoteName"/);
      // The address may connect again when one of its connections has gone.
      own[0]!.destroy();
      await settled(async () => {
        const text = await conversation(port, GET_INFO);
        return text.includes('"remoteName"');
      });
    });

    it("has at most 32 connections, from all addresses together", async () => {
      const addresses = [1, 2, 3, 4].map((last) => `127.0.0.${last}`);
      await Promise.all(addresses.flatMap((from) => Array.from({ length: 8 }, () => silent(port, from))));
      const late = await silent(port, "127.0.0.5");
      late.write(GET_INFO);
      let answer = "";
      late.on("data", (part) => (answer += String(part)));
      await closed(late);
      assert.equal(answer, "");
    });

    it("does not wait for a request that comes too slowly, and says so", async () => {
      const slow = await guard({ requestTimeout: 100, checkInterval: 10 });
      for (const beginning of [
        "GET /?action=getInfo HTTP/1.1\r\nHost: pi\r\n",
        "POST / HTTP/1.1\r\nHost: pi\r\nContent-Length: 100\r\n\r\naction=",
      ]) {
        const drip = await silent(slow);
        const parts: string[] = [];
        drip.on("data", (part) => parts.push(String(part)));
        drip.write(beginning);
        // Sending a byte now and then does not help.
        const timer = setInterval(() => drip.write("x"), 20);
        await closed(drip);
        clearInterval(timer);
        assert.match(parts.join(""), /^HTTP\/1\.1 400 [^]*"ERROR-BAD-REQUEST"/);
      }
    });

    it("waits 5 s for a request, by default", async () => {
      const start = performance.now();
      const drip = await silent(port);
      drip.resume().write("GET / HTTP/1.1\r\n");
      await closed(drip);
      const waited = performance.now() - start;
      assert.ok(waited > 4_000 && waited < 8_000, `${waited} ms`);
    });

    it("closes a silent connection", async () => {
      const quiet = await guard({ idleTimeout: 50, requestTimeout: 60_000 });
      await closed(await silent(quiet));
    });

    it("serves private and link-local addresses, and gives others no answer", async () => {
      const peer = Socket.prototype as unknown as Record<string, unknown>;
      const original = peer[PEER_NAME];
      const answered: string[] = [];
      try {
        for (const address of [...NEAR, ...FAR]) {
          peer[PEER_NAME] = () => ({ address });
          const text = await conversation(port, GET_INFO);
          if (text !== "") answered.push(address);
        }
      } finally {
        peer[PEER_NAME] = original;
      }
      assert.deepEqual(answered, NEAR);
    });
  });

  it("answers 10,000 malformed addUser requests, of which none leaves anything behind", async function () {
    this.timeout(120_000);
    const random = new Randomness();
    const sound = tapFields(LOGIN, DEVICE_ID, await publicKey());
    const counts = new Map<unknown, number>();
    let served = 0;
    let left = 10_000;
    const before = resources();
    const app = async (): Promise<void> => {
      while (left-- > 0) {
        const reply = await post(malformed(sound, random));
        checkAnswer(reply, random.hint);
        counts.set(reply.json["statusString"], (counts.get(reply.json["statusString"]) ?? 0) + 1);
        if (reply.json["status"] === 101) served++;
      }
    };
    await Promise.all(Array.from({ length: 8 }, app));
    for (const statusString of [
      "ERROR-MAC",
      "ERROR-INVALID-ARGUMENTS",
      "ERROR-INVALID-PUBLICKEY",
      "ERROR-MISSING-ACTION",
      "ERROR-INVALID-ACTION",
      "ERROR-BAD-REQUEST",
    ]) {
      assert.ok((counts.get(statusString) ?? 0) > 10, `${statusString}: ${JSON.stringify([...counts])}`);
    }
    // A request that was changed in none of the sealed or key fields is a normal tap.
    assert.equal(taps.length, served);
    for (const { username, authData } of taps) {
      if (username === LOGIN.username) assert.deepEqual(authData, LOGIN.authData, random.hint);
    }
    taps.length = 0;
    const reply = await post(form(sound));
    assert.equal(reply.json["status"], 101);
    assert.deepEqual(taps[0]!.authData, LOGIN.authData);
    await settled(() => resources() <= before + 2);
  });
});

/** A request that was valid before it was changed. */
function malformed(sound: Record<string, string>, random: Randomness): Buffer | string {
  const fields = { ...sound };
  const name = random.pick(["action", "userName", "blob", "clientKey", "tokenType"]);
  switch (random.below(8)) {
    case 0:
      delete fields[name];
      break;
    case 1:
      fields[name] = random.bytes(random.below(200)).toString(random.pick(["base64", "latin1", "utf8"]));
      break;
    case 2:
      return `${form(fields)}&${name}=${random.bytes(4).toString("hex")}`;
    case 3:
      fields["clientKey"] = random
        .pick([Buffer.alloc(0), Buffer.from([1]), Buffer.alloc(97, 0xff)])
        .toString("base64");
      break;
    case 4: {
      const bytes = Buffer.from(fields["blob"]!, "base64");
      fields["blob"] = random.mutated(bytes).toString("base64");
      break;
    }
    case 5:
      fields[name] = "x".repeat(random.below(40_000));
      break;
    case 6:
      fields[name] = fields[random.pick(Object.keys(sound))]!;
      break;
    default:
      return random.mutated(Buffer.from(form(fields)));
  }
  return form(fields);
}

function resources(): number {
  return process.getActiveResourcesInfo().filter((kind) => /TCP|Timeout/.test(kind)).length;
}

/** Resolves when `condition` holds. The test's time-out is its limit. */
async function settled(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

/** Resolves when `socket` is closed, for any reason. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.on("close", () => resolve()));
}

/** All data that the other end sends in answer to `bytes`, until it closes. */
async function conversation(port: number, bytes: string): Promise<string> {
  const socket: Socket = connect(port, "127.0.0.1").on("error", () => {});
  const parts: Buffer[] = [];
  socket.on("data", (part: Buffer) => parts.push(part));
  socket.write(bytes, "latin1");
  await closed(socket);
  return Buffer.concat(parts).toString();
}
