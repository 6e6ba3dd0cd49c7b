import { fromBinary } from "@bufbuild/protobuf";
import { APResponseMessageSchema } from "../proto/gen/keyexchange_pb";
import { loginFailure, type LoginFailure } from "./login-failure";

const PREFIX_BYTES = 4;
/** A real one has about 20 bytes. */
const MAX_BYTES = 4096;

/**
 * Looks for an unencrypted refusal in the first bytes of an encrypted connection: after the client's proof an access point
 * may still answer with an APResponseMessage. It is not signed, so it counts as `unproven`.
 *
 * Source: librespot-java lib/src/main/java/xyz/gianlu/librespot/core/Session.java, connect.
 */
export class PlainRefusal {
  #bytes: Buffer = Buffer.alloc(0);
  #isOver = false;

  /** @returns the refusal, as soon as it is complete */
  push(chunk: Uint8Array): LoginFailure | undefined {
    if (this.#isOver) return undefined;
    this.#bytes = Buffer.concat([this.#bytes, chunk.subarray(0, MAX_BYTES)]);
    if (this.#bytes.length < PREFIX_BYTES) return undefined;
    const length = this.#bytes.readUInt32BE();
    // On one connection in a million, encrypted bytes look like a short length. They cannot be read as a message then.
    if (length <= PREFIX_BYTES || length > MAX_BYTES) return this.#giveUp();
    if (this.#bytes.length < length) return undefined;
    try {
      const { loginFailed } = fromBinary(APResponseMessageSchema, this.#bytes.subarray(PREFIX_BYTES, length));
      if (loginFailed) return loginFailure(loginFailed).unproven();
    } catch {
      // The bytes are encrypted.
    }
    return this.#giveUp();
  }

  #giveUp(): undefined {
    this.#isOver = true;
    this.#bytes = Buffer.alloc(0);
  }
}
