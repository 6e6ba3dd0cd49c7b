import assert from "node:assert/strict";
import { fromBinary } from "@bufbuild/protobuf";
import { APLoginFailedSchema } from "../../src/proto/gen/keyexchange_pb";
import { CLIENT_IDS } from "../../src/core/knowledge";
import { noFaults, strikes, struck } from "./faults";
import { helloPacket, RawClient, stored } from "./clients/raw-client";
import { Command, Simulator, type Account } from "./index";

const URI = `hm://keymaster/token/authenticated?scope=streaming&client_id=${CLIENT_IDS.keymaster}&device_id=d`;

describe("simulator: faults", () => {
  describe("as values", () => {
    it("apply never, always, or a number of times", () => {
      const faults = { ...noFaults(), wrongKey: true, dropMidRequest: 2, twoPackets: { times: 1 } };
      const times = (name: "wrongKey" | "dropMidRequest" | "twoPackets" | "wrongSignature"): number =>
        [1, 2, 3, 4].filter(() => strikes(faults, name)).length;
      assert.deepEqual(
        [times("wrongSignature"), times("wrongKey"), times("dropMidRequest"), times("twoPackets")],
        [0, 4, 2, 1],
      );
      assert.equal(faults.dropMidRequest, false);
    });

    it("have their value always, or a number of times, and only when it applies", () => {
      const faults = noFaults();
      faults.loginFailed = 12;
      assert.deepEqual([struck(faults, "loginFailed"), struck(faults, "loginFailed")], [12, 12]);
      faults.silent = { value: "login", times: 1 };
      assert.equal(
        struck(faults, "silent", (phase) => phase === "hello"),
        undefined,
      );
      assert.equal(
        struck(faults, "silent", (phase) => phase === "login"),
        "login",
      );
      assert.equal(faults.silent, false);
    });
  });

  describe("of an access point", () => {
    let simulator: Simulator;
    let account: Account;
    let client: RawClient;

    beforeEach(async () => {
      simulator = await Simulator.start();
      account = simulator.addAccount();
    });

    afterEach(async () => {
      client.close();
      await simulator.close();
    });

    it("dropBeforeHello resets an accepted connection, and the next try succeeds", async () => {
      simulator.faults.dropBeforeHello = 1;
      await assert.rejects(RawClient.open(simulator), { code: "ECONNRESET" });
      client = await RawClient.login(simulator, account);
    });

    it("dropAfterHello resets instead of answering", async () => {
      simulator.faults.dropAfterHello = true;
      client = await RawClient.connect(simulator);
      await assert.rejects(client.handshake(), { code: "ECONNRESET" });
    });

    it("dropAfterLogin resets once the welcome has arrived", async () => {
      simulator.faults.dropAfterLogin = true;
      client = await RawClient.login(simulator, account);
      // A kernel that has delivered the last bytes may report the following reset as an end.
      assert.match(await client.closed(), /^(end|ECONNRESET)$/);
    });

    it("dropMidRequest resets when it has read the request", async () => {
      client = await RawClient.login(simulator, account);
      simulator.faults.dropMidRequest = 1;
      client.sendMercury(URI);
      assert.equal(await client.closed(), "ECONNRESET");
      assert.equal(simulator.stats.keymasterRequests[0]?.status, 0);
      assert.equal(simulator.issuedTokens.length, 0);
    });

    for (const fault of ["wrongSignature", "wrongKey"] as const) {
      it(`${fault} gives a signature that does not match the key`, async () => {
        simulator.faults[fault] = 1;
        client = await RawClient.open(simulator);
        assert.equal(client.isSignedByKey, false);
        client.close();
        client = await RawClient.open(simulator);
        assert.equal(client.isSignedByKey, true);
      });
    }

    it("wrongMac damages the n-th packet", async () => {
      simulator.faults.wrongMac = 2;
      client = await RawClient.login(simulator, account);
      await assert.rejects(client.receive(), /MAC/);
    });

    it("tryAnotherAp refuses a number of logins with code 2", async () => {
      simulator.faults.tryAnotherAp = 1;
      client = await RawClient.open(simulator);
      client.sendLogin(stored(account));
      const refusal = fromBinary(APLoginFailedSchema, (await client.receive()).payload);
      assert.equal(refusal.errorCode, 2);
      client = await RawClient.login(simulator, account);
    });

    it("loginFailed refuses a valid login with its code", async () => {
      simulator.faults.loginFailed = 9;
      client = await RawClient.open(simulator);
      client.sendLogin(stored(account));
      const refusal = fromBinary(APLoginFailedSchema, (await client.receive(Command.LoginFailed)).payload);
      assert.equal(refusal.errorCode, 9);
      assert.equal(await client.closed(), "end");
    });

    it("handshakeLoginFailed refuses before there are keys", async () => {
      simulator.faults.handshakeLoginFailed = 2;
      client = await RawClient.connect(simulator);
      const answer = await client.helloAnswer();
      assert.equal(answer.challenge, undefined);
      assert.equal(answer.loginFailed?.errorCode, 2);
    });

    it("plainLoginFailed refuses a login in plain text", async () => {
      simulator.faults.plainLoginFailed = { value: 12, times: 1 };
      client = await RawClient.open(simulator);
      client.sendLogin(stored(account));
      assert.match(await client.closed(), /end|MAC/);
      client = await RawClient.login(simulator, account);
    });

    it("mercuryStatus answers with a status and no payload", async () => {
      simulator.faults.mercuryStatus = { value: 503, times: 1 };
      client = await RawClient.login(simulator, account);
      const failure = await client.request(URI);
      assert.deepEqual([failure.status, failure.parts.length], [503, 0]);
      assert.equal((await client.request(URI)).status, 200);
    });

    it("twoPackets and splitParts spread an answer over packets", async () => {
      client = await RawClient.login(simulator, account);
      simulator.faults.twoPackets = true;
      simulator.faults.splitParts = true;
      client.sendMercury(URI);
      const flags = [];
      for (let i = 0; i < 4; i++) {
        // oxlint-disable-next-line no-await-in-loop -- one packet after the other
        flags.push((await client.receive(Command.MercuryRequest)).payload.readUInt8(10));
      }
      assert.deepEqual(flags, [2, 0, 2, 1]);
      simulator.faults.twoPackets = false;
      const answer = await client.request(URI);
      assert.match(Buffer.concat(answer.parts).toString(), /^\{"accessToken":"BQ.*\}$/);
    });

    it("reordering answers the last request first", async () => {
      client = await RawClient.login(simulator, account);
      simulator.faults.reordering = { value: 3, times: 1 };
      const asked = [client.sendMercury(URI), client.sendMercury("hm://b"), client.sendMercury("hm://c")];
      const first = await client.receiveMercury();
      const second = await client.receiveMercury();
      const third = await client.receiveMercury();
      const answered = [first, second, third].map(({ sequence }) => sequence.toString("hex"));
      assert.deepEqual(answered, asked.toReversed());
      assert.equal((await client.request("hm://d")).status, 404);
    });

    it("unknownPackets sends an unknown packet before each packet except the first", async () => {
      simulator.faults.unknownPackets = true;
      client = await RawClient.open(simulator);
      client.sendLogin(stored(account));
      const known = new Set<number>(Object.values(Command));
      assert.equal((await client.receive()).cmd, Command.Welcome);
      assert.equal(known.has((await client.receive()).cmd), false);
      assert.equal((await client.receive()).cmd, Command.Ping);
    });

    it("dribble sends a number of bytes at a time", async () => {
      simulator.faults.dribble = 7;
      client = await RawClient.login(simulator, account);
      // The kernel may join pieces on their way, but not all of them.
      assert.ok(client.pieces.length > 20, `${client.pieces.length} pieces`);
    });

    it("slow sends late, and in order", async () => {
      simulator.faults.slow = 20;
      const start = performance.now();
      client = await RawClient.login(simulator, account);
      assert.ok(performance.now() - start >= 2 * 20 - 2);
    });

    it("silent at hello reads the hello, and never answers", async () => {
      simulator.faults.silent = { value: "hello", times: 1 };
      const mute = await RawClient.connect(simulator);
      mute.write(helloPacket(Buffer.alloc(96, 0x5a)));
      await simulator.next("hello");
      client = await RawClient.login(simulator, account);
      assert.deepEqual(mute.pieces, []);
      mute.close();
    });

    it("silent at login reads the login, and never answers", async () => {
      simulator.faults.silent = { value: "login", times: 1 };
      client = await RawClient.open(simulator);
      client.sendLogin(stored(account));
      await simulator.next("packet", ({ cmd }) => cmd === Command.Login);
      assert.equal(simulator.stats.logins.length, 0);
      client.sendLogin(stored(account));
      assert.equal((await client.receive()).cmd, Command.Welcome);
    });

    it("silent about Mercury reads a request, and never answers", async () => {
      client = await RawClient.login(simulator, account);
      simulator.faults.silent = { value: "mercury", times: 1 };
      client.sendMercury(URI);
      const second = client.sendMercury(URI);
      assert.equal((await client.receiveMercury()).sequence.toString("hex"), second);
      assert.deepEqual(
        simulator.stats.keymasterRequests.map(({ status }) => status),
        [0, 200],
      );
    });

    it("silent about pings sends none, about pong acks no ack", async () => {
      simulator.faults.silent = "pings";
      client = await RawClient.login(simulator, account);
      assert.equal((await client.receive()).cmd, Command.SecretBlock);
      simulator.faults.silent = "pong-acks";
      client.send(Command.Pong, Buffer.alloc(4));
      await simulator.next("pong");
      simulator.connections[0]?.send(0x77);
      await client.receive(Command.ProductInfo);
      assert.equal((await client.receive()).cmd, 0x77);
    });

    it("garbage at hello is bytes instead of the challenge", async () => {
      simulator.faults.garbage = "hello";
      client = await RawClient.connect(simulator);
      client.write(helloPacket(Buffer.alloc(96, 0x5a)));
      assert.notEqual((await client.rawBytes(400)).readUInt32BE(0), 400);
    });

    it("garbage at hello can also be a length of 2 GiB", async () => {
      simulator.faults.garbage = "hello-length";
      client = await RawClient.connect(simulator);
      client.write(helloPacket(Buffer.alloc(96, 0x5a)));
      assert.equal((await client.rawBytes(404)).readUInt32BE(0), 0x7fffffff);
    });

    it("garbage instead of packets has no valid MAC", async () => {
      simulator.faults.garbage = "packets";
      client = await RawClient.open(simulator);
      client.sendLogin(stored(account));
      // The header to which the bytes decrypt may announce more than there is, so only this is certain:
      await simulator.next("login");
      assert.equal(simulator.stats.logins[0]?.ok, true);
    });

    it("garbage in an answer is text that is not JSON, a part too long, or a packet that never ends", async () => {
      client = await RawClient.login(simulator, account);
      simulator.faults.garbage = { value: "keymaster", times: 1 };
      const answer = await client.request(URI);
      assert.equal(answer.status, 200);
      assert.throws(() => JSON.parse(Buffer.concat(answer.parts).toString()), SyntaxError);
      simulator.faults.keymasterPayload = { value: '{"accessToken":5}', times: 1 };
      assert.equal(Buffer.concat((await client.request(URI)).parts).toString(), '{"accessToken":5}');
      simulator.faults.garbage = { value: "mercury-length", times: 1 };
      await assert.rejects(client.request(URI), /longer than its packet/);
      simulator.faults.garbage = { value: "packet-length", times: 1 };
      client.sendMercury(URI);
      await simulator.next("keymaster");
      assert.equal(simulator.faults.garbage, false);
    });
  });

  describe("of the resolver", () => {
    let simulator: Simulator;

    before(async () => {
      simulator = await Simulator.start();
    });

    after(() => simulator.close());

    const ask = (): Promise<Response> => fetch(`${simulator.endpoints.apResolve}/?type=accesspoint`);

    it("resolverStatus answers with that status", async () => {
      simulator.faults.resolverStatus = { value: 503, times: 1 };
      assert.equal((await ask()).status, 503);
      assert.equal((await ask()).status, 200);
    });

    it("resolverGarbage answers with text that is not JSON", async () => {
      simulator.faults.resolverGarbage = 1;
      await assert.rejects((await ask()).json(), SyntaxError);
    });

    it("resolverEmpty names no server", async () => {
      simulator.faults.resolverEmpty = 1;
      assert.deepEqual(await (await ask()).json(), { accesspoint: [] });
    });

    it("resolverSlow answers late", async () => {
      simulator.faults.resolverSlow = { value: 30, times: 1 };
      const start = performance.now();
      await ask();
      assert.ok(performance.now() - start >= 29);
    });
  });
});
