import assert from "node:assert/strict";
import { accountStatus, type AccountFacts } from "../../../nodes/shared/account-status";
import { SpotifyError, type Session } from "../../../src";

type Facts = Partial<Omit<AccountFacts, "session">> & { session?: object };

const NETWORK = new SpotifyError("UNREACHABLE", "No answer.");
const UNTRUSTED = new SpotifyError("UNTRUSTED_SERVER", "Not genuine.");
const REFUSED = new SpotifyError("BAD_CREDENTIALS", "Sign in again.");

/** The color and the text that a node shows; undefined if nothing keeps it from working. */
function shown({ session, ...facts }: Facts): readonly [string, string] | undefined {
  const made = session && { signIns: { list: () => [] }, ...session };
  const status = accountStatus((key) => key, {
    isLoaded: true,
    ...facts,
    session: made as unknown as Session,
  }) as { fill: string; shape: string; text: string } | undefined;
  if (status === undefined) return undefined;
  assert.equal(status.shape, "ring");
  return [status.fill, status.text];
}

describe("the status of an account", () => {
  for (const [what, facts, expected] of [
    ["no account was chosen", { missing: "noAccount" }, ["red", "status.noAccount"]],
    ["the account is disabled", { missing: "disabled" }, ["red", "status.disabled"]],
    ["there is no session", { problem: REFUSED }, ["red", "errors.BAD_CREDENTIALS"]],
    [
      "the session has ended",
      { session: { state: "closed", error: REFUSED } },
      ["red", "errors.BAD_CREDENTIALS"],
    ],
    [
      "a server is not genuine, while the session connects again",
      { session: { state: "reconnecting", error: UNTRUSTED } },
      ["red", "errors.UNTRUSTED_SERVER"],
    ],
    ["the session connects", { session: { state: "connecting" } }, ["yellow", "status.connecting"]],
    [
      "the session connects again after a failure of the network",
      { session: { state: "reconnecting", error: NETWORK } },
      ["yellow", "status.connecting"],
    ],
    ["nothing is signed in", { session: { state: "idle" } }, ["grey", "errors.NOT_SIGNED_IN"]],
    [
      "the sign-ins are stored in what cannot be reached now",
      { session: { state: "idle", stateProblem: { kind: "away" } } },
      ["yellow", "errors.UNREACHABLE"],
    ],
    [
      "the sign-ins cannot be read now",
      { session: { state: "idle", stateProblem: { kind: "read" } } },
      ["yellow", "errors.UNREACHABLE"],
    ],
    [
      "nothing is signed in, and the state cannot be written",
      { session: { state: "idle", stateProblem: { kind: "write" } } },
      ["grey", "errors.NOT_SIGNED_IN"],
    ],
  ] as const satisfies readonly (readonly [string, Facts, readonly [string, string]])[]) {
    it(`is ${expected[0]} and says ${expected[1]} if ${what}`, () =>
      assert.deepEqual(shown(facts), expected));
  }

  for (const [what, facts] of [
    ["there is no session yet", {}],
    ["the session is ready", { session: { state: "ready" } }],
    ["an account is signed in", { session: { state: "idle", signIns: { list: () => [{}] } } }],
    ["it is not known yet what is signed in", { isLoaded: false, session: { state: "idle" } }],
    ["the session has ended without an error", { session: { state: "closed" } }],
  ] as const satisfies readonly (readonly [string, Facts])[]) {
    it(`says nothing if ${what}`, () => assert.equal(shown(facts), undefined));
  }

  it("says that an account is missing rather than what is wrong with it", () =>
    assert.deepEqual(shown({ missing: "disabled", problem: REFUSED }), ["red", "status.disabled"]));
});
