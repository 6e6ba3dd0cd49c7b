import assert from "node:assert/strict";
import { clientIdProblem } from "../../../../../nodes/spotify-session/editor/sign-in/client-id-problem";
import { CLIENT_IDS } from "../../../../../src/core/knowledge";

const OWN = "0123456789abcdef0123456789abcdef";

describe("the client ID of an own app", () => {
  it("has 32 hex digits, in any case and with space around", () => {
    for (const good of [OWN, OWN.toUpperCase(), ` ${OWN}\n`]) {
      assert.equal(clientIdProblem(good, true), undefined);
    }
  });

  it("is not complained about while it is being typed, unless it can no longer become one", () => {
    assert.equal(clientIdProblem("", false), undefined);
    assert.equal(clientIdProblem("0123", false), undefined);
    assert.equal(clientIdProblem("xyz", false), "form");
    assert.equal(clientIdProblem(`${OWN}0`, false), "form");
  });

  it("is complained about in the end", () => {
    assert.equal(clientIdProblem(" ", true), "missing");
    assert.equal(clientIdProblem("0123", true), "form");
  });

  it("is none of Spotify's own", () => {
    for (const id of Object.values(CLIENT_IDS)) assert.equal(clientIdProblem(id, false), "notOwn");
  });
});
