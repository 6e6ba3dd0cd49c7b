import assert from "node:assert/strict";
import { DiffieHellman } from "../../src/access-point/diffie-hellman";
import { Refusal, type OutcomeName } from "../../src/zeroconf/answer";
import { readTap } from "../../src/zeroconf/tap";
import { sealed, tapFields } from "./support/app";
import foreign from "./foreign-taps.json";

const DEVICE_ID = "0123456789abcdef0123456789abcdef01234567";
const LOGIN = {
  username: "alice",
  authType: 1,
  authData: Buffer.from("a stored credential, some 40 bytes long"),
};
const PRIME_LESS_ONE = Buffer.from(
  "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74" +
    "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437" +
    "4fe1356d6d51c245e485b576625e7ec6f44c42e9a63a3620fffffffffffffffe",
  "hex",
);

function refused(action: () => unknown, outcome: OutcomeName): void {
  assert.throws(action, (error) => {
    assert.ok(error instanceof Refusal, String(error));
    assert.equal(error.outcome, outcome, error.message);
    return true;
  });
}

describe("a tap from a client of another project", () => {
  for (const tap of foreign.taps) {
    const keys = new DiffieHellman(Buffer.from(tap.devicePrivateKey, "hex"));
    const { userName, clientKey, blob } = tap;
    const fields = new URLSearchParams({ userName, clientKey, blob, tokenType: "" });

    if (tap.authType === 0) {
      it(`is refused if it contains ${tap.what}`, () => {
        refused(() => readTap(fields, keys, tap.deviceId), "loginFailed");
      });
      continue;
    }

    it(`is read: ${tap.what}`, () => {
      const { username, credentials } = readTap(fields, keys, tap.deviceId);
      assert.equal(username, userName);
      assert.equal(credentials.username, userName);
      assert.equal(credentials.authType, tap.authType);
      assert.equal(Buffer.from(credentials.authData).toString("base64"), tap.authData);
    });

    it(`is refused with another key: ${tap.what}`, () => {
      refused(() => readTap(fields, new DiffieHellman(), tap.deviceId), "badMac");
    });
  }
});

describe("a tap", () => {
  const keys = new DiffieHellman();
  const publicKey = keys.publicKey.toString("base64");
  const fields = (changes: Record<string, string> = {}): URLSearchParams =>
    new URLSearchParams({ ...tapFields(LOGIN, DEVICE_ID, publicKey), ...changes });
  const read = (params: URLSearchParams): unknown => readTap(params, keys, DEVICE_ID);

  it("is read no matter how the app writes a short secret", () => {
    for (const short of ["stripped", "padded"] as const) {
      const params = new URLSearchParams(tapFields(LOGIN, DEVICE_ID, publicKey, short));
      assert.deepEqual(readTap(params, keys, DEVICE_ID).credentials.authData, LOGIN.authData);
    }
  });

  it("names the device it came from, on one line and with limited length", () => {
    assert.equal(readTap(fields(), keys, DEVICE_ID).deviceName, "Alice's phone");
    assert.equal(readTap(fields({ deviceName: "a\r\nb\u202ec" }), keys, DEVICE_ID).deviceName, "a b c");
    assert.equal(readTap(fields({ deviceName: "x".repeat(9_000) }), keys, DEVICE_ID).deviceName?.length, 64);
    assert.equal(readTap(fields({ deviceName: "\n" }), keys, DEVICE_ID).deviceName, undefined);
  });

  it("is not read without one of its fields, or with one given twice", () => {
    for (const name of ["userName", "blob", "clientKey"]) {
      refused(() => read(fields({ [name]: "" })), "invalidArguments");
      const without = fields();
      without.delete(name);
      refused(() => read(without), "invalidArguments");
      const twice = fields();
      twice.append(name, twice.get(name)!);
      refused(() => read(twice), "invalidArguments");
    }
  });

  it("is not read if a field is invalid", () => {
    refused(() => read(fields({ userName: "a".repeat(257) })), "invalidArguments");
    refused(() => read(fields({ userName: "al\u0000ice" })), "invalidArguments");
    refused(() => read(fields({ blob: "not base64!" })), "invalidArguments");
    refused(() => read(fields({ blob: "A".repeat(4_100) })), "invalidArguments");
    refused(() => read(fields({ blob: Buffer.alloc(36).toString("base64") })), "invalidArguments");
    refused(() => read(fields({ clientKey: "%%%" })), "invalidArguments");
    refused(() => read(fields({ clientKey: Buffer.alloc(120, 1).toString("base64") })), "invalidArguments");
    refused(() => read(fields({ tokenType: "accesstoken" })), "invalidArguments");
  });

  it("is not read with a public value that would make the secret known to everyone", () => {
    for (const value of [[0], [1], PRIME_LESS_ONE, Buffer.alloc(96, 0xff)]) {
      const clientKey = Buffer.from(value as Buffer).toString("base64");
      refused(() => read(fields({ clientKey })), "invalidPublicKey");
    }
  });

  it("is not read if a single bit of it was changed on the way", () => {
    const sound = fields();
    const blob = Buffer.from(sound.get("blob")!, "base64");
    for (const at of [16, 40, blob.length - 21, blob.length - 1]) {
      const changed = Buffer.from(blob);
      changed[at]! ^= 1;
      sound.set("blob", changed.toString("base64"));
      refused(() => read(sound), "badMac");
    }
  });

  it("is not read if the app has sealed something other than a credential", () => {
    const secret = keys.sharedSecret(new DiffieHellman(Buffer.from([2])).publicKey);
    const clientKey = Buffer.from([4]).toString("base64");
    // Whole blocks of ones do not decrypt to fields; the rest are not whole blocks.
    for (const text of ["", "=", "not base64", "AAAA", Buffer.alloc(15).toString("base64")]) {
      const blob = sealed(text, secret).toString("base64");
      refused(() => read(fields({ clientKey, blob })), "invalidArguments");
    }
    // Its length field announces more data than there is.
    const cut = tapFields({ ...LOGIN, authData: Buffer.alloc(0) }, DEVICE_ID, publicKey);
    refused(() => read(new URLSearchParams(cut)), "invalidArguments");
  });
});
