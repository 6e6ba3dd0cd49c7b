/**
 * Shannon: the stream cipher with a built-in MAC that access point connections use.
 *
 * Written from the published description by its authors at Qualcomm (Hawkes, McDonald, Paddon, Rose, Wiggers
 * de Vries: "Design and Primitive Specification for Shannon", 2007). The name of each step is theirs. It
 * shares no line with `src/`: the check vector in `shannon.test.ts`, which two other implementations agree
 * on, ties this one down.
 */

/** Words in the shift register; the paper's N. */
const REGISTER_WORDS = 16;
/** The constant in force until a key has made its own; the paper's INITKONST. */
const INITIAL_CONSTANT = 0x6996c53a;
/** The word that input (key, nonce, MAC) is added to; the paper's KEYP. */
const INPUT_WORD = 13;

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** The paper's f1. */
function substituteInput(word: number): number {
  const once = word ^ (rotateLeft(word, 5) | rotateLeft(word, 7));
  return once ^ (rotateLeft(once, 19) | rotateLeft(once, 22));
}

/** The paper's f2. */
function substituteOutput(word: number): number {
  const once = word ^ (rotateLeft(word, 7) | rotateLeft(word, 22));
  return once ^ (rotateLeft(once, 5) | rotateLeft(once, 19));
}

/** One direction of a connection. Call `nonce`, then `encrypt` or `decrypt` as often as needed, then `mac`. */
export class Shannon {
  readonly #register = new Int32Array(REGISTER_WORDS);
  readonly #checksum = new Int32Array(REGISTER_WORDS);
  readonly #keyed = new Int32Array(REGISTER_WORDS);
  #constant = INITIAL_CONSTANT | 0;
  #stream = 0;
  /** Plaintext of a word that is not complete yet, and how many of its bytes are still missing. */
  #partial = 0;
  #missing = 0;

  constructor(key: Uint8Array) {
    const register = this.#register;
    register[0] = 1;
    register[1] = 1;
    for (let i = 2; i < REGISTER_WORDS; i++) register[i] = this.#word(i - 1) + this.#word(i - 2);
    this.#load(key);
    this.#keyed.set(register);
  }

  /** Starts a message: `value` is the packet counter. */
  nonce(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    this.nonceBytes(bytes);
  }

  /** Starts a message with a nonce of any length, as the check vector states it. */
  nonceBytes(bytes: Uint8Array): void {
    this.#register.set(this.#keyed);
    // The key's own constant is overwritten by the nonce's: every load starts from the initial one.
    this.#constant = INITIAL_CONSTANT | 0;
    this.#missing = 0;
    this.#partial = 0;
    this.#load(bytes);
  }

  /** Encrypts in place. A message may be handed over in pieces of any length. */
  encrypt(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) {
      const plain = bytes[i] ?? 0;
      bytes[i] = plain ^ this.#nextStreamByte();
      this.#absorb(plain);
    }
  }

  /** Decrypts in place. A message may be handed over in pieces of any length. */
  decrypt(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) {
      const plain = (bytes[i] ?? 0) ^ this.#nextStreamByte();
      bytes[i] = plain;
      this.#absorb(plain);
    }
  }

  /** Ends the message: the MAC over its plaintext. */
  mac(length = 4): Buffer {
    if (this.#missing > 0) this.#addToMac(this.#partial);
    this.#cycle();
    this.#addInput(INITIAL_CONSTANT ^ (this.#missing << 6));
    this.#missing = 0;
    for (let i = 0; i < REGISTER_WORDS; i++) this.#register[i] = this.#word(i) ^ (this.#checksum[i] ?? 0);
    this.#diffuse();
    const mac = Buffer.alloc(Math.ceil(length / 4) * 4);
    for (let at = 0; at < length; at += 4) {
      this.#cycle();
      mac.writeInt32LE(this.#stream, at);
    }
    return mac.subarray(0, length);
  }

  /** The byte of the key stream for the byte about to be absorbed; a new word starts with a cycle. */
  #nextStreamByte(): number {
    if (this.#missing === 0) {
      this.#cycle();
      this.#partial = 0;
      this.#missing = 4;
    }
    return (this.#stream >>> (8 * (4 - this.#missing))) & 0xff;
  }

  #absorb(plain: number): void {
    this.#partial |= plain << (8 * (4 - this.#missing));
    this.#missing -= 1;
    if (this.#missing === 0) this.#addToMac(this.#partial);
  }

  #addToMac(word: number): void {
    this.#addToChecksum(word);
    this.#addInput(word);
  }

  /** A CRC over words, so that the MAC depends on more than the cipher's register. */
  #addToChecksum(word: number): void {
    const crc = this.#checksum;
    const next = (crc[0] ?? 0) ^ (crc[2] ?? 0) ^ (crc[15] ?? 0) ^ word;
    crc.copyWithin(0, 1);
    crc[15] = next;
  }

  #addInput(word: number): void {
    this.#register[INPUT_WORD] = this.#word(INPUT_WORD) ^ word;
  }

  #word(index: number): number {
    return this.#register[index] ?? 0;
  }

  #cycle(): void {
    const register = this.#register;
    const fed =
      substituteInput(this.#word(12) ^ this.#word(13) ^ this.#constant) ^ rotateLeft(this.#word(0), 1);
    register.copyWithin(0, 1);
    register[15] = fed;
    const out = substituteOutput(this.#word(2) ^ this.#word(15));
    register[0] = this.#word(0) ^ out;
    this.#stream = out ^ this.#word(8) ^ this.#word(12);
  }

  #diffuse(): void {
    for (let i = 0; i < REGISTER_WORDS; i++) this.#cycle();
  }

  /** The paper's loadkey, for keys and nonces alike; makes the constant and empties the checksum. */
  #load(bytes: Uint8Array): void {
    const padded = Buffer.alloc(Math.ceil(bytes.length / 4) * 4);
    padded.set(bytes);
    for (let at = 0; at < padded.length; at += 4) {
      this.#addInput(padded.readInt32LE(at));
      this.#cycle();
    }
    this.#addInput(bytes.length);
    this.#cycle();
    this.#checksum.set(this.#register);
    this.#diffuse();
    for (let i = 0; i < REGISTER_WORDS; i++) this.#register[i] = this.#word(i) ^ (this.#checksum[i] ?? 0);
    this.#constant = this.#word(0);
  }
}
