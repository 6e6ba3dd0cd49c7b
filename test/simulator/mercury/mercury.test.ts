import assert from "node:assert/strict";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { HeaderSchema, SubscriptionSchema } from "../../../src/proto/gen/mercury_pb";
import { MercuryReader, writeMercury } from "./mercury";
import { RawClient } from "../clients/raw-client";
import { Command, Simulator } from "../index";

const REMOTE = "hm://remote/user/ada/";

describe("simulator: Mercury", () => {
  describe("codec", () => {
    const message = {
      sequence: Buffer.from("0000000000000007", "hex"),
      uri: "hm://a/b",
      status: 200,
      parts: [Buffer.from("first part"), Buffer.from("second")],
    };

    it("writes one packet: sequence, flags, count, parts, the header first", () => {
      const [packet, ...more] = writeMercury({ ...message, parts: [Buffer.from("{}")] });
      assert.equal(more.length, 0);
      // Header: field 1 "hm://a/b", field 4 zigzag(200) = 400.
      const header = "0a08686d3a2f2f612f62209003";
      assert.equal(packet?.toString("hex"), `00080000000000000007010002000d${header}00027b7d`);
    });

    const spreads = [{ twoPackets: true }, { splitParts: true }, { twoPackets: true, splitParts: true }];
    for (const spread of spreads) {
      it(`reads what it has split: ${JSON.stringify(spread)}`, () => {
        const packets = writeMercury(message, spread);
        assert.ok(packets.length > 1);
        const reader = new MercuryReader();
        const results = packets.map((packet) => reader.read(packet));
        const last = results.pop();
        assert.ok(results.every((result) => result === undefined));
        assert.equal(last?.uri, message.uri);
        assert.equal(last.status, 200);
        assert.deepEqual(
          last.parts.map((part) => part.toString()),
          ["first part", "second"],
        );
      });
    }

    it("separates messages whose packets are mixed", () => {
      const other = { ...message, sequence: Buffer.from("0008", "hex"), uri: "hm://c" };
      const reader = new MercuryReader();
      const [a1, a2] = writeMercury(message, { twoPackets: true });
      const [b1, b2] = writeMercury(other, { twoPackets: true });
      assert.ok(a1 && a2 && b1 && b2);
      const read = [a1, b1, a2, b2].map((packet) => reader.read(packet)?.uri);
      assert.deepEqual(read, [undefined, undefined, "hm://a/b", "hm://c"]);
    });

    const nonsense = {
      "an empty packet": "",
      "a sequence of 3 bytes": "0003000000010000",
      "a part longer than its packet": "00020000010001ffff00",
      "a message without a header": "00020000010000",
    };
    for (const [what, hex] of Object.entries(nonsense)) {
      it(`throws on ${what}`, () => {
        assert.throws(() => new MercuryReader().read(Buffer.from(hex, "hex")), RangeError);
      });
    }
  });

  describe("service", () => {
    let simulator: Simulator;
    let client: RawClient;

    beforeEach(async () => {
      simulator = await Simulator.start();
      client = await RawClient.login(simulator, simulator.addAccount({ username: "ada" }));
    });

    afterEach(async () => {
      client.close();
      await simulator.close();
    });

    it("answers with the sequence number of the request, of any length", async () => {
      const header = Buffer.from(
        toBinary(HeaderSchema, create(HeaderSchema, { uri: "hm://x", method: "GET" })),
      );
      const head = Buffer.from("00021234010001", "hex");
      const length = Buffer.from([0, header.length]);
      client.send(Command.MercuryRequest, Buffer.concat([head, length, header]));
      const answer = await client.receiveMercury();
      assert.equal(answer.sequence.toString("hex"), "1234");
    });

    it("answers 404 for URIs that it does not serve", async () => {
      assert.equal((await client.request("hm://searchview/km/v4/search/x")).status, 404);
      assert.deepEqual(simulator.stats.mercuryRequests, [
        { uri: "hm://searchview/km/v4/search/x", method: "GET", status: 404 },
      ]);
    });

    it("hangs up on a packet that is not Mercury", async () => {
      client.send(Command.MercuryRequest, Buffer.from([0]));
      assert.equal(await client.closed(), "ECONNRESET");
    });

    it("pushes events to subscribers, until they unsubscribe", async () => {
      const answer = await client.request(REMOTE, Command.MercurySubscribe);
      assert.deepEqual([answer.status, answer.parts.length], [200, 0]);
      simulator.publish("hm://remote/user/grace/", [Buffer.from("for somebody else")]);
      simulator.publish(`${REMOTE}frame`, [Buffer.from("frame")]);
      const event = await client.receiveMercury(Command.MercuryEvent);
      assert.equal(event.uri, `${REMOTE}frame`);
      assert.equal(event.parts[0]?.toString(), "frame");

      await client.request(REMOTE, Command.MercuryUnsubscribe);
      simulator.publish(REMOTE, [Buffer.from("too late")]);
      simulator.connections[0]?.send(0x77);
      assert.equal((await client.receive()).cmd, 0x77);
    });

    it("can answer SUB with a list, as it once did", async () => {
      simulator.policy.subscriptionAnswer = "list";
      const answer = await client.request(REMOTE, Command.MercurySubscribe);
      assert.equal(fromBinary(SubscriptionSchema, answer.parts[0] ?? Buffer.alloc(0)).uri, REMOTE);
    });
  });
});
