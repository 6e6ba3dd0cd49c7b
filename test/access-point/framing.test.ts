import assert from "node:assert/strict";
import { PacketDecoder, PacketEncoder } from "../../src/access-point/framing";
import type { Packet } from "../../src/access-point/packet-types";
import { PacketReader, PacketWriter } from "../simulator/access-point/framing";
import { thrownBy } from "../support/failure";
import { pieces, Randomness } from "../support/randomness";

const KEY = Buffer.from("00112233445566778899aabbccddeeff0102030405060708090a0b0c0d0e0f10", "hex");
const SENT: readonly Packet[] = [
  { command: 0xac, payload: Buffer.alloc(0) },
  { command: 0x04, payload: Buffer.from([1, 2, 3, 4]) },
  { command: 0x00, payload: Buffer.from("x") },
  { command: 0xff, payload: new Randomness(1).bytes(65_535) },
  { command: 0xb2, payload: new Randomness(2).bytes(257) },
];

/** What the other side sends, enciphered by a second implementation. */
function enciphered(): Buffer {
  const writer = new PacketWriter(KEY);
  return Buffer.concat(SENT.map(({ command, payload }) => writer.write(command, payload)));
}

function deciphered(chunks: Iterable<Buffer>): Packet[] {
  const decoder = new PacketDecoder(KEY);
  const packets: Packet[] = [];
  for (const chunk of chunks) packets.push(...decoder.push(chunk));
  return packets;
}

describe("packets on the wire", () => {
  it("are read in one chunk, byte by byte, and cut at any place", () => {
    const bytes = enciphered();
    assert.deepEqual(deciphered([Buffer.from(bytes)]), SENT);
    assert.deepEqual(deciphered([...bytes].map((byte) => Buffer.from([byte]))), SENT);
    const random = new Randomness();
    for (let i = 0; i < 40; i++)
      assert.deepEqual(deciphered(pieces(Buffer.from(bytes), random)), SENT, random.hint);
  });

  it("are read if there are empty chunks before and after them", () => {
    assert.deepEqual(deciphered([Buffer.alloc(0), enciphered(), Buffer.alloc(0)]), SENT);
  });

  it("do not change the chunk that they came in", () => {
    const bytes = enciphered();
    const before = Buffer.from(bytes);
    deciphered([bytes]);
    assert.ok(bytes.equals(before));
  });

  it("are written so that the other side can read them", () => {
    const encoder = new PacketEncoder(KEY);
    const reader = new PacketReader(KEY);
    for (const { command, payload } of SENT) {
      const before = Buffer.from(payload);
      const [read] = [...reader.read(encoder.encode(command, payload))];
      assert.deepEqual(read, { cmd: command, payload });
      assert.ok(payload.equals(before), "the caller's bytes are not enciphered in place");
    }
  });

  it("of more than 65,535 bytes are refused, and use no packet number", () => {
    const encoder = new PacketEncoder(KEY);
    thrownBy(() => encoder.encode(1, Buffer.alloc(65_536)), "INVALID_ARGUMENT");
    assert.equal([...new PacketReader(KEY).read(encoder.encode(1, Buffer.from("a")))].length, 1);
  });

  it("with a wrong MAC are a PROTOCOL_ERROR, whatever bit was changed; the packets before it are returned", () => {
    const writer = new PacketWriter(KEY);
    const first = writer.write(4, Buffer.from("good"));
    const second = writer.write(4, Buffer.from("bad"));
    for (let bit = 0; bit < second.length * 8; bit++) {
      // A changed length is noticed only after that many bytes have come.
      const damaged = Buffer.concat([second, Buffer.alloc(65_600)]);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const decoder = new PacketDecoder(KEY);
      const given: string[] = [];
      thrownBy(() => {
        for (const { payload } of decoder.push(Buffer.concat([first, damaged])))
          given.push(payload.toString());
      }, "PROTOCOL_ERROR");
      assert.deepEqual(given, ["good"], `bit ${bit}`);
    }
  });

  it("that are repeated, left out or exchanged are a PROTOCOL_ERROR", () => {
    const writer = new PacketWriter(KEY);
    const [a, b] = [writer.write(4, Buffer.from("a")), writer.write(4, Buffer.from("b"))];
    for (const order of [[a, a], [b], [b, a]]) {
      thrownBy(
        () => deciphered(order.map((bytes) => Buffer.concat([bytes, Buffer.alloc(65_600)]))),
        "PROTOCOL_ERROR",
      );
    }
  });
});
