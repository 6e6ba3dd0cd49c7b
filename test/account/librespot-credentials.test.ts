import assert from "node:assert/strict";
import { parseLibrespotCredentials, type LibrespotCredentials } from "../../src";
import { thrownBy } from "../support/failure";

const DATA = Buffer.from("a stored credential");
const FILE = { username: "listener", auth_type: 1, auth_data: DATA.toString("base64") };

describe("a librespot credentials.json", () => {
  it("is read as librespot writes it, as text or as an object", () => {
    const expected = { username: "listener", authType: 1, authData: DATA };
    assert.deepEqual(parseLibrespotCredentials(JSON.stringify(FILE)), expected);
    assert.deepEqual(parseLibrespotCredentials(JSON.stringify(FILE, null, 2)), expected);
    assert.deepEqual(parseLibrespotCredentials(FILE), expected);
  });

  it("may name its type as the protocol does, and its data as older versions did", () => {
    const { auth_data, ...rest } = FILE;
    const named = {
      ...rest,
      auth_type: "AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS",
      encoded_auth_blob: auth_data,
    };
    assert.deepEqual(parseLibrespotCredentials(JSON.stringify(named)), parseLibrespotCredentials(FILE));
  });

  it("with an access token needs no username, because only Spotify knows it", () => {
    for (const username of [undefined, null, ""]) {
      const credentials = parseLibrespotCredentials({ ...FILE, auth_type: 3, username });
      assert.deepEqual(credentials, { authType: 3, authData: DATA });
    }
  });

  const wrong: readonly [string, unknown, RegExp][] = [
    ["no JSON", "username: listener", /JSON object/],
    ["half of it", JSON.stringify(FILE).slice(0, -5), /JSON object/],
    ["a list", "[]", /JSON object/],
    ["null", "null", /JSON object/],
    ["a number", "5", /JSON object/],
    ["without data", JSON.stringify({ ...FILE, auth_data: undefined }), /no auth_data/],
    ["with empty data", JSON.stringify({ ...FILE, auth_data: "" }), /no auth_data/],
    ["with data that is a number", JSON.stringify({ ...FILE, auth_data: 5 }), /no auth_data/],
    ["with half a byte of data", JSON.stringify({ ...FILE, auth_data: "QUJDR" }), /not base64/],
    ["with data that is not base64", JSON.stringify({ ...FILE, auth_data: "äöü{}" }), /not base64/],
    ["with padding alone", JSON.stringify({ ...FILE, auth_data: "==" }), /not base64/],
    ["with a password", JSON.stringify({ ...FILE, auth_type: 0 }), /password/],
    [
      "with a password by name",
      JSON.stringify({ ...FILE, auth_type: "AUTHENTICATION_USER_PASS" }),
      /password/,
    ],
    ["of an unknown type", JSON.stringify({ ...FILE, auth_type: 7 }), /type must be/],
    [
      "of a type that is an accident of the language",
      JSON.stringify({ ...FILE, auth_type: "toString" }),
      /type must be/,
    ],
    ["without a type", JSON.stringify({ ...FILE, auth_type: undefined }), /type must be/],
    ["without a username", JSON.stringify({ ...FILE, username: undefined }), /no username/],
    ["with a username that is a number", JSON.stringify({ ...FILE, username: 5 }), /username/],
    ["of a megabyte", JSON.stringify({ ...FILE, padding: "x".repeat(1 << 20) }), /too long/],
  ];
  for (const [what, text, why] of wrong) {
    it(`${what} is refused; the error has the reason and none of the content`, () => {
      const error = thrownBy(
        () => parseLibrespotCredentials(text as LibrespotCredentials),
        "INVALID_ARGUMENT",
      );
      assert.match(error.message, why);
      assert.ok(!error.message.includes(FILE.auth_data.slice(0, 8)));
      assert.equal(error.cause, undefined);
    });
  }
});
