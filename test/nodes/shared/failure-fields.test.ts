/** What remains of a failure: the properties of the message that tell it, and the status until it is over. */
import assert from "node:assert/strict";
import { clearFailure, tellFailure } from "../../../nodes/shared/failure-fields";
import { isOver } from "../../../nodes/shared/passing-error";
import { SpotifyError, type Session, type SpotifyErrorCode } from "../../../src";

const FIELDS = ["retryAfter", "statusCode"] as const;

describe("a message that failed", () => {
  it("has what the failure says, but only what its node tells", () => {
    const message = { payload: 1 };
    tellFailure(
      message,
      new SpotifyError("RATE_LIMITED", "Wait.", { retryAfter: 0, statusCode: 429, reason: "quota" }),
      FIELDS,
    );
    assert.deepEqual(message, { payload: 1, retryAfter: 0, statusCode: 429 });
  });

  it("has no property for what the failure does not say", () => {
    const message = {};
    tellFailure(message, new SpotifyError("RATE_LIMITED", "Wait.", { retryAfter: 9 }), FIELDS);
    assert.deepEqual(Object.keys(message), ["retryAfter"]);
  });

  it("has nothing of it when it comes again", () => {
    const message = { payload: 1, retryAfter: 9, reason: "of the flow" };
    clearFailure(message, FIELDS);
    assert.deepEqual(message, { payload: 1, reason: "of the flow" });
  });

  it("is not touched if it is read-only: the failure itself is still reported", () => {
    const message = Object.freeze({ retryAfter: 9 });
    clearFailure(message, FIELDS);
    tellFailure(message, new SpotifyError("RATE_LIMITED", "Wait.", { retryAfter: 1 }), FIELDS);
    assert.deepEqual(message, { retryAfter: 9 });
  });
});

describe("a failure that a node shows", () => {
  const session = (state: string, signIns: number): Session =>
    ({ state, signIns: { list: () => Array.from({ length: signIns }) } }) as unknown as Session;
  const over = (code: SpotifyErrorCode, of: Session | undefined): boolean =>
    isOver(new SpotifyError(code, "Failed."), of);

  for (const code of ["UNREACHABLE", "TIMEOUT", "UNTRUSTED_SERVER", "PROTOCOL_ERROR"] as const) {
    it(`is over when the session is connected, if it was ${code}`, () => {
      assert.equal(over(code, session("ready", 1)), true);
      assert.equal(over(code, session("reconnecting", 1)), false);
      assert.equal(over(code, undefined), false);
    });
  }

  it("is over after a sign-in, if it was NOT_SIGNED_IN", () => {
    assert.equal(over("NOT_SIGNED_IN", session("idle", 1)), true);
    assert.equal(over("NOT_SIGNED_IN", session("idle", 0)), false);
    assert.equal(over("NOT_SIGNED_IN", undefined), false);
  });

  it("stays until the next message if Spotify refused the request", () => {
    for (const code of ["REQUEST_REFUSED", "RATE_LIMITED", "INVALID_ARGUMENT"] as const)
      assert.equal(over(code, session("ready", 1)), false, code);
  });
});
