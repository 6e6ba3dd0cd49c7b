import assert from "node:assert/strict";
import { clearField, fromBinary } from "@bufbuild/protobuf";
import FakeTimers from "@sinonjs/fake-timers";
import { APWelcomeSchema, AuthenticationType } from "../../../src/proto/gen/authentication_pb";
import {
  APLoginFailedSchema,
  BuildInfoSchema,
  ErrorCode,
  type ClientHello,
} from "../../../src/proto/gen/keyexchange_pb";
import { makeExchange } from "./handshake";
import { byToken, helloPacket, RawClient, stored, type Credentials } from "../clients/raw-client";
import { Command, Simulator, type Account } from "../index";

describe("simulator: access point", () => {
  let simulator: Simulator;
  let client: RawClient;

  beforeEach(async () => {
    simulator = await Simulator.start();
  });

  afterEach(async () => {
    client.close();
    await simulator.close();
  });

  describe("handshake", () => {
    it("signs gs with the key it publishes", async () => {
      client = await RawClient.open(simulator);
      assert.equal(client.isSignedByKey, true);
      await simulator.waitFor(() => simulator.stats.handshakes === 1);
    });

    it("sends a number that begins with a zero byte without that byte", async () => {
      simulator.policy.shortNumbers = "public";
      client = await RawClient.open(simulator);
      assert.ok(client.serverNumber.length < 96);
      await simulator.waitFor(() => simulator.stats.handshakes === 1);
    });

    it("uses a shared secret that begins with a zero byte without that byte", async () => {
      simulator.policy.shortNumbers = "shared";
      client = await RawClient.open(simulator);
      assert.ok(client.sharedSecret.length < 96);
      await simulator.waitFor(() => simulator.stats.handshakes === 1);
    });

    it("hangs up on a client that does not know the keys", async () => {
      client = await RawClient.open(simulator, { wrongHmac: true });
      assert.equal(await client.closed(), "ECONNRESET");
      assert.equal(simulator.stats.handshakes, 0);
      assert.equal(simulator.stats.handshakeFailures, 1);
    });

    const nonsense = {
      "no hello at all": Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      "a hello of 2 GiB": Buffer.from("00047fffffff", "hex"),
      "a hello shorter than its own prefix": Buffer.from("000400000005", "hex"),
      "a hello that is not protobuf": Buffer.from("000400000008ffff", "hex"),
      "a public number everybody knows the secret of": helloPacket(Buffer.from([1])),
    };
    const odd: Record<string, (hello: ClientHello) => void> = {
      "that does not say what it is": (hello) => delete hello.buildInfo,
      "that does not say its version": ({ buildInfo }) =>
        clearField(buildInfo!, BuildInfoSchema.field.version),
      "that does not know Shannon": (hello) => (hello.cryptosuitesSupported = []),
      "that does not know Spotify's key": ({ loginCryptoHello }) =>
        (loginCryptoHello!.diffieHellman!.serverKeysKnown = 0),
      "with half a nonce": (hello) => (hello.clientNonce = Buffer.alloc(8)),
    };
    for (const [what, change] of Object.entries(odd)) {
      it(`hangs up on a client ${what}`, async () => {
        client = await RawClient.connect(simulator);
        client.write(helloPacket(makeExchange().publicNumber, change));
        assert.equal(await client.closed(), "ECONNRESET");
        assert.equal(simulator.stats.handshakeFailures, 1);
      });
    }

    for (const [what, bytes] of Object.entries(nonsense)) {
      it(`hangs up on ${what}`, async () => {
        client = await RawClient.connect(simulator);
        client.write(bytes);
        assert.equal(await client.closed(), "ECONNRESET");
        assert.equal(simulator.stats.handshakeFailures, 1);
      });
    }
  });

  describe("login", () => {
    it("accepts a stored credential, and returns a reusable one", async () => {
      const account = simulator.addAccount({ username: "ada" });
      client = await RawClient.open(simulator);
      client.sendLogin(stored(account));
      const welcome = fromBinary(APWelcomeSchema, (await client.receive(Command.Welcome)).payload);
      assert.equal(welcome.canonicalUsername, "ada");
      assert.equal(
        welcome.reusableAuthCredentialsType,
        AuthenticationType.AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS,
      );
      assert.deepEqual(Buffer.from(welcome.reusableAuthCredentials), account.storedCredential);
      assert.equal(simulator.connections[0]?.username, "ada");
    });

    it("accepts the data from a credentials.json", () => {
      const account = simulator.addAccount({ username: "ada" });
      assert.deepEqual(JSON.parse(account.credentialsJson), {
        username: "ada",
        auth_type: 1,
        auth_data: account.storedCredential.toString("base64"),
      });
    });

    it("accepts an OAuth access token without a username", async () => {
      const account = simulator.addAccount({ username: "ada" });
      client = await RawClient.open(simulator);
      client.sendLogin(byToken(account.accessToken()));
      const welcome = fromBinary(APWelcomeSchema, (await client.receive(Command.Welcome)).payload);
      assert.equal(welcome.canonicalUsername, "ada");
      assert.deepEqual(Buffer.from(welcome.reusableAuthCredentials), account.storedCredential);
    });

    it("then sends a ping at once, and the country and the product", async () => {
      client = await RawClient.login(simulator, simulator.addAccount());
      assert.equal((await client.receive()).cmd, Command.Ping);
      assert.equal((await client.receive(Command.CountryCode)).payload.toString(), "SE");
      const product = await client.receive(Command.ProductInfo);
      assert.match(product.payload.toString(), /<type>premium<\/type>/);
    });

    it("calls the product of a free account open", async () => {
      client = await RawClient.login(simulator, simulator.addAccount({ premium: false }));
      const product = await client.receive(Command.ProductInfo);
      assert.match(product.payload.toString(), /<type>open<\/type>/);
    });

    const wrong: Record<string, (account: Account) => Credentials> = {
      "the credential of another account": (account) => ({ ...stored(account), username: "nobody" }),
      "a credential that is no longer valid": (account) => {
        const before = stored(account);
        account.invalidateCredentials();
        return before;
      },
      "a password": (account) => ({ ...stored(account), type: AuthenticationType.AUTHENTICATION_USER_PASS }),
      "an unknown token": () => byToken("BQ-nobody-gave-this-out"),
      "an empty username, though none at all is taken": (account) => ({
        ...byToken(account.accessToken()),
        username: "",
      }),
      "a token with another username": (account) => ({
        ...byToken(account.accessToken()),
        username: "nobody",
      }),
    };
    for (const [what, credentials] of Object.entries(wrong)) {
      it(`refuses ${what}, and hangs up`, async () => {
        client = await RawClient.open(simulator);
        client.sendLogin(credentials(simulator.addAccount()));
        const refusal = fromBinary(APLoginFailedSchema, (await client.receive()).payload);
        assert.equal(refusal.errorCode, ErrorCode.BadCredentials);
        assert.equal(await client.closed(), "end");
      });
    }

    it("keeps a record of all logins", async () => {
      const account = simulator.addAccount({ username: "ada" });
      client = await RawClient.login(simulator, account);
      client.close();
      client = await RawClient.open(simulator);
      client.sendLogin(byToken("BQ-nobody-gave-this-out"));
      await client.closed();
      assert.deepEqual(
        simulator.stats.logins.map(({ username, type, deviceId, ok, code }) => ({
          username,
          type,
          deviceId,
          ok,
          code,
        })),
        [
          { username: "ada", type: 1, deviceId: "raw-client", ok: true, code: undefined },
          { username: "", type: 3, deviceId: "raw-client", ok: false, code: 12 },
        ],
      );
    });

    it("accepts no other packet before it", async () => {
      client = await RawClient.open(simulator);
      client.sendMercury("hm://keymaster/token/authenticated");
      client.sendLogin(stored(simulator.addAccount()));
      assert.equal((await client.receive()).cmd, Command.Welcome);
      assert.equal(simulator.stats.mercuryRequests.length, 0);
    });
  });

  describe("packets", () => {
    it("hangs up on a packet with a wrong MAC", async () => {
      client = await RawClient.login(simulator, simulator.addAccount());
      client.sendForged(Command.Pong);
      assert.equal(await client.closed(), "ECONNRESET");
      assert.equal(simulator.stats.badMacs, 1);
    });

    it("accepts packets of unknown types", async () => {
      client = await RawClient.login(simulator, simulator.addAccount());
      client.send(0x74, Buffer.from("preferred-locale"));
      assert.equal((await client.request("hm://nothing/here")).status, 404);
    });

    it("answers a pong with an ack, and pings again 60 s later", async () => {
      const clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "Date"] });
      try {
        client = await RawClient.login(simulator, simulator.addAccount());
        await client.receive(Command.Ping);
        client.send(Command.Pong, Buffer.alloc(4));
        await client.receive(Command.PongAck);
        clock.tick(59_999);
        assert.equal(simulator.stats.pings, 1);
        clock.tick(1);
        await client.receive(Command.Ping);
        assert.equal(simulator.stats.pongs, 1);
      } finally {
        clock.uninstall();
      }
    });
  });

  describe("a client that never answers a ping", () => {
    it("is disconnected after two minutes, no matter what else it sends; one that answers is kept", async () => {
      const clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "Date"] });
      const silent = await RawClient.login(simulator, simulator.addAccount());
      try {
        client = await RawClient.login(simulator, simulator.addAccount());
        for (const one of [silent, client]) await one.receive(Command.Ping);
        clock.tick(30_000);
        client.send(Command.Pong, Buffer.alloc(4));
        await client.receive(Command.PongAck);
        assert.equal((await silent.request("hm://nothing/here")).status, 404);
        clock.tick(90_000);
        assert.equal(await silent.closed(), "ECONNRESET");
        assert.equal((await client.request("hm://nothing/here")).status, 404);
      } finally {
        silent.close();
        clock.uninstall();
      }
    });
  });

  describe("outage", () => {
    it("resets all connections, is unreachable, and comes back at the same port", async () => {
      const account = simulator.addAccount();
      const before = simulator.accessPoints;
      client = await RawClient.login(simulator, account);
      await simulator.stopAccessPoints();
      assert.equal(await client.closed(), "ECONNRESET");
      await assert.rejects(RawClient.connect(simulator), { code: "ECONNREFUSED" });
      await simulator.startAccessPoints();
      assert.deepEqual(simulator.accessPoints, before);
      client = await RawClient.login(simulator, account);
    });

    it("drops every connection on demand, and accepts new ones", async () => {
      const account = simulator.addAccount();
      client = await RawClient.login(simulator, account);
      simulator.dropAll();
      assert.equal(await client.closed(), "ECONNRESET");
      client = await RawClient.login(simulator, account);
      await simulator.waitFor(() => simulator.stats.openConnections === 1);
      assert.equal(simulator.stats.connections, 2);
    });
  });

  it("takes a round trip for each request, and one for connecting", async () => {
    await simulator.close();
    simulator = await Simulator.start({ roundTrip: 40 });
    const account = simulator.addAccount();
    const start = performance.now();
    client = await RawClient.login(simulator, account);
    // TCP, hello, login. Only the lower bound is certain: timers may be late, but not early (by over 1 ms).
    assert.ok(performance.now() - start >= 3 * 40 - 3);
  });
});
