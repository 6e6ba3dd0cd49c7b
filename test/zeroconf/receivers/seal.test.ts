import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DiffieHellman } from "../../../src/access-point/diffie-hellman";
import { sealCredential } from "../../../src/zeroconf/receivers/seal";
import { makeExchange } from "../../simulator/access-point/handshake";
import { openBlob, readCredential } from "../../simulator/official-app/blob-reader";

/** A blob made by a public library. */
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

const STORED_CREDENTIAL = 1;
const TAPS = JSON.parse(readFileSync(join(__dirname, "../foreign-taps.json"), "utf8")) as {
  taps: ForeignTap[];
};

describe("Encrypting the stored credential for a speaker", () => {
  for (const tap of TAPS.taps.filter(({ authType }) => authType === STORED_CREDENTIAL)) {
    it(`gives, byte for byte, the login blob that a public library makes: ${tap.what}`, () => {
      const device = new DiffieHellman(Buffer.from(tap.devicePrivateKey, "hex"));
      const credential = { username: tap.userName, data: Buffer.from(tap.authData, "base64") };
      const { blob, clientKey } = sealCredential(credential, tap.deviceId, device.publicKey);
      const ours = openBlob(
        Buffer.from(blob, "base64"),
        device.sharedSecret(Buffer.from(clientKey, "base64")),
      );
      const theirs = openBlob(
        Buffer.from(tap.blob, "base64"),
        device.sharedSecret(Buffer.from(tap.clientKey, "base64")),
      );
      assert.equal(ours, theirs);
    });
  }

  it("can be opened for any length, and if a number of the exchange is short", () => {
    for (const [length, short] of [
      [0],
      [15],
      [16, "public"],
      [17, "shared"],
      [127],
      [128],
      [2_000],
    ] as const) {
      const credential = { username: "ådå@example.com", data: Buffer.alloc(length, 7) };
      const client = new DiffieHellman();
      const device = makeExchange(client.publicKey, short);
      const sealed = sealCredential(credential, "device", device.publicNumber, client);
      const key = Buffer.from(sealed.clientKey, "base64");
      const text = openBlob(Buffer.from(sealed.blob, "base64"), device.sharedWith(key));
      assert.deepEqual(readCredential(text, credential.username, "device"), {
        username: credential.username,
        authType: STORED_CREDENTIAL,
        authData: credential.data,
      });
    }
  });

  it("refuses a key that would make the secret known", () => {
    const credential = { username: "ada", data: Buffer.from("secret") };
    for (const key of [[], [0], [1]]) {
      assert.throws(() => sealCredential(credential, "device", Buffer.from(key)), RangeError);
    }
  });
});
