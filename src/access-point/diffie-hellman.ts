import { randomBytes } from "node:crypto";

/**
 * The key agreement of the handshake: Diffie-Hellman over the 768-bit Oakley group 1 (RFC 2409, section 6.1)
 * with generator 2.
 *
 * Uses BigInt because node:crypto checks the prime for each new object, which blocks the event loop for 17 ms. An
 * exponentiation here takes about 1 ms.
 */
const PRIME = BigInt(
  "0xffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74" +
    "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437" +
    "4fe1356d6d51c245e485b576625e7ec6f44c42e9a63a3620ffffffffffffffff",
);
const GENERATOR = 2n;
const PRIVATE_KEY_BYTES = 95;
const PRIME_BYTES = 96;

export class DiffieHellman {
  readonly #privateKey: bigint;
  /** The public value, big-endian, without leading zeros. */
  readonly publicKey: Buffer;

  constructor(privateKey: Buffer = randomBytes(PRIVATE_KEY_BYTES)) {
    this.#privateKey = toNumber(privateKey);
    this.publicKey = toBytes(power(GENERATOR, this.#privateKey));
  }

  /**
   * The shared secret, big-endian, without leading zeros: librespot and go-librespot both key the HMAC with the shortest
   * form, so a padded secret would be refused in one handshake of 256.
   * @throws RangeError if `remoteKey` is 0, 1, p-1 or above, which would make the secret known
   */
  sharedSecret(remoteKey: Uint8Array): Buffer {
    if (remoteKey.length > PRIME_BYTES + 1) throw new RangeError("The server's public value is too long");
    const remote = toNumber(remoteKey);
    if (remote <= 1n || remote >= PRIME - 1n)
      throw new RangeError("The server's public value is out of range");
    return toBytes(power(remote, this.#privateKey));
  }
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % PRIME;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % PRIME;
    square = (square * square) % PRIME;
  }
  return result;
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).toString("hex")}`);
}

function toBytes(number: bigint): Buffer {
  const hex = number.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}
