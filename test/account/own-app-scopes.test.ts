import assert from "node:assert/strict";
import { checkOwnAppScopes } from "../../src/account/own-app-scopes";
import { DESKTOP_ONLY_SCOPES, WEB_API_SCOPES } from "../../src/core/knowledge";
import { thrownBy } from "../support/failure";

const CLIENT_ID = "0".repeat(32);

describe("the scopes of the user's own app", () => {
  it("may be any that Spotify documents", () => {
    assert.deepEqual(checkOwnAppScopes(CLIENT_ID, WEB_API_SCOPES, DESKTOP_ONLY_SCOPES), WEB_API_SCOPES);
  });

  it("may be one that is not in our list, because Spotify decides", () => {
    assert.deepEqual(checkOwnAppScopes(CLIENT_ID, ["user-new"], DESKTOP_ONLY_SCOPES), ["user-new"]);
  });

  it("may not be those of the desktop client ID: the error names each of these, and no other", () => {
    const scopes = ["streaming", "user-read-birthdate", "user-modify"];
    const error = thrownBy(() => checkOwnAppScopes(CLIENT_ID, scopes, DESKTOP_ONLY_SCOPES), "INVALID_SCOPE");
    assert.match(error.message, /user-read-birthdate, user-modify/);
    assert.ok(!error.message.includes("streaming"));
    assert.deepEqual([error.clientId, error.scopes], [CLIENT_ID, scopes]);
  });

  it("may not be empty", () => {
    const error = thrownBy(() => checkOwnAppScopes(CLIENT_ID, [], DESKTOP_ONLY_SCOPES), "INVALID_ARGUMENT");
    assert.equal(error.clientId, CLIENT_ID);
  });
});
