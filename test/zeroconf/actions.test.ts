import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { SpotifyError, type SpotifyErrorCode } from "../../src";
import { ZeroconfActions, type ActionsOptions } from "../../src/zeroconf/actions";
import type { Answer } from "../../src/zeroconf/answer";
import { endClock } from "../support/end-clock";
import { Outcome } from "../support/failure";
import { tapFields } from "./support/app";
import { DEVICE_ID, KEYMASTER } from "./support/device";

const LOGIN = {
  username: "alice",
  authType: 1,
  authData: Buffer.from("secret-credential-of-alice-0123456789"),
};

describe("the device's reaction to a tap", () => {
  let clock: Clock;
  let closing: AbortController;
  let log: string[];

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout"] });
    closing = new AbortController();
    log = [];
  });
  afterEach(() => endClock(clock));

  function device(options: Partial<ActionsOptions>): {
    tap: () => Promise<Answer>;
    reset: () => Promise<Answer>;
  } {
    const actions = new ZeroconfActions(
      {
        deviceId: () => DEVICE_ID,
        deviceName: "Kitchen",
        clientId: () => KEYMASTER,
        activeUser: () => undefined,
        onTap: async () => {},
        onReset: async () => {},
        log: (_level, message) => log.push(message),
        ...options,
      },
      closing.signal,
    );
    const ask = (method: string, fields: Record<string, string>, query = ""): Promise<Answer> =>
      actions.answer({ method, query: new URLSearchParams(query), fields: new URLSearchParams(fields) });
    return {
      tap: async () => {
        const info = await ask("GET", {}, "action=getInfo");
        return ask("POST", tapFields(LOGIN, DEVICE_ID, info.body["publicKey"] as string));
      },
      reset: () => ask("POST", { action: "resetUsers" }),
    };
  }

  /** Runs everything that does not wait for time to pass. */
  const settle = (): Promise<unknown> => clock.tickAsync(0);

  it("answers after the login has succeeded, not before", async () => {
    let finish = (): void => {};
    const { tap } = device({ onTap: () => new Promise((resolve) => (finish = resolve)) });
    const reply = new Outcome(tap());
    await clock.tickAsync(7_000);
    assert.equal(reply.pending, true);
    finish();
    await settle();
    assert.equal(reply.result?.body["status"], 101);
  });

  it("answers a success after 8 s, if the login takes longer; the login continues", async () => {
    let finish = (): void => {};
    let signal: AbortSignal | undefined;
    const { tap } = device({
      onTap: (_tap, given) => {
        signal = given;
        return new Promise((resolve) => (finish = resolve));
      },
    });
    const reply = new Outcome(tap());
    await clock.tickAsync(8_000);
    assert.equal(reply.result?.body["status"], 101);
    assert.equal(signal?.aborted, false);
    finish();
    await settle();
  });

  it("ends a login that takes a minute, and then serves the next one", async () => {
    const signals: AbortSignal[] = [];
    const { tap } = device({
      onTap: (_tap, signal) => {
        signals.push(signal);
        // A login that ignores its signal does not delay the others.
        return signals.length === 1 ? new Promise(() => {}) : Promise.resolve();
      },
    });
    void tap();
    await clock.tickAsync(60_000);
    assert.equal(signals[0]?.aborted, true);
    assert.equal((await tap()).body["status"], 101);
  });

  for (const [code, status, spotifyError] of [
    ["BAD_CREDENTIALS", 202, 8],
    ["PREMIUM_REQUIRED", 202, 9],
    ["TRAVEL_RESTRICTION", 202, 10],
    ["INVALID_ARGUMENT", 202, 8],
    ["UNREACHABLE", 402, 18],
    ["RATE_LIMITED", 402, 15],
  ] as [SpotifyErrorCode, number, number][]) {
    it(`reports the refusal: ${code}`, async () => {
      const { tap } = device({ onTap: () => Promise.reject(new SpotifyError(code, "No.")) });
      const { http, body } = await tap();
      assert.equal(http, 200);
      assert.equal(body["status"], status);
      assert.equal(body["spotifyError"], spotifyError);
    });
  }

  it("answers an unexpected error as an unknown one", async () => {
    const { tap } = device({ onTap: () => Promise.reject(new TypeError("x is not a function")) });
    const { http, body } = await tap();
    assert.equal(http, 500);
    assert.equal(body["statusString"], "ERROR-UNKNOWN");
    assert.doesNotMatch(JSON.stringify(body), /function/);
  });

  it("serves taps one at a time, in order; too many at once must come back later", async () => {
    const finish: (() => void)[] = [];
    let now = 0;
    let most = 0;
    const { tap } = device({
      onTap: async () => {
        most = Math.max(most, ++now);
        await new Promise<void>((resolve) => finish.push(resolve));
        now--;
      },
    });
    const replies = Array.from({ length: 7 }, () => new Outcome(tap()));
    await settle();
    const refused = replies.filter(({ pending }) => !pending);
    assert.equal(refused.length, 2);
    for (const { result } of refused) {
      assert.equal(result?.body["statusString"], "ERROR-SPOTIFY-ERROR");
      assert.equal(result?.body["spotifyError"], 18);
    }
    while (finish.length > 0) {
      finish.shift()!();
      await settle();
    }
    assert.equal(most, 1);
    assert.equal(replies.filter(({ result }) => result?.body["status"] === 101).length, 5);
  });

  it("does not keep an app waiting for another login longer than 8 s", async () => {
    const finish: (() => void)[] = [];
    const { tap } = device({ onTap: () => new Promise((resolve) => finish.push(resolve)) });
    void tap();
    await settle();
    const second = new Outcome(tap());
    await clock.tickAsync(8_000);
    assert.equal(second.result?.body["statusString"], "ERROR-SPOTIFY-ERROR");
    finish[0]!();
    await settle();
    assert.equal(finish.length, 1, "what was refused is not done later");
  });

  it("ends running logins when the device goes", async () => {
    const { tap } = device({ onTap: () => new Promise(() => {}) });
    const reply = new Outcome(tap());
    await settle();
    closing.abort(new SpotifyError("CLOSED", "The account's connection is closed."));
    await settle();
    assert.equal(reply.result?.body["statusString"], "ERROR-SPOTIFY-ERROR");
  });

  it("writes no secret to the log", async () => {
    const { tap } = device({ onTap: () => Promise.reject(new SpotifyError("BAD_CREDENTIALS", "No.")) });
    await tap();
    assert.ok(log.length > 0);
    const secret = new RegExp(
      ["utf8", "base64", "hex"].map((form) => LOGIN.authData.toString(form as BufferEncoding)).join("|"),
    );
    assert.doesNotMatch(log.join("\n"), secret);
  });

  it("signs out when it is told to, if an account is signed in", async () => {
    let resets = 0;
    let user: string | undefined = "alice";
    const onReset = async (): Promise<void> => {
      resets++;
      user = undefined;
    };
    const { reset } = device({ onReset, activeUser: () => user });
    assert.equal((await reset()).body["status"], 101);
    assert.equal((await reset()).body["status"], 101);
    assert.equal(resets, 1);
  });

  it("reports that the session refuses to be signed out", async () => {
    const onReset = (): Promise<void> => Promise.reject(new SpotifyError("REQUEST_REFUSED", "No."));
    const { reset } = device({ onReset, activeUser: () => "alice" });
    assert.equal((await reset()).body["statusString"], "ERROR-SPOTIFY-ERROR");
  });
});
