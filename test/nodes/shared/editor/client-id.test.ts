import assert from "node:assert/strict";
import {
  choiceFor,
  clientIdKey,
  isValidSetting,
  OWN_APP,
  sessionClientId,
  storedFor,
} from "../../../../nodes/shared/editor/client-id";
import { CLIENT_IDS } from "../../../../src/core/knowledge";

const offered = ["", "keymaster", "android", "ios"];
const ownId = "0123456789abcdef0123456789ABCDEF";

describe("the client ID in the dialogs", () => {
  it("is one of the offered words, or the ID of the user's own app", () => {
    for (const stored of offered) assert.equal(choiceFor(stored, offered), stored);
    assert.equal(choiceFor(ownId, offered), OWN_APP);
  });

  it("is stored in lower case, without surrounding space", () => {
    assert.equal(storedFor(OWN_APP, ` ${ownId}\n`), ownId.toLowerCase());
    assert.equal(storedFor("ios", ownId), "ios");
  });

  it("may be an environment variable, whose name keeps its case", () => {
    const stored = storedFor(OWN_APP, " ${My_App} ");
    assert.equal(stored, "${My_App}");
    assert.equal(choiceFor(stored, offered), OWN_APP);
    assert.ok(isValidSetting(stored, offered));
    assert.equal(isValidSetting("${}", offered), false);
  });

  it("is invalid while the ID of the user's own app is missing, and does not become the default", () => {
    const stored = storedFor(OWN_APP, "  ");
    assert.equal(isValidSetting(stored, offered), false);
    assert.equal(choiceFor(stored, offered), OWN_APP);
  });

  it("is valid as an offered word, as 32 hex digits, and if a flow has none", () => {
    for (const valid of [...offered, ownId, undefined]) assert.ok(isValidSetting(valid, offered), valid);
    for (const wrong of ["best", "desktop", ownId.slice(1), `${ownId}0`, `${ownId.slice(1)}g`, 5, null]) {
      assert.equal(isValidSetting(wrong, offered), false, String(wrong));
    }
  });

  it("stands for 32 hex digits; the platform's default is keymaster's", () => {
    assert.equal(sessionClientId(""), CLIENT_IDS.keymaster);
    assert.equal(sessionClientId("android"), CLIENT_IDS.android);
    assert.equal(sessionClientId(ownId), ownId.toLowerCase());
  });

  it("has a name that people know", () => {
    assert.equal(clientIdKey(CLIENT_IDS.ios), "ios");
    assert.equal(clientIdKey(ownId), OWN_APP);
  });
});
