/** The unencrypted start of one connection, as the server sees it: hello, challenge, response. */
import type { Backend } from "../backend";
import { noise, struck, strikes } from "../faults";
import { understand } from "./framing";
import {
  deriveKeys,
  HELLO_MAGIC,
  isValidPublicNumber,
  makeExchange,
  readClientResponse,
  readHello,
  signPublicNumber,
  writeChallenge,
  writeHandshakeRefusal,
  type SessionKeys,
} from "./handshake";
import type { Wire } from "./wire";

/** Real hellos have about 200 bytes, including the padding. */
const MAX_MESSAGE_BYTES = 16 << 10;

/** The result of the bytes so far. */
export type OpeningResult =
  | { kind: "more" }
  /** The client has proved that it knows the keys; `rest` came after that, encrypted. */
  | { kind: "open"; keys: SessionKeys; rest: Buffer }
  /** The client sent invalid data, or the wrong hmac. */
  | { kind: "failed" };

const MORE: OpeningResult = { kind: "more" };
const FAILED: OpeningResult = { kind: "failed" };

export class Opening {
  readonly #backend: Backend;
  readonly #wire: Wire;
  readonly #onHello: () => void;
  #pending: Buffer = Buffer.alloc(0);
  #keys: SessionKeys | undefined;
  /** Because of a fault, this connection ends here. */
  #isMute = false;

  constructor(
    backend: Backend,
    wire: Wire,
    /** Called after a whole hello is read, before the answer. */
    onHello: () => void,
  ) {
    this.#backend = backend;
    this.#wire = wire;
    this.#onHello = onHello;
  }

  /** @throws ClientError if the bytes are not protobuf. */
  read(bytes: Buffer): OpeningResult {
    if (this.#isMute) return MORE;
    this.#pending = Buffer.concat([this.#pending, bytes]);
    return this.#keys === undefined ? this.#readHello() : this.#readResponse(this.#keys);
  }

  #readHello(): OpeningResult {
    const magic = this.#pending.subarray(0, HELLO_MAGIC.length);
    if (!HELLO_MAGIC.subarray(0, magic.length).equals(magic)) return FAILED;
    const hello = this.#takeMessage(HELLO_MAGIC.length);
    if (!Buffer.isBuffer(hello)) return hello;
    const gc = understand(() => readHello(hello));
    if (gc === undefined || !isValidPublicNumber(gc)) return FAILED;
    this.#onHello();
    const response = this.#challenge(hello, gc);
    if (response === undefined) {
      this.#isMute = true;
      return MORE;
    }
    this.#wire.write(response);
    return MORE;
  }

  /** The answer to hello; undefined if a fault has already sent another one, or none. */
  #challenge(hello: Buffer, gc: Uint8Array): Buffer | undefined {
    const { faults, keys, policy } = this.#backend;
    if (strikes(faults, "dropAfterHello")) {
      this.#wire.drop();
      return undefined;
    }
    if (struck(faults, "silent", (phase) => phase === "hello") !== undefined) return undefined;
    const refusal = struck(faults, "handshakeLoginFailed");
    if (refusal !== undefined) {
      this.#wire.write(writeHandshakeRefusal(refusal), "end");
      return undefined;
    }
    const garbage = struck(faults, "garbage", (what) => what === "hello" || what === "hello-length");
    if (garbage !== undefined) {
      const prefix = garbage === "hello-length" ? Buffer.from("7fffffff", "hex") : Buffer.alloc(0);
      this.#wire.write(Buffer.concat([prefix, noise(400, 1)]));
      return undefined;
    }

    const exchange = makeExchange(gc, policy.shortNumbers);
    const gs = exchange.publicNumber;
    const signature = signPublicNumber(gs, strikes(faults, "wrongKey") ? keys.wrongKey : keys.key);
    if (strikes(faults, "wrongSignature")) signature.writeUInt8(signature.readUInt8(100) ^ 0x01, 100);
    const response = writeChallenge(gs, signature);
    this.#keys = deriveKeys(exchange.sharedWith(gc), hello, response);
    return response;
  }

  #readResponse(keys: SessionKeys): OpeningResult {
    const response = this.#takeMessage(0);
    if (!Buffer.isBuffer(response)) return response;
    const hmac = understand(() => readClientResponse(response));
    if (hmac === undefined || !keys.challenge.equals(hmac)) return FAILED;
    return { kind: "open", keys, rest: this.#pending };
  }

  /** A whole message, with `before` bytes and the length prefix. */
  #takeMessage(before: number): Buffer | OpeningResult {
    if (this.#pending.length < before + 4) return MORE;
    const length = this.#pending.readUInt32BE(before);
    if (length < before + 4 || length > MAX_MESSAGE_BYTES) return FAILED;
    if (this.#pending.length < length) return MORE;
    const message = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    return message;
  }
}
