import assert from "node:assert/strict";
import { AuthorizationAttempt, PairingAttempt } from "../../../nodes/spotify-session/sign-in-attempts";
import type { Authorization, PairingCode } from "../../../src";

describe("a sign-in with an own app", () => {
  const authorization = {
    url: "https://accounts.spotify.com/authorize?state=abc",
    expiresAt: 1_000,
    matches: (address: string) => address.includes("state=abc"),
  } as Authorization;
  let asked: string[];
  let ended: number;

  beforeEach(() => {
    asked = [];
    ended = 0;
  });

  const begin = (): ReturnType<typeof AuthorizationAttempt.begin> =>
    AuthorizationAttempt.begin(
      authorization,
      (address) => {
        asked.push(address);
        return Promise.resolve("alice");
      },
      () => ended++,
    );

  it("has the address for the browser, and the time that its user has", () => {
    const { attempt } = begin();
    assert.equal(attempt.url, authorization.url);
    assert.equal(attempt.expiresAt, 1_000);
  });

  it("is known by its state when the browser comes back", () => {
    const { attempt } = begin();
    assert.ok(attempt.matches("http://pi.local/callback?state=abc"));
    assert.ok(!attempt.matches("http://pi.local/callback?state=other"));
  });

  it("belongs to the browser that began it, and to no other", () => {
    const [first, second] = [begin(), begin()];
    assert.ok(first.attempt.isOf(first.browser));
    for (const secret of [second.browser, "", `${first.browser}x`]) assert.ok(!first.attempt.isOf(secret));
  });

  it("takes the first address that the browser comes back to", async () => {
    const { attempt } = begin();
    const [first, second] = await Promise.all([attempt.finish("first"), attempt.finish("second")]);
    assert.deepEqual(asked, ["first"]);
    assert.deepEqual(first, { state: "done", username: "alice", error: null });
    assert.deepEqual(second, first);
    assert.equal(ended, 1);
  });
});

describe("a pairing", () => {
  it("waits for as long as its code can be typed", () => {
    const code = { expiresAt: 2_000 } as PairingCode;
    let ended = 0;
    const attempt = new PairingAttempt(code, () => ended++);
    assert.equal(attempt.code, code);
    assert.equal(attempt.expiresAt, 2_000);
    attempt.cancel();
    assert.equal(ended, 1);
  });
});
