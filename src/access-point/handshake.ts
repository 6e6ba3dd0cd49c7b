import { createHmac, randomBytes, type KeyObject } from "node:crypto";
import type { Socket } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ACCESS_POINT_VERSION } from "../core/client-versions";
import { SpotifyError } from "../core/errors";
import {
  APResponseMessageSchema,
  ClientHelloSchema,
  ClientResponsePlaintextSchema,
  Cryptosuite,
  Product,
  ProductFlags,
  type APResponseMessage,
} from "../proto/gen/keyexchange_pb";
import { DiffieHellman } from "./diffie-hellman";
import { loginFailure } from "./login-failure";
import { clientPlatform } from "./platform";
import { isSignedBy } from "./server-key";
import { SocketReader } from "./socket-reader";

const HELLO_PREFIX = Buffer.from([0x00, 0x04]);
const NONCE_BYTES = 16;
const PADDING = Buffer.from([0x1e]);
/** A real answer has about 500 bytes. */
const MAX_RESPONSE_BYTES = 64 * 1024;

/** The result of a handshake. */
export interface HandshakeResult {
  sendKey: Buffer;
  receiveKey: Buffer;
  /** Bytes that arrived after the answer. */
  leftover: Buffer;
}

/**
 * Agrees on keys with an access point, after checking that it is one of Spotify's. Does not wait for the last message to
 * be sent, so that the login goes out in the same round trip.
 *
 * Source: librespot core/src/connection/handshake.rs.
 *
 * @throws SpotifyError UNTRUSTED_SERVER if the signature is not that of `serverKey`; PROTOCOL_ERROR if the
 *   answer cannot be read; UNREACHABLE if the connection ends; a `LoginFailure` if the server refuses
 */
export async function handshake(socket: Socket, serverKey: KeyObject): Promise<HandshakeResult> {
  const reader = new SocketReader(socket);
  try {
    const keys = new DiffieHellman();
    const hello = clientHello(keys.publicKey);
    socket.write(hello);
    const response = await readResponse(reader);
    const gs = verifiedPublicValue(response.message, serverKey);
    let sharedSecret: Buffer;
    try {
      sharedSecret = keys.sharedSecret(gs);
    } catch (cause) {
      throw new SpotifyError("PROTOCOL_ERROR", "The access point sent an unusable public value.", { cause });
    }
    const derived = deriveKeys(sharedSecret, Buffer.concat([hello, response.packet]));
    socket.write(clientResponse(derived.challenge));
    return { sendKey: derived.sendKey, receiveKey: derived.receiveKey, leftover: reader.release() };
  } finally {
    reader.release();
  }
}

function clientHello(gc: Buffer): Buffer {
  const body = toBinary(
    ClientHelloSchema,
    create(ClientHelloSchema, {
      buildInfo: {
        product: Product.CLIENT,
        productFlags: [ProductFlags.PRODUCT_FLAG_NONE],
        platform: clientPlatform(),
        version: ACCESS_POINT_VERSION.value,
      },
      cryptosuitesSupported: [Cryptosuite.CRYPTO_SUITE_SHANNON],
      loginCryptoHello: { diffieHellman: { gc, serverKeysKnown: 1 } },
      clientNonce: randomBytes(NONCE_BYTES),
      padding: PADDING,
    }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32BE(HELLO_PREFIX.length + length.length + body.length);
  return Buffer.concat([HELLO_PREFIX, length, body]);
}

async function readResponse(reader: SocketReader): Promise<{ message: APResponseMessage; packet: Buffer }> {
  const prefix = await reader.read(4);
  const length = prefix.readUInt32BE();
  if (length <= prefix.length || length > MAX_RESPONSE_BYTES) {
    throw new SpotifyError("PROTOCOL_ERROR", "The access point's first answer has an impossible length.");
  }
  const body = await reader.read(length - prefix.length);
  try {
    return { message: fromBinary(APResponseMessageSchema, body), packet: Buffer.concat([prefix, body]) };
  } catch (cause) {
    throw new SpotifyError("PROTOCOL_ERROR", "The access point's first answer cannot be read.", { cause });
  }
}

function verifiedPublicValue(response: APResponseMessage, serverKey: KeyObject): Uint8Array {
  // The server has not proved to be Spotify yet, so its refusal must not end the session.
  if (response.loginFailed) throw loginFailure(response.loginFailed).unproven();
  const challenge = response.challenge?.loginCryptoChallenge?.diffieHellman;
  if (!challenge) {
    throw new SpotifyError(
      "PROTOCOL_ERROR",
      response.upgrade
        ? "Spotify no longer speaks this version of the access point protocol; update this package."
        : "The access point's first answer holds no challenge.",
    );
  }
  if (!isSignedBy(serverKey, challenge.gs, challenge.gsSignature)) {
    throw new SpotifyError(
      "UNTRUSTED_SERVER",
      "The server that answered is not Spotify's: its signature is wrong. Nothing was sent to it. " +
        "Check the network (a proxy, a captive portal, a wrong DNS answer).",
    );
  }
  return challenge.gs;
}

/** Source: librespot core/src/connection/handshake.rs, compute_keys. `packets` are both packets as sent. */
function deriveKeys(
  sharedSecret: Buffer,
  packets: Buffer,
): { challenge: Buffer; sendKey: Buffer; receiveKey: Buffer } {
  const data = Buffer.concat(
    [1, 2, 3, 4, 5].map((i) =>
      createHmac("sha1", sharedSecret)
        .update(packets)
        .update(Buffer.from([i]))
        .digest(),
    ),
  );
  return {
    challenge: createHmac("sha1", data.subarray(0, 20)).update(packets).digest(),
    sendKey: data.subarray(20, 52),
    receiveKey: data.subarray(52, 84),
  };
}

function clientResponse(hmac: Buffer): Buffer {
  const body = toBinary(
    ClientResponsePlaintextSchema,
    create(ClientResponsePlaintextSchema, {
      loginCryptoResponse: { diffieHellman: { hmac } },
      powResponse: {},
      cryptoResponse: {},
    }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32BE(length.length + body.length);
  return Buffer.concat([length, body]);
}
