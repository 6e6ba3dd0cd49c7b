import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { CLIENT_IDS, SpotifyError } from "../../src";
import type { Grant } from "../../src/account/grant";
import { AppCheck } from "../../src/tokens/app-check";
import { endClock } from "../support/end-clock";
import { failureOf } from "../support/failure";

const OWN_APP = "0123456789abcdef0123456789abcdef";
const NOW = Date.UTC(2026, 5, 1);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("The check of the user's own apps", () => {
  let clock: Clock;
  let check: AppCheck;
  let answer: (signal: AbortSignal) => Promise<string>;
  let asked: (readonly [clientId: string, accessToken: string])[];
  let checked: (readonly [clientId: string, at: number, username: string])[];

  beforeEach(() => {
    clock = FakeTimers.install({ now: NOW, toFake: ["setTimeout", "clearTimeout", "Date"] });
    asked = [];
    checked = [];
    answer = () => Promise.resolve("ada");
    const use = {
      usernameOf: (clientId: string, accessToken: string, signal: AbortSignal) => {
        asked.push([clientId, accessToken]);
        return answer(signal);
      },
    };
    const owner = {
      checked: (...told: (typeof checked)[number]) => {
        checked.push(told);
        return Promise.resolve();
      },
    };
    check = new AppCheck(use, owner);
  });
  afterEach(() => endClock(clock));

  const grant = (known: Partial<Grant> = {}): Grant => ({
    clientId: OWN_APP,
    refreshToken: "refresh",
    scopes: [],
    authorizedAt: 0,
    username: "ada",
    ...known,
  });

  const checkOf = (known?: Partial<Grant>, signal = new AbortController().signal): Promise<void> =>
    check.check(grant(known), "token", signal);

  const premiumEnds = (): void => {
    answer = () => Promise.reject(new SpotifyError("PREMIUM_REQUIRED", "The owner has no Premium."));
  };

  const unanswered = (signal: AbortSignal): Promise<never> =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error));
    });

  async function refused(): Promise<SpotifyError> {
    premiumEnds();
    return failureOf(checkOf(), "PREMIUM_REQUIRED");
  }

  it("asks the Web API with the fresh token, and tells whose account it is", async () => {
    await checkOf();
    assert.deepEqual(asked, [[OWN_APP, "token"]]);
    assert.deepEqual(checked, [[OWN_APP, NOW, "ada"]]);
    assert.equal(check.refusal(OWN_APP), undefined);
    assert.equal(clock.countTimers(), 0);
  });

  for (const [what, known, times] of [
    ["is made for an app that was never checked", {}, 1],
    ["is not made again within a day", { checkedAt: NOW - DAY + 1 }, 0],
    ["is not made again in the same moment", { checkedAt: NOW }, 0],
    ["is made again after a day", { checkedAt: NOW - DAY }, 1],
    ["is made again if the clock was set back", { checkedAt: NOW + 1 }, 1],
    ["is always made while the account is not known", { checkedAt: NOW, username: undefined }, 1],
    ["is not made for Spotify's own client IDs", { clientId: CLIENT_IDS.keymaster }, 0],
    [
      "is made for Spotify's own client IDs while the account is not known",
      { clientId: CLIENT_IDS.keymaster, username: undefined },
      1,
    ],
  ] as const) {
    it(what, async () => {
      await checkOf(known);
      assert.equal(asked.length, times);
    });
  }

  it("fails if the owner of the app has no Premium, with the time after which asking again makes sense", async () => {
    const error = await refused();
    assert.match(error.message, /The owner has no Premium/);
    assert.deepEqual([error.clientId, error.retryAfter], [OWN_APP, 3_600]);
    assert.deepEqual(checked, []);
  });

  it("remembers for an hour that the app was refused", async () => {
    await refused();
    const { since, until, error } = check.refusal(OWN_APP)!;
    assert.deepEqual([since, until, error.code], [NOW, NOW + HOUR, "PREMIUM_REQUIRED"]);
    assert.equal(check.refusal("fedcba9876543210fedcba9876543210"), undefined);
    clock.setSystemTime(NOW + HOUR - 1);
    assert.ok(check.refusal(OWN_APP));
    clock.setSystemTime(NOW + HOUR);
    assert.equal(check.refusal(OWN_APP), undefined);
  });

  it("forgets a refusal for good if the clock was set back", async () => {
    await refused();
    clock.setSystemTime(NOW - 1);
    assert.equal(check.refusal(OWN_APP), undefined);
    clock.setSystemTime(NOW);
    assert.equal(check.refusal(OWN_APP), undefined);
  });

  it("forgets the refusal of an app with which the user signed in again", async () => {
    await refused();
    check.forget(OWN_APP);
    assert.equal(check.refusal(OWN_APP), undefined);
  });

  for (const [what, fail] of [
    ["the Web API cannot be reached", () => new SpotifyError("UNREACHABLE", "It is away.")],
    ["the request fails for another reason", () => new TypeError("It is broken.")],
  ] as const) {
    it(`lets a token pass if ${what}, unless the account is not known`, async () => {
      answer = () => Promise.reject(fail());
      await checkOf();
      await assert.rejects(checkOf({ username: undefined }), fail());
      assert.equal(check.refusal(OWN_APP), undefined);
      assert.deepEqual(checked, []);
    });
  }

  it("keeps a token waiting for five seconds at most, and fails then if the account is not known", async () => {
    answer = unanswered;
    let passed = false;
    const known = checkOf().then(() => (passed = true));
    const unknown = failureOf(checkOf({ username: undefined }), "TIMEOUT");
    await clock.tickAsync(4_999);
    assert.equal(passed, false);
    await clock.tickAsync(1);
    await known;
    assert.match((await unknown).message, /does not answer/);
  });

  it("ends at once when the request for the token is cancelled", async () => {
    answer = unanswered;
    const stopping = new AbortController();
    const stopped = checkOf({ username: undefined }, stopping.signal);
    const reason = new SpotifyError("CLOSED", "The request was cancelled.");
    stopping.abort(reason);
    await assert.rejects(stopped, reason);
  });

  it("fails if it turns out that the app is another account's, while the account is not known", async () => {
    const other = new SpotifyError("INVALID_ARGUMENT", "It is another account's.");
    const use = { usernameOf: () => Promise.resolve("ben") };
    check = new AppCheck(use, { checked: () => Promise.reject(other) });
    await assert.rejects(checkOf({ username: undefined }), other);
  });
});
