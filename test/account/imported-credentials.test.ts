import assert from "node:assert/strict";
import { AuthenticationType } from "../../src/access-point/credentials";
import type { ImportForm } from "../../src/account/credential-file";
import { parseImportedCredentials } from "../../src/account/imported-credentials";
import { thrownBy } from "../support/failure";

const SECRET = Buffer.from("the stored credential").toString("base64");
const STORED = AuthenticationType.AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS;

/** Text that a program writes → the program that the text is recognised as. */
const FILES: readonly [string, object, ImportForm][] = [
  ["librespot", { username: "mira", auth_type: 1, auth_data: SECRET }, "librespot"],
  [
    "spotifyd, of librespot 0.4",
    { username: "mira", auth_type: "AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS", auth_data: SECRET },
    "librespot",
  ],
  ["ncspot", { username: "mira", auth_type: 1, auth_data: SECRET }, "librespot"],
  [
    "go-librespot, state.json",
    {
      device_id: "0123456789abcdef",
      event_manager: null,
      credentials: { username: "mira", data: SECRET },
      last_volume: 100,
    },
    "go-librespot",
  ],
  [
    "librespot-java, librespot-python, zotify",
    { username: "mira", credentials: SECRET, type: "AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS" },
    "librespot-java",
  ],
  ["go-librespot, the older credentials.json", { username: "mira", data: SECRET }, "go-librespot"],
];

const RUBBISH: readonly unknown[] = [
  "",
  "not json",
  SECRET,
  `{"username":"mira","auth_type":1,"auth_data":"${SECRET}"`,
  "null",
  "5",
  "[]",
  "{}",
  { credentials: null },
  { credentials: { username: "", data: "" }, secret: SECRET },
  { credentials: { username: "mira", data: "" } },
  { credentials: { username: "mira", data: "!!!" } },
  { credentials: { username: 5, data: SECRET } },
  { credentials: SECRET },
  { username: "mira", credentials: SECRET, type: "AUTHENTICATION_USER_PASS" },
  { username: "mira", credentials: `${SECRET}#`, type: "AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS" },
  { username: "mira", auth_type: 1, auth_data: SECRET.slice(0, 5) },
  { username: "mira", auth_type: 0, auth_data: SECRET },
  { username: "mira", auth_type: 99, auth_data: SECRET },
  { username: "mira", auth_type: 1, auth_data: `${SECRET}!` },
  { auth_type: 1, auth_data: SECRET },
  { username: "mira", auth_type: 1 },
  { username: "mira", data: ["x"] },
  { padding: "x".repeat(300_000), username: "mira", data: SECRET },
];

describe("a file of another program", () => {
  for (const [program, file, form] of FILES) {
    it(`may come from ${program}`, () => {
      for (const text of [JSON.stringify(file), `\n ${JSON.stringify(file, null, 2)}\n`]) {
        const imported = parseImportedCredentials(text);
        assert.equal(imported.form, form);
        const { username, authType, authData } = imported.credentials;
        assert.deepEqual([username, authType], ["mira", STORED]);
        assert.equal(Buffer.from(authData).toString(), "the stored credential");
      }
    });
  }

  for (const [i, rubbish] of RUBBISH.entries()) {
    const text = typeof rubbish === "string" ? rubbish : JSON.stringify(rubbish);
    it(`${i}: ${text.slice(0, 50)} is refused, and the error quotes none of it`, () => {
      const error = thrownBy(() => parseImportedCredentials(text), "INVALID_ARGUMENT");
      const told = `${error.message} ${error.stack} ${String(error.cause)} ${JSON.stringify(error)}`;
      assert.equal(error.cause, undefined);
      assert.ok(!told.includes(SECRET.slice(0, 12)));
      assert.ok(!told.includes("mira"));
    });
  }

  it("says that a state.json of go-librespot has no sign-in", () => {
    const state = { device_id: "0123", event_manager: null, credentials: { username: "", data: null } };
    const { message } = thrownBy(() => parseImportedCredentials(JSON.stringify(state)), "INVALID_ARGUMENT");
    assert.match(message, /has no sign-in/);
  });

  it("may begin with a byte order mark, and have line breaks in its base64", () => {
    const long = Buffer.alloc(120, 7);
    const wrapped = long.toString("base64").replaceAll(/(.{76})/g, "$1\r\n");
    const text = `\uFEFF${JSON.stringify({ username: "mira", auth_type: 1, auth_data: wrapped }, null, 2)}`;
    const { authData } = parseImportedCredentials(text.replaceAll("\n", "\r\n")).credentials;
    assert.deepEqual(Buffer.from(authData), long);
  });
});
