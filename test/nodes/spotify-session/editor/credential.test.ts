import assert from "node:assert/strict";
import { checkCredential, textOf } from "../../../../nodes/spotify-session/editor/credential";
import { parseLibrespotCredentials } from "../../../../src/account/imported-credentials";

const good = { username: "mira", auth_type: 1, auth_data: "QUJDRA==" };

function problemOf(credential: object | string): string {
  const result = checkCredential(typeof credential === "string" ? credential : JSON.stringify(credential));
  return result.state === "bad" ? result.problem : result.state;
}

describe("checking the pasted sign-in of another player", () => {
  it("says whose sign-in it is", () => {
    const text = JSON.stringify(good);
    assert.deepEqual(checkCredential(text), { state: "good", username: "mira", credentials: text });
  });

  it("turns go-librespot's state file into the text that librespot would have written, and keeps no more of it", () => {
    const credentials = { username: "mira", data: "QUJDRA==" };
    const state = { device_id: "00ff", event_manager: null, credentials, last_volume: 7 };
    for (const document of [state, credentials]) {
      const result = checkCredential(JSON.stringify(document));
      assert.ok(result.state === "good");
      assert.equal(result.username, "mira");
      assert.deepEqual(JSON.parse(result.credentials), good);
      assert.doesNotThrow(() => parseLibrespotCredentials(result.credentials));
    }
  });

  it("says what is wrong with a file of go-librespot", () => {
    const of = (credentials: object): string => problemOf({ device_id: "00ff", credentials });
    assert.equal(of({ username: "", data: null }), "signedOut");
    assert.equal(of({ username: "", data: "QUJDRA==" }), "noUsername");
    assert.equal(of({ username: "mira", data: "not base64!" }), "badData");
    assert.equal(of({}), "unknownForm");
  });

  it("accepts several lines, and space around them", () => {
    assert.equal(problemOf(`\n ${JSON.stringify(good, null, 2)}\r\n\n`), "good");
  });

  it("accepts the older key of the data, and the protocol's name of the type", () => {
    assert.equal(problemOf({ username: "mira", auth_type: 1, encoded_auth_blob: "QUJDRA==" }), "good");
    assert.equal(problemOf({ ...good, auth_type: "AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS" }), "good");
  });

  it("turns the file of librespot-java into the same text", () => {
    const file = {
      username: "mira",
      credentials: "QUJDRA==",
      type: "AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS",
    };
    const result = checkCredential(JSON.stringify(file));
    assert.ok(result.state === "good");
    assert.deepEqual(JSON.parse(result.credentials), good);
  });

  it("reads a file in the encodings of Windows", () => {
    const text = `${JSON.stringify(good, null, 2)}\r\n`;
    const littleEndian = Buffer.from(`\uFEFF${text}`, "utf16le");
    const files = [
      Buffer.from(text),
      Buffer.from(`\uFEFF${text}`),
      littleEndian,
      Buffer.from(littleEndian).swap16(),
    ];
    for (const file of files) assert.equal(problemOf(textOf(new Uint8Array(file))), "good");
  });

  it("says nothing about an empty field", () => {
    assert.equal(problemOf("  \n"), "empty");
  });

  it("says what is wrong", () => {
    assert.equal(problemOf(JSON.stringify(good).slice(0, -1)), "notJson");
    assert.equal(problemOf("[]"), "notJson");
    assert.equal(problemOf("null"), "notJson");
    assert.equal(problemOf({ client_id: "x" }), "unknownForm");
    assert.equal(problemOf({ ...good, auth_type: 3 }), "accessToken");
    assert.equal(problemOf({ ...good, auth_type: 0 }), "password");
    assert.equal(problemOf({ ...good, auth_type: 2 }), "wrongType");
    assert.equal(problemOf({ ...good, auth_data: "QUJDR" }), "badData");
    assert.equal(problemOf({ ...good, auth_type: undefined }), "wrongType");
    assert.equal(problemOf({ ...good, auth_data: undefined }), "noData");
    assert.equal(problemOf({ ...good, auth_data: "" }), "noData");
    assert.equal(problemOf({ ...good, auth_data: "not base64!" }), "badData");
    assert.equal(problemOf({ ...good, username: null }), "noUsername");
  });

  it("accepts nothing that the runtime refuses", () => {
    for (const auth_type of [1, "AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS", "1", 0, null]) {
      for (const auth_data of ["QUJDRA==", "QUJDRA", "QU-_", " QUJDRA==", "=", "", 5]) {
        for (const username of ["mira", "", null, undefined]) {
          const text = JSON.stringify({ username, auth_type, auth_data });
          if (problemOf(text) === "good") assert.doesNotThrow(() => parseLibrespotCredentials(text), text);
        }
      }
    }
  });
});
