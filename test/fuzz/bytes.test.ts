import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import type { Socket } from "node:net";
import { PacketDecoder } from "../../src/access-point/framing";
import { handshake } from "../../src/access-point/handshake";
import { accessPointKey } from "../../src/access-point/server-key";
import { MercuryAssembler } from "../../src/mercury/codec";
import { SpotifyError } from "../../src";
import { PacketWriter } from "../simulator/access-point/framing";
import {
  makeExchange,
  signingKeys,
  signPublicNumber,
  writeChallenge,
  writeHandshakeRefusal,
} from "../simulator/access-point/handshake";
import { writeMercury } from "../simulator/mercury/mercury";
import { pieces, Randomness } from "../support/randomness";
import { onlyTypedErrors, withoutGrowing } from "./support";

const KEY = new Randomness(1).bytes(32);

/** A socket whose other end sends `said` in pieces, and hangs up. */
class Speaking extends Duplex {
  readonly #said: Buffer[];

  constructor(said: Buffer[]) {
    super({ allowHalfOpen: false });
    this.#said = said;
  }

  override _read(): void {
    this.push(this.#said.shift() ?? null);
  }

  override _write(_chunk: Buffer, _encoding: string, done: () => void): void {
    done();
  }
}

describe("random bytes", () => {
  it("40,000 runs of packets, random and damaged: only typed errors, and never a forged packet", function () {
    this.timeout(60_000);
    const random = new Randomness();
    withoutGrowing(40_000, () => {
      const decoder = new PacketDecoder(KEY);
      const writer = new PacketWriter(KEY);
      const sent = Array.from({ length: random.below(3) }, () => random.bytes(random.below(60)));
      const good = Buffer.concat(sent.map((payload) => writer.write(random.below(256), payload)));
      const bytes = random.chance(0.3) ? random.bytes(random.below(300)) : random.mutated(good);
      const given: Buffer[] = [];
      onlyTypedErrors(random, () => {
        for (const chunk of pieces(bytes, random))
          for (const { payload } of decoder.push(chunk)) given.push(payload);
      });
      for (const [i, payload] of given.entries())
        assert.ok(payload.equals(sent[i]!), `${random.hint}: a forged packet`);
    });
  });

  it("60,000 Mercury packets, random and damaged: only typed errors, and no growth beyond its limits", function () {
    this.timeout(60_000);
    const random = new Randomness();
    const assembler = new MercuryAssembler();
    withoutGrowing(60_000, () => {
      const message = {
        // Only a few sequences, so that pieces of one message meet those of another.
        sequence: Buffer.from([random.below(40)]),
        uri: `hm://${random.below(1000)}`,
        status: random.below(600) - 50,
        parts: Array.from({ length: random.below(4) }, () => random.bytes(random.below(80))),
      };
      const packets = writeMercury(message, {
        twoPackets: random.chance(0.3),
        splitParts: random.chance(0.3),
      });
      const packet = random.pick(packets);
      const roll = random.below(10);
      const bytes = roll < 2 ? random.bytes(random.below(100)) : roll < 8 ? random.mutated(packet) : packet;
      onlyTypedErrors(random, () => assembler.push(bytes));
      assert.ok(assembler.unfinished <= 1024);
    });
  });

  it("3,000 answers to the hello, random and damaged: typed errors, and no forged one is trusted", async function () {
    this.timeout(60_000);
    const random = new Randomness();
    const keys = await signingKeys();
    const serverKey = accessPointKey(keys.publicPem);
    const { publicNumber } = makeExchange();
    const challenge = writeChallenge(publicNumber, signPublicNumber(publicNumber, keys.key));
    const codes = new Set<string>();
    for (let i = 0; i < 3_000; i++) {
      const roll = random.below(10);
      const refusal = writeHandshakeRefusal(random.below(20));
      const answer =
        roll < 2 ? random.bytes(random.below(600)) : random.mutated(roll < 8 ? challenge : refusal);
      // An answer of random bytes announces a random length, which is refused in most cases.
      if (roll === 0 && answer.length > 4) answer.writeUInt32BE(answer.length);
      const socket = new Speaking(pieces(answer, random));
      try {
        const { leftover } = await handshake(socket as unknown as Socket, serverKey);
        // Only unsigned parts may have changed: the signed number is the right one.
        assert.ok(leftover.length >= 0);
        assert.ok(answer.includes(publicNumber), `${random.hint}: a number that nobody signed was believed`);
        codes.add("believed");
      } catch (error) {
        assert.ok(
          error instanceof SpotifyError,
          `${random.hint}, run ${i}: ${String((error as Error).stack)}`,
        );
        codes.add(error.code);
      }
      socket.destroy();
    }
    for (const code of ["PROTOCOL_ERROR", "UNTRUSTED_SERVER", "UNREACHABLE"])
      assert.ok(codes.has(code), code);
  });
});
