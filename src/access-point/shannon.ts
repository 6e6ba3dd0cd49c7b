/**
 * Shannon, the stream cipher of the access point connection. It also authenticates the text that it encrypts.
 *
 * Designed by Qualcomm (Rose, Hawkes, Paddon, McDonald, de Vries, "Design and Primitive Specification for
 * Shannon"): a 16-word shift register that makes the key stream, and a second one that accumulates a checksum
 * of the plaintext. Words are little-endian.
 *
 * Use: `nonce` before each packet, then `encrypt` or `decrypt` in pieces of any length, then `finish`.
 */

const WORDS = 16;
/** Where key, nonce and plaintext enter the register. */
const KEY_POSITION = 13;
const INITIAL_CONSTANT = 0x6996c53a;

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function substitute1(word: number): number {
  const first = word ^ (rotateLeft(word, 5) | rotateLeft(word, 7));
  return first ^ (rotateLeft(first, 19) | rotateLeft(first, 22));
}

function substitute2(word: number): number {
  const first = word ^ (rotateLeft(word, 7) | rotateLeft(word, 22));
  return first ^ (rotateLeft(first, 5) | rotateLeft(first, 19));
}

export class Shannon {
  readonly #register = new Int32Array(WORDS);
  readonly #keyedRegister = new Int32Array(WORDS);
  readonly #checksum = new Int32Array(WORDS);
  #constant = INITIAL_CONSTANT;
  /** The current word of the key stream. */
  #stream = 0;
  /** Plaintext bytes of the current word, which is added to the checksum when it is complete. */
  #partial = 0;
  /** Bits of the current word that are still free: 0 if the next byte begins a new word. */
  #free = 0;

  /** @param key any length; the access point uses 32 bytes */
  constructor(key: Uint8Array) {
    const register = this.#register;
    register[0] = 1;
    register[1] = 1;
    for (let i = 2; i < WORDS; i++) register[i] = register[i - 1]! + register[i - 2]!;
    this.#constant = INITIAL_CONSTANT;
    this.#load(key);
    this.#constant = register[0]!;
    this.#keyedRegister.set(register);
  }

  /** Begins a packet. @param nonce the packet counter as 4 bytes, big-endian */
  nonce(nonce: Uint8Array): void {
    this.#register.set(this.#keyedRegister);
    this.#constant = INITIAL_CONSTANT;
    this.#load(nonce);
    this.#constant = this.#register[0]!;
    this.#free = 0;
    this.#partial = 0;
  }

  /** Enciphers `bytes` in place. */
  encrypt(bytes: Uint8Array): void {
    this.#apply(bytes, true);
  }

  /** Deciphers `bytes` in place. */
  decrypt(bytes: Uint8Array): void {
    this.#apply(bytes, false);
  }

  /** Ends a packet and gives its checksum. @param length of the MAC in bytes, a multiple of 4 */
  finish(length = 4): Buffer {
    if (this.#free !== 0) this.#absorb(this.#partial);
    this.#cycle();
    this.#register[KEY_POSITION]! ^= INITIAL_CONSTANT ^ (this.#free << 3);
    this.#free = 0;
    for (let i = 0; i < WORDS; i++) this.#register[i]! ^= this.#checksum[i]!;
    this.#diffuse();
    const mac = Buffer.alloc(length);
    for (let offset = 0; offset < length; offset += 4) {
      this.#cycle();
      mac.writeInt32LE(this.#stream, offset);
    }
    return mac;
  }

  #apply(bytes: Uint8Array, encrypting: boolean): void {
    const length = bytes.length;
    let i = 0;
    // The rest of a word that an earlier piece began.
    while (this.#free !== 0 && i < length) i = this.#applyByte(bytes, i, encrypting);
    for (; i + 4 <= length; i += 4) {
      this.#cycle();
      const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
      const result = word ^ this.#stream;
      this.#absorb(encrypting ? word : result);
      bytes[i] = result;
      bytes[i + 1] = result >>> 8;
      bytes[i + 2] = result >>> 16;
      bytes[i + 3] = result >>> 24;
    }
    if (i < length) {
      this.#cycle();
      this.#partial = 0;
      this.#free = 32;
      while (i < length) i = this.#applyByte(bytes, i, encrypting);
    }
  }

  #applyByte(bytes: Uint8Array, i: number, encrypting: boolean): number {
    const shift = 32 - this.#free;
    const before = bytes[i]!;
    const after = before ^ ((this.#stream >>> shift) & 0xff);
    bytes[i] = after;
    this.#partial |= (encrypting ? before : after) << shift;
    this.#free -= 8;
    if (this.#free === 0) {
      this.#absorb(this.#partial);
      this.#partial = 0;
    }
    return i + 1;
  }

  #cycle(): void {
    const register = this.#register;
    let word = register[12]! ^ register[13]! ^ this.#constant;
    word = substitute1(word) ^ rotateLeft(register[0]!, 1);
    register.copyWithin(0, 1);
    register[WORDS - 1] = word;
    word = substitute2(register[2]! ^ word);
    register[0]! ^= word;
    this.#stream = word ^ register[8]! ^ register[12]!;
  }

  #diffuse(): void {
    for (let i = 0; i < WORDS; i++) this.#cycle();
  }

  /** Adds a plaintext word to the checksum and to the register. */
  #absorb(word: number): void {
    const checksum = this.#checksum;
    const next = checksum[0]! ^ checksum[2]! ^ checksum[15]! ^ word;
    checksum.copyWithin(0, 1);
    checksum[WORDS - 1] = next;
    this.#register[KEY_POSITION]! ^= word;
  }

  #load(key: Uint8Array): void {
    for (let i = 0; i < key.length; i += 4) {
      // The last word is padded with zeros.
      this.#register[KEY_POSITION]! ^=
        key[i]! | ((key[i + 1] ?? 0) << 8) | ((key[i + 2] ?? 0) << 16) | ((key[i + 3] ?? 0) << 24);
      this.#cycle();
    }
    this.#register[KEY_POSITION]! ^= key.length;
    this.#cycle();
    this.#checksum.set(this.#register);
    this.#diffuse();
    for (let i = 0; i < WORDS; i++) this.#register[i]! ^= this.#checksum[i]!;
  }
}
