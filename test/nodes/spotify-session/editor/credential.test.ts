import assert from "node:assert/strict";
import { checkCredential } from "../../../../nodes/spotify-session/editor/credential";
import { parseLibrespotCredentials } from "../../../../src/sign-in/librespot-credentials";

const good = { username: "mira", auth_type: 1, auth_data: "QUJDRA==" };

function problemOf(credential: object | string): string {
  const result = checkCredential(typeof credential === "string" ? credential : JSON.stringify(credential));
  return result.state === "bad" ? result.problem : result.state;
}

describe("checking a pasted credentials.json", () => {
  it("tells whose sign-in it is", () => {
    assert.deepEqual(checkCredential(JSON.stringify(good)), { state: "good", username: "mira" });
  });

  it("takes it over several lines and with space around", () => {
    assert.equal(problemOf(`\n ${JSON.stringify(good, null, 2)}\r\n\n`), "good");
  });

  it("takes the older key of the data and the protocol's name of the type", () => {
    assert.equal(problemOf({ username: "mira", auth_type: 1, encoded_auth_blob: "QUJDRA==" }), "good");
    assert.equal(problemOf({ ...good, auth_type: "AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS" }), "good");
  });

  it("says nothing of an empty field", () => {
    assert.equal(problemOf("  \n"), "empty");
  });

  it("says what is wrong", () => {
    assert.equal(problemOf(JSON.stringify(good).slice(0, -1)), "notJson");
    assert.equal(problemOf("[]"), "notJson");
    assert.equal(problemOf("null"), "notJson");
    assert.equal(problemOf({ client_id: "x" }), "notLibrespot");
    assert.equal(problemOf({ ...good, auth_type: 3 }), "accessToken");
    assert.equal(problemOf({ ...good, auth_type: 0 }), "wrongType");
    assert.equal(problemOf({ ...good, auth_type: undefined }), "wrongType");
    assert.equal(problemOf({ ...good, auth_data: undefined }), "noData");
    assert.equal(problemOf({ ...good, auth_data: "" }), "noData");
    assert.equal(problemOf({ ...good, auth_data: "not base64!" }), "badData");
    assert.equal(problemOf({ ...good, username: null }), "noUsername");
  });

  it("finds nothing good that the runtime then turns down", () => {
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
