/**
 * Repeatable random numbers: a test that fails prints the seed, and SEED=… repeats the run.
 */
export class Randomness {
  readonly seed: number;
  #state: number;

  constructor(seed = Number(process.env["SEED"] ?? 20_260_823)) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  /** For assertion messages: how to repeat the run. */
  get hint(): string {
    return `SEED=${this.seed}`;
  }

  /** A whole number from 0 to `limit`, excluding `limit`. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.alloc(length);
    for (let i = 0; i < length; i++) bytes[i] = this.#next() * 256;
    return bytes;
  }

  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [result[i], result[j]] = [result[j]!, result[i]!];
    }
    return result;
  }

  /** `bytes` with a few of them changed, cut off, doubled or inserted. */
  mutated(bytes: Buffer): Buffer {
    let result = Buffer.from(bytes);
    for (let changes = 1 + this.below(4); changes > 0; changes--) {
      const at = this.below(result.length + 1);
      switch (this.below(5)) {
        case 0:
          if (at < result.length) result[at]! ^= 1 << this.below(8);
          break;
        case 1:
          if (at < result.length) result[at] = this.pick([0, 1, 0x7f, 0x80, 0xff]);
          break;
        case 2:
          result = result.subarray(0, at);
          break;
        case 3:
          result = Buffer.concat([result.subarray(0, at), this.bytes(this.below(9)), result.subarray(at)]);
          break;
        default:
          result = Buffer.concat([result.subarray(0, at), result.subarray(this.below(result.length + 1))]);
      }
    }
    return result;
  }

  /** mulberry32, public domain. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** `bytes` cut at random places: views, not copies. */
export function pieces(bytes: Buffer, random: Randomness): Buffer[] {
  const result: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = random.chance(0.5) ? 1 + random.below(4) : 1 + random.below(bytes.length);
    result.push(bytes.subarray(at, at + length));
    at += length;
  }
  return result;
}
