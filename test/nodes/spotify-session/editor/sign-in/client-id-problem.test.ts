import assert from "node:assert/strict";
import { clientIdProblem } from "../../../../../nodes/spotify-session/editor/sign-in/client-id-problem";
import { CLIENT_IDS } from "../../../../../src/core/knowledge";

const OWN = "0123456789abcdef0123456789abcdef";

describe("the client ID of the user's own app", () => {
  it("has 32 hex digits, in any case and with space around them", () => {
    for (const good of [OWN, OWN.toUpperCase(), ` ${OWN}\n`]) {
      assert.equal(clientIdProblem(good, true), undefined);
    }
  });

  it("has no error message while it is typed, unless it can no longer become valid", () => {
    assert.equal(clientIdProblem("", false), undefined);
    assert.equal(clientIdProblem("0123", false), undefined);
    assert.equal(clientIdProblem("xyz", false), "form");
    assert.equal(clientIdProblem(`${OWN}0`, false), "form");
  });

  it("has an error message when the field is left", () => {
    assert.equal(clientIdProblem(" ", true), "missing");
    assert.equal(clientIdProblem("0123", true), "form");
  });

  it("does not belong to an app of Spotify", () => {
    for (const id of Object.values(CLIENT_IDS)) assert.equal(clientIdProblem(id, false), "notOwn");
  });
});
