import assert from "node:assert/strict";
import { ERROR_GUIDE } from "../../../../src/core/error-guide";
import { failureText } from "../../../../nodes/spotify-session/editor/failure-text";

/** The key, and the values for it. */
const translate = (key: string, values?: object): string => `${key} ${JSON.stringify(values ?? {})}`;
const text = (error: object): string =>
  failureText({ code: "", message: "Node-RED's own words.", ...error }, translate);

/** The messages of these codes say more than the dialog could: which device, and why not. */
const OWN_WORDS: ReadonlySet<string> = new Set([
  "INVALID_ARGUMENT",
  "RATE_LIMITED",
  "NO_ACTIVE_DEVICE",
  "DEVICE_NOT_FOUND",
  "RESTRICTED",
  "NOT_CONFIRMED",
]);

describe("an error in a dialog", () => {
  it("is shown in the dialog's language", () => {
    assert.equal(text({ code: "UNREACHABLE" }), "failure.code.UNREACHABLE {}");
    assert.equal(text({ code: "NOT_SIGNED_IN", reason: "cancelled" }), "failure.reason.cancelled {}");
  });

  it("is shown so for every code except those that have many causes", () => {
    for (const code of Object.keys(ERROR_GUIDE)) {
      const own = OWN_WORDS.has(code);
      assert.equal(text({ code }), own ? "Node-RED's own words." : `failure.code.${code} {}`);
    }
  });

  it("names its subject", () => {
    const values = { username: "bob", known: "mira" };
    const error = { code: "INVALID_ARGUMENT", reason: "anotherAccount", values };
    assert.equal(text(error), `failure.reason.anotherAccount ${JSON.stringify(values)}`);
    assert.equal(text({ code: "RATE_LIMITED", values: { minutes: 7 } }), 'failure.wait {"minutes":7}');
  });

  it("is shown in Node-RED's own words if only they say what is wrong", () => {
    for (const error of [
      { code: "INVALID_ARGUMENT" },
      { code: "RATE_LIMITED" },
      { code: "NEW", reason: "new" },
    ]) {
      assert.equal(text(error), "Node-RED's own words.");
    }
  });
});
