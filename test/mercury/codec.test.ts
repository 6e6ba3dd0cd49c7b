import assert from "node:assert/strict";
import {
  DamagedMessage,
  encodeRequest,
  MercuryAssembler,
  type MercuryMessage,
} from "../../src/mercury/codec";
import { MercuryReader, writeMercury, writeOverlongMercury } from "../simulator/mercury/mercury";
import { thrownBy } from "../support/failure";
import { Randomness } from "../support/randomness";

const URI = "hm://some/where";
const sequenceOf = (length: number): Buffer => new Randomness(length).bytes(length);

function message(
  sequence: Buffer,
  parts: readonly Buffer[] = [],
  status = 200,
): Parameters<typeof writeMercury>[0] {
  return { sequence, uri: URI, status, parts };
}

function assembled(packets: readonly Buffer[]): MercuryMessage[] {
  const assembler = new MercuryAssembler();
  const messages = packets.map((bytes) => assembler.push(bytes)).filter((item) => item !== undefined);
  assert.equal(assembler.unfinished, 0);
  return messages;
}

/** A packet made by hand, with these flags and parts. */
function packet(sequence: Buffer, flags: number, parts: readonly Buffer[]): Buffer {
  const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
  const pieces = parts.flatMap((part) => [u16(part.length), part]);
  return Buffer.concat([u16(sequence.length), sequence, Buffer.from([flags]), u16(parts.length), ...pieces]);
}

describe("Mercury messages", () => {
  const parts = [Buffer.from("one"), Buffer.alloc(0), new Randomness(7).bytes(3001), Buffer.from("four")];

  for (const length of [0, 1, 2, 4, 8, 16]) {
    it(`with a sequence of ${length} bytes are assembled from one packet, from two, and from split parts`, () => {
      const sequence = sequenceOf(length);
      const expected = { sequence: sequence.toString("hex"), uri: URI, statusCode: 403, payload: parts };
      for (const spread of [
        {},
        { twoPackets: true },
        { splitParts: true },
        { twoPackets: true, splitParts: true },
      ]) {
        const packets = writeMercury(message(sequence, parts, 403), spread);
        assert.deepEqual(assembled(packets), [expected], JSON.stringify(spread));
      }
    });
  }

  it("are assembled even if their packets are mixed", () => {
    const random = new Randomness();
    const queues = Array.from({ length: 50 }, (_, i) =>
      writeMercury(message(random.bytes(8), [Buffer.from(`payload ${i}`), random.bytes(i)]), {
        splitParts: true,
      }),
    );
    const mixed: Buffer[] = [];
    while (queues.some((queue) => queue.length > 0)) {
      const queue = random.pick(queues.filter(({ length }) => length > 0));
      mixed.push(queue.shift()!);
    }
    assert.deepEqual(
      new Set(assembled(mixed).map(({ payload }) => String(payload[0]))),
      new Set(Array.from({ length: 50 }, (_, i) => `payload ${i}`)),
    );
  });

  it("have a signed status, which is 0 if it is absent", () => {
    for (const status of [-1, 0, 200, 599]) {
      assert.equal(assembled(writeMercury(message(sequenceOf(8), [], status)))[0]!.statusCode, status);
    }
  });

  it("may have a part that is split over many packets", () => {
    const sequence = sequenceOf(8);
    const whole = writeMercury(message(sequence, [Buffer.from("abcdef")]));
    const header = whole[0]!.subarray(2 + 8 + 3 + 2, 2 + 8 + 3 + 2 + whole[0]!.readUInt16BE(13));
    const packets = [
      packet(sequence, 2, [header.subarray(0, 3)]),
      packet(sequence, 2, [header.subarray(3, 5)]),
      packet(sequence, 0, []),
      packet(sequence, 2, [header.subarray(5), Buffer.from("ab")]),
      packet(sequence, 2, [Buffer.from("cd")]),
      packet(sequence, 1, [Buffer.from("ef")]),
    ];
    assert.deepEqual(assembled(packets)[0]!.payload.map(String), ["abcdef"]);
  });

  it("that are damaged are reported with their sequence, and affect no others", () => {
    const assembler = new MercuryAssembler();
    const [first, second] = writeMercury(message(Buffer.from([1, 2]), parts), { twoPackets: true });
    assert.equal(assembler.push(first!), undefined);
    const bad = Buffer.from([3, 4]);
    for (const damaged of [
      writeOverlongMercury(message(bad)),
      packet(bad, 3, []),
      packet(bad, 1, []),
      packet(bad, 1, [Buffer.from([0xff, 0xff, 0xff])]),
      packet(bad, 1, [Buffer.from("a")]).subarray(0, 8),
      packet(bad, 1, []).subarray(0, 4),
    ]) {
      const error = thrownBy(() => assembler.push(damaged), "PROTOCOL_ERROR");
      assert.ok(error instanceof DamagedMessage);
      assert.equal(error.sequence, "0304");
    }
    for (const headless of [Buffer.alloc(0), Buffer.from([0]), Buffer.from([0, 9, 1])]) {
      const error = thrownBy(() => assembler.push(headless), "PROTOCOL_ERROR");
      assert.equal((error as DamagedMessage).sequence, undefined);
    }
    assert.deepEqual(assembler.push(second!)?.payload, parts);
  });

  it("that never end are limited in their length, their parts and their number", () => {
    const assembler = new MercuryAssembler();
    const full = new Randomness(3).bytes(60_000);
    thrownBy(() => {
      for (let i = 0; i < 200; i++) assembler.push(packet(Buffer.from([1]), 0, [full]));
    }, "PROTOCOL_ERROR");
    assert.equal(assembler.unfinished, 0, "what had come of it is forgotten");
    thrownBy(() => {
      for (let i = 0; i < 5000; i++) assembler.push(packet(Buffer.from([1]), 2, [Buffer.alloc(0)]));
    }, "PROTOCOL_ERROR");
    for (let i = 0; i < 5000; i++) assembler.push(packet(Buffer.from([2, i >> 8, i & 0xff]), 0, []));
    assert.ok(assembler.unfinished <= 1024);
    // The newest message is still there.
    const [, last] = writeMercury(message(Buffer.from([2, 4999 >> 8, 4999 & 0xff])), { twoPackets: true });
    thrownBy(() => assembler.push(last!), "PROTOCOL_ERROR");
  });

  it("are readable for the other side as requests", () => {
    for (const method of ["GET", "SUB", "UNSUB"]) {
      const request = new MercuryReader().read(encodeRequest(sequenceOf(8), method, URI));
      assert.ok(request);
      const { sequence, uri, parts: more } = request;
      assert.deepEqual([sequence, uri, request.method, more], [sequenceOf(8), URI, method, []]);
    }
    thrownBy(() => encodeRequest(sequenceOf(8), "GET", "x".repeat(70_000)), "INVALID_ARGUMENT");
  });
});
