import assert from "node:assert/strict";
import { LoginError } from "../../src/proto/gen/login5_pb";
import { CLIENT_IDS } from "../../src/core/knowledge";
import type { MintedToken } from "../../src/core/token";
import { failureOf, Outcome } from "../support/failure";
import { useStage } from "../support/stage";
import vectors from "./hashcash-vectors.json";
import {
  CREDENTIAL,
  DEVICE_ID,
  granted,
  headersNamed,
  loggedIn,
  loginAnswer,
  loginError,
  type Scripted,
} from "./scripted-spotify";
import { useScripted } from "./use-scripted";

const NOBODY_ABORTS = new AbortController().signal;
const { keymaster: KEYMASTER, android: ANDROID } = CLIENT_IDS;

interface Hashcash {
  loginContext: string;
  prefix: string;
  length: number;
}

function challenge(...hashcashes: Hashcash[]): Scripted {
  return loginAnswer({
    loginContext: Buffer.from(hashcashes[0]?.loginContext ?? "", "hex"),
    response: {
      case: "challenges",
      value: {
        challenges: hashcashes.map(({ prefix, length }) => ({
          challenge: { case: "hashcash" as const, value: { prefix: Buffer.from(prefix, "hex"), length } },
        })),
      },
    },
  });
}

const EASY: Hashcash = { loginContext: "abcd", prefix: "0123", length: 1 };

describe("login5", () => {
  const scripted = useScripted();
  const stage = useStage();

  const mint = (clientId: string = KEYMASTER): Promise<MintedToken> =>
    scripted.current.login5().mint([], clientId, NOBODY_ABORTS);

  /** The outcome of a login, no matter how long it waits. */
  async function outcomeOf(promise: Promise<MintedToken>): Promise<Outcome<MintedToken>> {
    const outcome = new Outcome(promise);
    await stage.current.time.until(() => !outcome.pending);
    return outcome;
  }

  it("gives a token for Spotify's own services in return for the stored credential", async () => {
    const spotify = scripted.current;
    const before = Date.now();
    const minted = await mint();
    const { askedAt = 0, ...rest } = minted;
    assert.deepEqual(rest, {
      accessToken: "an-access-token-that-is-secret",
      lifetime: 3600,
      scopes: null,
      source: "login5",
    });
    assert.ok(askedAt >= before && askedAt <= Date.now());
    const [asked] = spotify.askedForLogin;
    assert.deepEqual(headersNamed(asked!, "accept"), ["application/x-protobuf"]);
    assert.deepEqual(headersNamed(asked!, "client-token"), ["a-client-token-that-is-secret"]);
    const { clientInfo, loginMethod, loginContext, challengeSolutions } = asked!.message;
    assert.deepEqual([clientInfo?.clientId, clientInfo?.deviceId], [KEYMASTER, DEVICE_ID]);
    assert.equal(loginMethod.value?.username, CREDENTIAL.username);
    assert.deepEqual(Buffer.from(loginMethod.value?.data ?? []), CREDENTIAL.data);
    assert.deepEqual([loginContext.length, challengeSolutions], [0, undefined]);
  });

  it("logs in once for each client ID, no matter how many callers ask", async () => {
    const spotify = scripted.current;
    const login5 = spotify.login5();
    const ask = (clientId: string): Promise<MintedToken> =>
      login5.mint([], clientId, new AbortController().signal);
    const asking = Array.from({ length: 50 }, (_, i) => ask(i % 2 ? KEYMASTER : ANDROID));
    await Promise.all(asking);
    const asked = spotify.askedForLogin.map(({ message }) => message.clientInfo?.clientId);
    assert.equal(asked.length, 2);
    assert.deepEqual(new Set(asked), new Set([KEYMASTER, ANDROID]));
    assert.equal(spotify.askedForClientToken.length, 1);
    // Nothing is cached here: that is the job of the caller.
    await ask(KEYMASTER);
    assert.equal(spotify.askedForLogin.length, 3);
  });

  it("gives no token if scopes are requested", async () => {
    const login5 = scripted.current.login5();
    const error = await failureOf(login5.mint(["streaming"], KEYMASTER, NOBODY_ABORTS), "INVALID_ARGUMENT");
    assert.deepEqual(error.scopes, ["streaming"]);
    assert.equal(scripted.current.askedForLogin.length, 0);
  });

  it("gives nothing if the account is not signed in, and says what to do", async () => {
    scripted.current.credential = undefined;
    const error = await failureOf(mint(), "NOT_SIGNED_IN");
    assert.match(error.message, /Sign in by pairing/);
    assert.equal(scripted.current.askedForClientToken.length, 0);
  });

  it("gives no token to a caller whose account has signed out or changed meanwhile", async () => {
    const spotify = scripted.current;
    for (const credential of [undefined, { username: "another", data: Buffer.from("x") }]) {
      spotify.credential = CREDENTIAL;
      const outcome = new Outcome(mint());
      spotify.credential = credential;
      while (outcome.pending) await new Promise(setImmediate);
      assert.equal(outcome.error?.code, "NOT_SIGNED_IN");
    }
    assert.deepEqual(spotify.keptCredentials, []);
  });

  it("starts a separate login after the account has signed in again", async () => {
    const spotify = scripted.current;
    spotify.logins = [{ silent: true }, loggedIn("new")];
    const login5 = spotify.login5();
    const old = new Outcome(login5.mint([], KEYMASTER, NOBODY_ABORTS));
    while (spotify.askedForLogin.length === 0) await new Promise(setImmediate);
    spotify.credential = { ...CREDENTIAL, data: Buffer.from("a-newer-credential") };
    const minted = await login5.mint([], KEYMASTER, NOBODY_ABORTS);
    assert.equal(minted.accessToken, "new");
    assert.ok(old.pending);
    login5.close();
    while (old.pending) await new Promise(setImmediate);
    assert.equal(old.error?.code, "CLOSED");
  });

  describe("and the credential that comes back", () => {
    it("stores it if it differs", async () => {
      const credential = { username: CREDENTIAL.username, data: Buffer.from("the-next-credential") };
      scripted.current.logins = [loggedIn("token", { credential })];
      await mint();
      assert.deepEqual(
        scripted.current.keptCredentials.map(({ username, data }) => [
          username,
          Buffer.from(data).toString(),
        ]),
        [[CREDENTIAL.username, "the-next-credential"]],
      );
    });

    const notKept = {
      "the same one": CREDENTIAL,
      none: { ...CREDENTIAL, data: Buffer.alloc(0) },
      "one of 5 KB": { ...CREDENTIAL, data: Buffer.alloc(5_000) },
      "another account's": { username: "another", data: Buffer.from("x") },
    };
    for (const [what, credential] of Object.entries(notKept)) {
      it(`does not store ${what}`, async () => {
        scripted.current.logins = [loggedIn("token", { credential })];
        assert.equal((await mint()).accessToken, "token");
        assert.deepEqual(scripted.current.keptCredentials, []);
      });
    }
  });

  describe("with a challenge", () => {
    it("solves it, and returns the context with the time that it took", async () => {
      const spotify = scripted.current;
      const vector = vectors.login5[12]!;
      spotify.logins = [challenge(vector), loggedIn("earned")];
      assert.equal((await mint()).accessToken, "earned");
      const { loginContext, challengeSolutions, loginMethod } = spotify.askedForLogin[1]!.message;
      assert.equal(Buffer.from(loginContext).toString("hex"), vector.loginContext);
      const [{ solution } = { solution: undefined }] = challengeSolutions?.solutions ?? [];
      assert.equal(Buffer.from(solution?.value?.suffix ?? []).toString("hex"), vector.suffix);
      const { seconds = -1n, nanos = 0 } = solution?.value?.duration ?? {};
      assert.ok(seconds === 0n && nanos > 0 && nanos < 1e9);
      assert.equal(loginMethod.value?.username, CREDENTIAL.username);
    });

    it("solves several at once, and several in a row", async () => {
      const spotify = scripted.current;
      const another = { ...EASY, prefix: "ffee" };
      spotify.logins = [challenge(EASY, another), challenge(EASY), challenge(another), loggedIn("earned")];
      assert.equal((await mint()).accessToken, "earned");
      assert.deepEqual(
        spotify.askedForLogin.map(({ message }) => message.challengeSolutions?.solutions.length ?? 0),
        [0, 2, 1, 1],
      );
    });

    it("stops after a limited number of them", async () => {
      scripted.current.logins = [challenge(EASY)];
      await failureOf(mint(), "PROTOCOL_ERROR");
      assert.equal(scripted.current.askedForLogin.length, 4);
    });

    it("says what to do if a code is needed, and solves nothing", async () => {
      const value = { challenges: [{ challenge: { case: "code" as const, value: { codeLength: 6 } } }] };
      scripted.current.logins = [loginAnswer({ response: { case: "challenges", value } })];
      const error = await failureOf(mint(), "BAD_CREDENTIALS");
      assert.match(error.message, /pairing; or use your own Spotify app/);
      assert.equal(scripted.current.askedForLogin.length, 1);
    });

    const nonsense: Readonly<Record<string, Scripted>> = {
      "no challenge at all": challenge(),
      "one of no kind": loginAnswer({ response: { case: "challenges", value: { challenges: [{}] } } }),
      "nine at once": challenge(...Array.from({ length: 9 }, () => EASY)),
      "one of 65 bits": challenge({ ...EASY, length: 65 }),
      "one of a negative number of bits": challenge({ ...EASY, length: -1 }),
      "a prefix of 2 KB": challenge({ ...EASY, prefix: "00".repeat(2048) }),
    };
    for (const [what, answer] of Object.entries(nonsense)) {
      it(`refuses ${what}`, async () => {
        scripted.current.logins = [answer];
        await failureOf(mint(), "PROTOCOL_ERROR");
        assert.equal(scripted.current.askedForLogin.length, 1);
      });
    }

    it("starts again if one could not be solved in time, three times in all", async () => {
      const { time } = stage.current;
      const spotify = scripted.current;
      spotify.logins = [challenge({ ...EASY, length: 64 })];
      const outcome = new Outcome(mint());
      await time.until(() => !outcome.pending, 60_000);
      assert.equal(outcome.error?.code, "TIMEOUT");
      assert.deepEqual(
        spotify.askedForLogin.map(({ message }) => message.loginContext.length),
        [0, 0, 0],
      );
    });
  });

  describe("that is refused", () => {
    // The error, the expected code and message, and how many logins are tried.
    const refusals = [
      [LoginError.UNKNOWN_ERROR, "PROTOCOL_ERROR", /code 0/, 1],
      [LoginError.INVALID_CREDENTIALS, "BAD_CREDENTIALS", /Sign in again .* by pairing/, 1],
      [LoginError.BAD_REQUEST, "INVALID_CLIENT", /made with another client ID. Enter the client ID/, 1],
      [LoginError.UNSUPPORTED_LOGIN_PROTOCOL, "PROTOCOL_ERROR", /newer version/, 1],
      [LoginError.TIMEOUT, "TIMEOUT", /Try again later/, 3],
      [LoginError.UNKNOWN_IDENTIFIER, "BAD_CREDENTIALS", /does not know this account/, 1],
      [LoginError.TOO_MANY_ATTEMPTS, "RATE_LIMITED", /too often/, 3],
      [LoginError.INVALID_PHONENUMBER, "PROTOCOL_ERROR", /newer version/, 1],
      [LoginError.TRY_AGAIN_LATER, "RATE_LIMITED", /asked again later/, 1],
      [99 as LoginError, "PROTOCOL_ERROR", /code 99/, 1],
    ] as const;
    for (const [error, code, message, times] of refusals) {
      it(`with ${LoginError[error] ?? error}, says ${code}`, async () => {
        const spotify = scripted.current;
        spotify.logins = [loginError(error)];
        const outcome = await outcomeOf(mint());
        assert.equal(outcome.error?.code, code);
        assert.match(outcome.error?.message ?? "", message);
        assert.equal(outcome.error?.clientId, KEYMASTER);
        assert.equal(spotify.askedForLogin.length, times);
        assert.equal(outcome.error?.retryAfter, code === "RATE_LIMITED" ? 60 : undefined);
      });
    }

    for (const error of [LoginError.TIMEOUT, LoginError.TOO_MANY_ATTEMPTS]) {
      it(`with ${LoginError[error]}, waits 3 s before each further try`, async () => {
        const spotify = scripted.current;
        spotify.logins = [loginError(error), loginError(error), loggedIn("third")];
        const outcome = await outcomeOf(mint());
        assert.equal(outcome.result?.accessToken, "third");
        const times = spotify.askedForLogin.map(({ at }) => at);
        assert.deepEqual([times[1]! - times[0]!, times[2]! - times[1]!], [3_000, 3_000]);
      });
    }

    it("starts a new login after such a wait, without the solutions for the old one", async () => {
      const spotify = scripted.current;
      spotify.logins = [challenge(EASY), loginError(LoginError.TIMEOUT), loggedIn("token")];
      const { time } = stage.current;
      const outcome = new Outcome(mint());
      // Solving takes real time, in which the clock stands still.
      while (spotify.askedForLogin.length < 2) await new Promise(setImmediate);
      assert.equal(spotify.askedForLogin[1]!.message.challengeSolutions?.solutions.length, 1);
      await time.until(() => !outcome.pending);
      assert.equal(outcome.result?.accessToken, "token");
      const last = spotify.askedForLogin[2]!.message;
      assert.deepEqual([last.loginContext.length, last.challengeSolutions], [0, undefined]);
    });
  });

  describe("whose client token is refused", () => {
    for (const [status, header] of [
      [401, "EXPIRED_CLIENTTOKEN"],
      [400, "INVALID_CLIENTTOKEN"],
      [403, "INVALID_CLIENTTOKEN"],
      [401, undefined],
    ] as const) {
      it(`fetches a new one once: ${status} ${header ?? "without a header"}`, async () => {
        const spotify = scripted.current;
        const refusal: Scripted = { status, ...(header && { headers: { "client-token-error": header } }) };
        spotify.clientTokens = [granted("old"), granted("new")];
        spotify.logins = [refusal, loggedIn("token")];
        assert.equal((await mint()).accessToken, "token");
        assert.deepEqual(
          spotify.askedForLogin.map((asked) => headersNamed(asked, "client-token")),
          [["old"], ["new"]],
        );
        assert.equal(spotify.keptToken?.token, "new");
      });
    }

    it("gives up if the new one is refused too", async () => {
      const spotify = scripted.current;
      spotify.logins = [{ status: 400, headers: { "client-token-error": "INVALID_CLIENTTOKEN" } }];
      const error = await failureOf(mint(), "REQUEST_REFUSED");
      assert.equal(error.retryAfter, 900);
      assert.deepEqual([spotify.askedForLogin.length, spotify.askedForClientToken.length], [2, 2]);
      assert.equal(spotify.keptToken, undefined);
    });

    it("says that this kind of client is no longer admitted", async () => {
      const spotify = scripted.current;
      spotify.logins = [{ status: 403, headers: { "client-token-error": "UNSUPPORTED_CLIENT" } }];
      const error = await failureOf(mint(), "INVALID_CLIENT");
      assert.match(error.message, /newer version/);
      assert.equal(spotify.askedForLogin.length, 1);
    });

    it("does not take any other refusal for a refused client token", async () => {
      const spotify = scripted.current;
      for (const status of [400, 403, 404]) {
        spotify.logins = [{ status }];
        await failureOf(mint(), "PROTOCOL_ERROR");
      }
      assert.deepEqual([spotify.askedForLogin.length, spotify.askedForClientToken.length], [3, 1]);
    });

    it("reports why there is no client token", async () => {
      const spotify = scripted.current;
      spotify.clientTokens = [{ status: 400 }];
      await failureOf(mint(), "INVALID_CLIENT");
      assert.deepEqual([spotify.askedForLogin.length, spotify.askedForClientToken.length], [0, 1]);
    });
  });

  describe("if something goes wrong", () => {
    it("tries three times in all", async () => {
      const spotify = scripted.current;
      spotify.logins = [{ status: 502 }, { drop: true }, loggedIn("third")];
      assert.equal((await outcomeOf(mint())).result?.accessToken, "third");
      spotify.logins = [{ status: 503 }];
      assert.equal((await outcomeOf(mint())).error?.code, "UNREACHABLE");
      assert.equal(spotify.askedForLogin.length, 6);
    });

    it("waits for the time of a Retry-After, for each client ID, without a request", async () => {
      const { time } = stage.current;
      const spotify = scripted.current;
      spotify.logins = [{ status: 429, headers: { "retry-after": "12118" } }, loggedIn("token")];
      assert.equal((await failureOf(mint(), "RATE_LIMITED")).retryAfter, 12_118);
      await failureOf(mint(), "RATE_LIMITED");
      assert.equal(spotify.askedForLogin.length, 1);
      assert.equal((await mint(ANDROID)).accessToken, "token");
      await time.fastForward(12_118_000);
      assert.equal((await mint()).accessToken, "token");
    });

    const refused: Readonly<Record<string, Scripted>> = {
      nothing: {},
      "data that is not protobuf": { body: "<html>an-access-token-that-is-secret" },
      "more than 64 KB": { body: "x".repeat(70_000) },
      "no token": loggedIn(""),
      "a token with a line's end": loggedIn("a\r\nb"),
      "a token of 5 KB": loggedIn("a".repeat(5_000)),
      "a life of a minute": loggedIn("short", { lifetime: 60 }),
      "a life of nothing": loggedIn("none", { lifetime: 0 }),
      "a negative lifetime": loggedIn("negative", { lifetime: -3600 }),
    };
    for (const [what, answer] of Object.entries(refused)) {
      it(`refuses ${what}`, async () => {
        scripted.current.logins = [answer];
        await failureOf(mint(), "PROTOCOL_ERROR");
        assert.deepEqual(scripted.current.keptCredentials, []);
      });
    }

    it("accepts no lifetime of more than a day", async () => {
      scripted.current.logins = [loggedIn("long", { lifetime: 2 ** 31 - 1 })];
      assert.equal((await mint()).lifetime, 86_400);
    });
  });

  describe("if no caller waits any longer", () => {
    it("stops, no matter what it is doing", async () => {
      const spotify = scripted.current;
      const doings: Readonly<Record<string, Scripted[]>> = {
        asking: [{ silent: true }],
        solving: [challenge({ ...EASY, length: 64 })],
        waiting: [loginError(LoginError.TIMEOUT)],
      };
      const { time } = stage.current;
      for (const [doing, logins] of Object.entries(doings)) {
        spotify.askedForLogin.length = 0;
        spotify.logins = logins;
        const timers = time.timers;
        const leaving = new AbortController();
        const outcome = new Outcome(spotify.login5().mint([], KEYMASTER, leaving.signal));
        while (spotify.askedForLogin.length === 0) await new Promise(setImmediate);
        await time.settle();
        leaving.abort(new Error("nobody"));
        while (outcome.pending) await new Promise(setImmediate);
        await time.settle();
        assert.equal(outcome.error?.message, "nobody", doing);
        await time.advance(30_000);
        assert.equal(spotify.askedForLogin.length, 1, doing);
        assert.ok(time.timers <= timers, `${doing}: ${time.timers} timers`);
      }
    });
  });
});
