import assert from "node:assert/strict";
import { describe as described } from "../../../nodes/spotify-session/described-error";
import { TooManySignIns } from "../../../nodes/spotify-session/too-many-sign-ins";
import { SpotifyError } from "../../../src";

describe("an error as the editor receives it", () => {
  const error = (more: object): SpotifyError =>
    Object.assign(new SpotifyError("INVALID_ARGUMENT", "It is wrong."), more);
  const plain = { code: "INVALID_ARGUMENT", message: "It is wrong." };

  for (const [what, more, details] of [
    ["has its code and its message", {}, {}],
    [
      "says that another account has signed in",
      { username: "alice", known: "bob" },
      { reason: "anotherAccount", values: { username: "alice", known: "bob" } },
    ],
    ["does not say so of one name alone", { username: "alice" }, {}],
    ["does not say so of the known name alone", { known: "bob" }, {}],
    ["says that the user has cancelled", { error: "access_denied" }, { reason: "cancelled" }],
    ["says that the code has expired", { error: "expired_token" }, { reason: "codeExpired" }],
    ["has no reason for other refusals", { error: "invalid_client" }, {}],
    ["says that a refresh token is missing", { lacks: "refresh_token" }, { reason: "noRefreshToken" }],
    ["has no reason for what else is missing", { lacks: "username" }, {}],
    ["says how many minutes to wait", { retryAfter: 61 }, { values: { minutes: 2 } }],
    ["may say to wait no time", { retryAfter: 0 }, { values: { minutes: 0 } }],
  ] as const) {
    it(what, () => assert.deepEqual(described(error(more)), { ...plain, ...details }));
  }

  it("says when the next sign-in can begin", () => {
    const { code, reason, values } = described(new TooManySignIns([]));
    assert.deepEqual(
      { code, reason, values },
      { code: "INVALID_ARGUMENT", reason: "tooManySignIns", values: { minutes: 1 } },
    );
  });

  for (const [what, cause, code] of [
    ["is a timeout if Spotify did not answer", new DOMException("Slow.", "TimeoutError"), "TIMEOUT"],
    [
      "is unexpected for another exception of the platform",
      new DOMException("No.", "AbortError"),
      "PROTOCOL_ERROR",
    ],
    ["is unexpected for an error of a program", new TypeError("secret"), "PROTOCOL_ERROR"],
    ["is unexpected for another error of that name", { name: "TimeoutError" }, "PROTOCOL_ERROR"],
    ["is unexpected for nothing", undefined, "PROTOCOL_ERROR"],
  ] as const) {
    it(what, () => {
      const { message, ...rest } = described(cause);
      assert.deepEqual(rest, { code });
      assert.doesNotMatch(message, /secret/);
    });
  }
});
