import assert from "node:assert/strict";
import { createDiffieHellman } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openBlob, readCredential } from "./blob-reader";
import { makeExchange } from "../access-point/handshake";
import { encryptCredential, sealBlob } from "./official-app-blob";

/** Taps made by a public library: both of their ends come from another project. */
interface ForeignTap {
  what: string;
  /** Hex. */
  devicePrivateKey: string;
  deviceId: string;
  userName: string;
  /** Base64. */
  clientKey: string;
  blob: string;
  authType: number;
  authData: string;
}

const FOREIGN_TAPS = join(__dirname, "../../zeroconf/foreign-taps.json");
const { taps } = JSON.parse(readFileSync(FOREIGN_TAPS, "utf8")) as { taps: ForeignTap[] };

/** RFC 2409, 6.1, in the form that Node.js has. */
function sharedSecret({ devicePrivateKey, clientKey }: ForeignTap): Buffer {
  const group = createDiffieHellman(Buffer.from(OAKLEY_1, "hex"), 2);
  group.setPrivateKey(Buffer.from(devicePrivateKey, "hex"));
  const secret = group.computeSecret(Buffer.from(clientKey, "base64"));
  return secret.subarray(secret.findIndex((byte) => byte !== 0));
}

const OAKLEY_1 =
  "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74" +
  "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437" +
  "4fe1356d6d51c245e485b576625e7ec6f44c42e9a63a3620ffffffffffffffff";

describe("simulator: the official app's blob", () => {
  for (const tap of taps) {
    const { what, deviceId, userName, authType, authData } = tap;
    const contents = { username: userName, authType, authData: Buffer.from(authData, "base64") };
    const blob = Buffer.from(tap.blob, "base64");

    it(`of a public library is understood: ${what}`, () => {
      const text = openBlob(blob, sharedSecret(tap));
      assert.deepEqual(readCredential(text, userName, deviceId), contents);
    });

    it(`is the same, byte for byte, as the one of a public library: ${what}`, () => {
      const text = encryptCredential(contents, deviceId);
      assert.equal(
        sealBlob(text, sharedSecret(tap), blob.subarray(0, 16)).toString("hex"),
        blob.toString("hex"),
      );
    });
  }

  it("holds contents of any length, and is different each time", () => {
    const shared = makeExchange().publicNumber;
    for (const length of [0, 1, 15, 16, 17, 127, 128, 1000]) {
      const contents = { username: "ådå@example.com", authType: 1, authData: Buffer.alloc(length, length) };
      const text = encryptCredential(contents, "device");
      const blob = sealBlob(text, shared);
      assert.deepEqual(readCredential(openBlob(blob, shared), contents.username, "device"), contents);
      assert.notDeepEqual(sealBlob(text, shared), blob);
    }
  });

  it("cannot be read by another device, or with another key", () => {
    const contents = { username: "ada", authType: 1, authData: Buffer.from("secret") };
    const text = encryptCredential(contents, "ours");
    assert.notEqual(encryptCredential(contents, "theirs"), text);
    assert.throws(() => openBlob(sealBlob(text, Buffer.from("ours")), Buffer.from("theirs")), /MAC/);
  });
});
