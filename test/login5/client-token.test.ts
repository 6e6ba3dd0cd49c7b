import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { platformData } from "../../src/login5/platform-data";
import {
  ChallengeType,
  ClientTokenRequestType,
  ClientTokenResponseType,
} from "../../src/proto/gen/clienttoken_pb";
import { parseClientToken } from "../../src/login5/held-client-token";
import { CLIENT_IDS } from "../../src/core/knowledge";
import { failureOf, Outcome } from "../support/failure";
import { useStage } from "../support/stage";
import vectors from "./hashcash-vectors.json";
import { clientTokenAnswer, DEVICE_ID, granted, headersNamed, type Scripted } from "./scripted-spotify";
import { useScripted } from "./use-scripted";

const NOBODY_ABORTS = new AbortController().signal;
const DAY = 86_400_000;
const REFRESH = 1_209_600_000;
const OWN_APP = "0123456789abcdef0123456789abcdef";

function challenge(...hashcashes: { prefix: string; length: number }[]): Scripted {
  return clientTokenAnswer({
    responseType: ClientTokenResponseType.RESPONSE_CHALLENGES_RESPONSE,
    response: {
      case: "challenges",
      value: {
        state: "the-state",
        challenges: hashcashes.map((value) => ({
          type: ChallengeType.CHALLENGE_HASH_CASH,
          parameters: { case: "evaluateHashcashParameters" as const, value },
        })),
      },
    },
  });
}

describe("the client token", () => {
  const scripted = useScripted();

  it("is requested in the same way as by the desktop client", async () => {
    const spotify = scripted.current;
    assert.equal(await spotify.clientToken().get(NOBODY_ABORTS), "a-client-token-that-is-secret");
    const [asked] = spotify.askedForClientToken;
    assert.deepEqual(headersNamed(asked!, "accept"), ["application/x-protobuf"]);
    assert.deepEqual(headersNamed(asked!, "content-type"), ["application/x-protobuf"]);
    const { requestType, request } = asked!.message;
    assert.equal(requestType, ClientTokenRequestType.REQUEST_CLIENT_DATA_REQUEST);
    assert.ok(request.case === "clientData");
    assert.equal(request.value.clientId, CLIENT_IDS.keymaster);
    assert.match(request.value.clientVersion, /^\d+\.\d+\.\d+\.\d+$/);
    assert.equal(request.value.data.value?.deviceId, DEVICE_ID);
    assert.deepEqual(request.value.data.value?.platformSpecificData, platformData());
  });

  it("is requested once, no matter how many callers want it", async () => {
    const spotify = scripted.current;
    const clientToken = spotify.clientToken();
    const tokens = await Promise.all(
      Array.from({ length: 100 }, () => clientToken.get(new AbortController().signal)),
    );
    assert.deepEqual([...new Set(tokens)], ["a-client-token-that-is-secret"]);
    await clientToken.get(NOBODY_ABORTS);
    assert.equal(spotify.askedForClientToken.length, 1);
  });

  it("is requested as long as at least one caller waits for it, and no longer", async () => {
    const spotify = scripted.current;
    spotify.clientTokens = [{ silent: true }];
    const clientToken = spotify.clientToken();
    const leaving = [new AbortController(), new AbortController()] as const;
    const outcomes = leaving.map(({ signal }) => new Outcome(clientToken.get(signal)));
    while (spotify.askedForClientToken.length === 0) await new Promise(setImmediate);
    leaving[0].abort(new Error("first"));
    while (outcomes[0]!.pending) await new Promise(setImmediate);
    assert.ok(outcomes[1]!.pending);
    leaving[1].abort(new Error("second"));
    while (outcomes[1]!.pending) await new Promise(setImmediate);
    assert.deepEqual(
      outcomes.map(({ error }) => error?.message),
      ["first", "second"],
    );
    // A new caller starts a new request.
    spotify.clientTokens = [granted("another")];
    assert.equal(await clientToken.get(NOBODY_ABORTS), "another");
  });

  it("ends with its session", async () => {
    const spotify = scripted.current;
    spotify.clientTokens = [{ silent: true }];
    const clientToken = spotify.clientToken();
    const outcome = new Outcome(clientToken.get(NOBODY_ABORTS));
    while (spotify.askedForClientToken.length === 0) await new Promise(setImmediate);
    clientToken.close();
    while (outcome.pending) await new Promise(setImmediate);
    assert.equal(outcome.error?.code, "CLOSED");
    await failureOf(clientToken.get(NOBODY_ABORTS), "CLOSED");
  });

  describe("and its challenges", () => {
    const stage = useStage();

    it("are answered in upper-case hex, with the state, for lengths from 0 to 20, like Python's hashlib", async () => {
      // The clock stands still, so the time limit does too: a machine may be busy.
      assert.ok(stage.current.time);
      const spotify = scripted.current;
      assert.equal(vectors.clientToken.length, 21);
      for (const { prefix, length, suffix } of vectors.clientToken) {
        spotify.askedForClientToken.length = 0;
        spotify.keptToken = undefined;
        spotify.clientTokens = [challenge({ prefix, length }), granted("earned")];
        assert.equal(await spotify.clientToken().get(NOBODY_ABORTS), "earned");
        const { message } = spotify.askedForClientToken[1]!;
        assert.equal(message.requestType, ClientTokenRequestType.REQUEST_CHALLENGE_ANSWERS_REQUEST);
        assert.ok(message.request.case === "challengeAnswers");
        const { state, answers } = message.request.value;
        assert.equal(state, "the-state");
        assert.deepEqual(
          answers.map(({ challengeType, answer }) => [challengeType, answer.value?.suffix]),
          [[ChallengeType.CHALLENGE_HASH_CASH, suffix]],
        );
      }
    });

    it("are all answered if there are several", async () => {
      const spotify = scripted.current;
      const two = vectors.clientToken.slice(5, 7);
      spotify.clientTokens = [challenge(...two), granted("earned")];
      await spotify.clientToken().get(NOBODY_ABORTS);
      const { request } = spotify.askedForClientToken[1]!.message;
      assert.ok(request.case === "challengeAnswers");
      assert.deepEqual(
        request.value.answers.map(({ answer }) => answer.value?.suffix),
        two.map(({ suffix }) => suffix),
      );
    });

    it("start again if an answer is not accepted, three times in all", async () => {
      const spotify = scripted.current;
      const easy = challenge({ prefix: "AB", length: 1 });
      spotify.clientTokens = [easy, { status: 400 }, easy, granted("earned")];
      assert.equal(await spotify.clientToken().get(NOBODY_ABORTS), "earned");
      spotify.keptToken = undefined;
      spotify.askedForClientToken.length = 0;
      spotify.clientTokens = [easy, { status: 400 }, easy, { status: 400 }, easy, { status: 400 }];
      await failureOf(spotify.clientToken().get(NOBODY_ABORTS), "TIMEOUT");
      assert.equal(spotify.askedForClientToken.length, 6);
    });

    it("may be repeated only a limited number of times", async () => {
      const spotify = scripted.current;
      spotify.clientTokens = [challenge({ prefix: "AB", length: 1 })];
      await failureOf(spotify.clientToken().get(NOBODY_ABORTS), "PROTOCOL_ERROR");
      assert.equal(spotify.askedForClientToken.length, 4);
    });

    const nonsense: Readonly<Record<string, Scripted>> = {
      "none at all": challenge(),
      "nine at once": challenge(...Array.from({ length: 9 }, () => ({ prefix: "AB", length: 1 }))),
      "one of 65 bits": challenge({ prefix: "AB", length: 65 }),
      "one of a negative number of bits": challenge({ prefix: "AB", length: -1 }),
      "a prefix that is not hex": challenge({ prefix: "XY", length: 1 }),
      "half a byte of prefix": challenge({ prefix: "ABC", length: 1 }),
      "a prefix of 2 KB": challenge({ prefix: "AB".repeat(2048), length: 1 }),
      "one of another kind": clientTokenAnswer({
        response: {
          case: "challenges",
          value: { state: "s", challenges: [{ type: ChallengeType.CHALLENGE_EVALUATE_JS }] },
        },
      }),
    };
    for (const [what, answer] of Object.entries(nonsense)) {
      it(`are refused if they are invalid: ${what}`, async () => {
        const spotify = scripted.current;
        spotify.clientTokens = [answer];
        await failureOf(spotify.clientToken().get(NOBODY_ABORTS), "PROTOCOL_ERROR");
        assert.equal(spotify.askedForClientToken.length, 1);
      });
    }
  });

  describe("if something goes wrong", () => {
    const stage = useStage();

    it("is requested three times in all", async () => {
      const { time } = stage.current;
      const spotify = scripted.current;
      spotify.clientTokens = [{ status: 503 }, { drop: true }, granted("third")];
      const third = new Outcome(spotify.clientToken().get(NOBODY_ABORTS));
      await time.until(() => !third.pending);
      assert.equal(third.result, "third");
      spotify.keptToken = undefined;
      spotify.askedForClientToken.length = 0;
      spotify.clientTokens = [{ status: 503 }];
      const none = new Outcome(spotify.clientToken().get(NOBODY_ABORTS));
      await time.until(() => !none.pending);
      assert.equal(none.error?.code, "UNREACHABLE");
      assert.equal(spotify.askedForClientToken.length, 3);
    });

    it("is waited for no longer than a minute if there is no answer", async () => {
      const { time } = stage.current;
      const spotify = scripted.current;
      spotify.clientTokens = [{ silent: true }];
      const outcome = new Outcome(spotify.clientToken().get(NOBODY_ABORTS));
      await time.until(() => !outcome.pending, 70_000);
      assert.equal(outcome.error?.code, "TIMEOUT");
    });

    it("is not available for a user's own app, and the error says so", async () => {
      const spotify = scripted.current;
      spotify.clientTokens = [{ status: 400 }];
      const error = await failureOf(
        spotify.clientToken({ clientId: OWN_APP }).get(NOBODY_ABORTS),
        "INVALID_CLIENT",
      );
      assert.equal(error.clientId, OWN_APP);
      assert.match(error.message, /Use keymaster/);
      assert.equal(spotify.askedForClientToken.length, 1);
    });

    it("is refused for the desktop client if the package is too old, and the error says so", async () => {
      const spotify = scripted.current;
      spotify.clientTokens = [{ status: 400 }];
      const error = await failureOf(spotify.clientToken().get(NOBODY_ABORTS), "INVALID_CLIENT");
      assert.match(error.message, /newer version/);
    });

    it("is not requested during a Retry-After, even after a restart", async () => {
      const spotify = scripted.current;
      spotify.clientTokens = [{ status: 429, headers: { "retry-after": "4321" } }];
      const error = await failureOf(spotify.clientToken().get(NOBODY_ABORTS), "RATE_LIMITED");
      assert.equal(error.retryAfter, 4321);
      await failureOf(spotify.clientToken().get(NOBODY_ABORTS), "RATE_LIMITED");
      assert.equal(spotify.askedForClientToken.length, 1);
      assert.deepEqual(
        spotify.keptLimits.map(({ clientId, host }) => [clientId, host]),
        [[CLIENT_IDS.keymaster, spotify.host]],
      );
    });

    const refused: Readonly<Record<string, Scripted>> = {
      nothing: {},
      "data that is not protobuf": { body: "<html>" },
      "a client error": { status: 404 },
      "more than 64 KB": { body: "x".repeat(70_000) },
      "no token": granted(""),
      "a token with a line's end": granted("a\r\nset-cookie: b"),
      "a token of 5 KB": granted("a".repeat(5_000)),
      "a life of 120 s": granted("short", { expires: 120, refresh: 60 }),
      "a negative lifetime": granted("negative", { expires: -1 }),
    };
    for (const [what, answer] of Object.entries(refused)) {
      it(`refuses ${what}`, async () => {
        const spotify = scripted.current;
        spotify.clientTokens = [answer];
        await failureOf(spotify.clientToken().get(NOBODY_ABORTS), "PROTOCOL_ERROR");
        assert.equal(spotify.keptToken, undefined);
      });
    }
  });

  describe("as days pass", () => {
    const stage = useStage();

    it("is used until the time at which Spotify wants a new one to be requested", async () => {
      const { time } = stage.current;
      const spotify = scripted.current;
      spotify.clientTokens = [granted("first"), granted("second")];
      const clientToken = spotify.clientToken();
      assert.equal(await clientToken.get(NOBODY_ABORTS), "first");
      await time.fastForward(REFRESH - 1_000);
      assert.equal(await clientToken.get(NOBODY_ABORTS), "first");
      await time.advance(2_000);
      assert.equal(await clientToken.get(NOBODY_ABORTS), "second");
      assert.equal(spotify.askedForClientToken.length, 2);
    });

    it("is used until it expires if no new one is available; a new one is requested once a minute", async () => {
      const { time } = stage.current;
      const spotify = scripted.current;
      spotify.clientTokens = [granted("first"), { status: 404 }];
      const clientToken = spotify.clientToken();
      await clientToken.get(NOBODY_ABORTS);
      await time.fastForward(REFRESH + 1_000);
      for (let i = 0; i < 10; i++) assert.equal(await clientToken.get(NOBODY_ABORTS), "first");
      assert.equal(spotify.askedForClientToken.length, 2);
      await time.advance(60_000);
      assert.equal(await clientToken.get(NOBODY_ABORTS), "first");
      assert.equal(spotify.askedForClientToken.length, 3);
      await time.fastForward(7_200_000);
      await failureOf(clientToken.get(NOBODY_ABORTS), "PROTOCOL_ERROR");
      spotify.clientTokens = [granted("second")];
      assert.equal(await clientToken.get(NOBODY_ABORTS), "second");
    });

    it("expires after a sleep of weeks, and does not become younger if the clock is set back", async () => {
      const { time } = stage.current;
      const spotify = scripted.current;
      spotify.clientTokens = [granted("first"), granted("second"), granted("third")];
      const clientToken = spotify.clientToken();
      await clientToken.get(NOBODY_ABORTS);
      time.moveCalendar(20 * DAY);
      assert.equal(await clientToken.get(NOBODY_ABORTS), "second");
      time.moveCalendar(-10 * DAY);
      assert.equal(await clientToken.get(NOBODY_ABORTS), "second");
      await time.fastForward(15 * DAY);
      assert.equal(await clientToken.get(NOBODY_ABORTS), "third");
    });

    it("is kept with its age over a restart", async () => {
      const { time } = stage.current;
      const spotify = scripted.current;
      spotify.clientTokens = [granted("first"), granted("second")];
      await spotify.clientToken().get(NOBODY_ABORTS);
      // As it is read from the file.
      const reload = (): void => {
        spotify.keptToken = parseClientToken(JSON.parse(JSON.stringify(spotify.keptToken)));
      };
      reload();
      await time.fastForward(13 * DAY);
      assert.equal(await spotify.clientToken().get(NOBODY_ABORTS), "first");
      assert.equal(spotify.askedForClientToken.length, 1);
      reload();
      await time.fastForward(2 * DAY);
      assert.equal(await spotify.clientToken().get(NOBODY_ABORTS), "second");
    });

    it("of a month is valid for a month, and no token for more than 60 days, whatever it claims", async () => {
      const { time } = stage.current;
      const spotify = scripted.current;
      spotify.clientTokens = [granted("long", { expires: 2 ** 31 - 1, refresh: 0 }), granted("next")];
      const clientToken = spotify.clientToken();
      await clientToken.get(NOBODY_ABORTS);
      await time.fastForward(59 * DAY);
      assert.equal(await clientToken.get(NOBODY_ABORTS), "long");
      await time.fastForward(DAY);
      assert.equal(await clientToken.get(NOBODY_ABORTS), "next");
    });

    it("that was stored is not used if it was changed, or if the clock was ahead when it was stored", async () => {
      const spotify = scripted.current;
      const now = Date.now();
      const good = {
        token: "kept",
        clientId: CLIENT_IDS.keymaster,
        deviceId: DEVICE_ID,
        askedAt: now - DAY,
        refreshAt: now + DAY,
        expiresAt: now + 2 * DAY,
      };
      const bad = [
        { token: "" },
        { token: "a b" },
        { token: "x".repeat(5_000) },
        { token: 5 },
        { clientId: OWN_APP },
        { deviceId: "another" },
        { askedAt: now + DAY, refreshAt: now + 2 * DAY, expiresAt: now + 3 * DAY },
        { askedAt: null },
        { refreshAt: now - 2 * DAY },
        { expiresAt: now + 90 * DAY },
        { expiresAt: "tomorrow" },
        { askedAt: now - 3 * DAY, refreshAt: now - 2 * DAY, expiresAt: now - DAY },
      ];
      const restoring = async (clientToken: unknown): Promise<string> => {
        spotify.keptToken = parseClientToken(JSON.parse(JSON.stringify(clientToken)));
        return spotify.clientToken().get(NOBODY_ABORTS);
      };
      assert.equal(await restoring(good), "kept");
      for (const change of bad) {
        const token = await restoring({ ...good, ...change });
        assert.equal(token, "a-client-token-that-is-secret", JSON.stringify(change));
      }
      for (const document of [null, [], "text", 5, {}]) {
        assert.equal(await restoring(document), "a-client-token-that-is-secret");
      }
    });
  });

  it("is requested again for a new device ID", async () => {
    const spotify = scripted.current;
    spotify.clientTokens = [granted("first"), granted("second")];
    const clientToken = spotify.clientToken();
    await clientToken.get(NOBODY_ABORTS);
    spotify.deviceId = createHash("sha1").update("another").digest("hex");
    assert.equal(await clientToken.get(NOBODY_ABORTS), "second");
  });

  it("is not used or stored after it was refused; its replacement is", async () => {
    const spotify = scripted.current;
    spotify.clientTokens = [granted("first"), granted("second")];
    const clientToken = spotify.clientToken();
    const first = await clientToken.get(NOBODY_ABORTS);
    clientToken.refused(first);
    assert.equal(spotify.keptToken, undefined);
    assert.equal(await clientToken.get(NOBODY_ABORTS), "second");
    // A late report from a slow caller.
    clientToken.refused(first);
    assert.equal(await clientToken.get(NOBODY_ABORTS), "second");
    assert.equal(spotify.askedForClientToken.length, 2);
  });
});
