import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { parseClientId, Session, SpotifyError, type SpotifyErrorCode } from "../../src";
import { loginFailure, type LoginFailure } from "../../src/access-point/login-failure";
import { ERROR_GUIDE, type Retry } from "../../src/core/error-guide";
import { HttpClient } from "../../src/net/client";
import { RateLimitGuard } from "../../src/net/rate-limit-guard";
import { codeWanted, Login5Failure } from "../../src/login5/login5-failure";
import { APLoginFailedSchema, ErrorCode } from "../../src/proto/gen/keyexchange_pb";
import { LoginError } from "../../src/proto/gen/login5_pb";
import { notSignedIn } from "../../src/account/not-signed-in";
import { Profile } from "../../src/web-api/profile";
import { OAuthRefusal } from "../../src/oauth/token-endpoint";
import { CachedToken } from "../../src/tokens/cached-token";
import { Renewals } from "../../src/tokens/renewals";
import { invalidScope, refusedAccount } from "../../src/tokens/token-errors";
import { CLIENT_IDS } from "../../src/core/knowledge";
import type { Account } from "../simulator";
import { failureOf, thrownBy } from "../support/failure";
import { useStage } from "../support/stage";

const ROOT = join(__dirname, "..", "..");
const OWN_APP = "0123456789abcdef0123456789abcdef";
const CODES = Object.keys(ERROR_GUIDE) as SpotifyErrorCode[];

const numbers = (of: object): number[] => Object.values(of).filter((value) => typeof value === "number");

const refusedLogins = (): LoginFailure[] =>
  numbers(ErrorCode).map((errorCode) => loginFailure(create(APLoginFailedSchema, { errorCode })));
const refusedLogin5 = (): Login5Failure[] =>
  numbers(LoginError).flatMap((error) =>
    [CLIENT_IDS.keymaster, OWN_APP].map((clientId) => new Login5Failure(error, clientId)),
  );
const OAUTH = [
  "invalid_grant",
  "invalid_client",
  "unauthorized_client",
  "unsupported_grant_type",
  "invalid_scope",
  "invalid_request",
  "access_denied",
  "expired_token",
  "authorization_pending",
  "slow_down",
  "something new",
];

describe("the guide to the errors", () => {
  const stage = useStage();

  /** A session that controls an account whose kitchen plays. */
  async function controlling(
    prepare: (playback: Account["playback"]) => void = () => undefined,
  ): Promise<Session> {
    stage.current.simulator.faults.wrongKey = false;
    const account = stage.current.account();
    prepare(account.playback);
    return stage.current.connected(account, { observe: true });
  }

  /** The error that the library gives in each situation whose sentences are in the guide. */
  const SITUATIONS: Record<SpotifyErrorCode, () => SpotifyError | Promise<SpotifyError>> = {
    INVALID_SCOPE: () =>
      invalidScope(CLIENT_IDS.android, ["user-top-read"], ["user-top-read"], {
        clientId: CLIENT_IDS.android,
        reason: "configured",
        since: 0,
      }),
    REQUEST_REFUSED: () =>
      refusedAccount({ clientId: CLIENT_IDS.keymaster }, { since: Date.UTC(2026, 0, 1), until: 0 }),
    INVALID_CLIENT: () => new OAuthRefusal("invalid_client", OWN_APP),
    NOT_SIGNED_IN: () => notSignedIn(),
    SIGN_IN_EXPIRED: () => new OAuthRefusal("invalid_grant", OWN_APP),
    BAD_CREDENTIALS: () => loginFailure(create(APLoginFailedSchema, { errorCode: ErrorCode.BadCredentials })),
    PREMIUM_REQUIRED: () => {
      const body = Buffer.from("Active premium subscription required for the owner of the app.");
      const http = { request: () => Promise.resolve({ status: 403, headers: {}, body }) };
      const guard = new RateLimitGuard(() => undefined);
      const profile = new Profile(http as unknown as HttpClient, guard, "https://api.spotify.com");
      return failureOf(profile.usernameOf(OWN_APP, "a token"));
    },
    TRAVEL_RESTRICTION: () =>
      loginFailure(create(APLoginFailedSchema, { errorCode: ErrorCode.TravelRestriction })),
    RATE_LIMITED: () => {
      const guard = new RateLimitGuard(() => undefined);
      const answer = { status: 429, headers: { "retry-after": "90" }, body: Buffer.alloc(0) };
      return thrownBy(() => guard.learn(OWN_APP, "accounts.spotify.com", answer));
    },
    UNREACHABLE: async () => {
      const http = new HttpClient();
      stage.current.after(() => http.close());
      // A port that no ordinary server may use.
      const options = { timeout: 5_000, maxBytes: 1 };
      return failureOf(http.request("http://127.0.0.1:1/", options));
    },
    TIMEOUT: () => new OAuthRefusal("expired_token", OWN_APP),
    UNTRUSTED_SERVER: () => {
      stage.current.simulator.faults.wrongKey = true;
      return failureOf(stage.current.session(stage.current.account()).connect());
    },
    PROTOCOL_ERROR: () => new OAuthRefusal("invalid_request", OWN_APP),
    INVALID_ARGUMENT: () => thrownBy(() => parseClientId("spotify")),
    CLOSED: async () => {
      const session = new Session();
      await session.close();
      return failureOf(session.tokens.getToken(["streaming"]));
    },
    NO_ACTIVE_DEVICE: async () => {
      const session = await controlling((playback) => playback.stop());
      return failureOf(session.player.resume());
    },
    DEVICE_NOT_FOUND: async () => {
      const session = await controlling();
      return failureOf(session.player.pause({ device: "Bathroom", wake: false }));
    },
    RESTRICTED: async () => {
      const session = await controlling((playback) => playback.advert(30));
      return failureOf(session.player.next());
    },
    NOT_CONFIRMED: async () => {
      const session = await controlling(({ devices }) => (devices[0]!.conduct.isDeaf = true));
      return failureOf(session.player.pause({ timeout: 200 }));
    },
  };

  for (const code of CODES) {
    it(`has the library's own error as its example of ${code}`, async () => {
      const error = await SITUATIONS[code]();
      assert.equal(error.code, code);
      // The time that is left for a command depends on how busy the machine is.
      const message = error.message.replace(/within 0\.\d s/, "within 0.2 s");
      assert.equal(message.replace("127.0.0.1:1 ", "accounts.spotify.com "), ERROR_GUIDE[code].example);
    });
  }

  it("has every code, and the library uses each of them", () => {
    const declared = [...read("src/core/errors.ts").matchAll(/^ {2}\| "([A-Z_]+)"/gm)].map(
      ([, code]) => code!,
    );
    assert.deepEqual(CODES.toSorted(), declared.toSorted());
    const sources = [...files("src"), ...files("nodes")].filter(
      (path) => !/src\/core\/(errors|error-guide)\.ts$|\/proto\/gen\//.test(path),
    );
    const text = sources.map(read).join("\n");
    assert.deepEqual(
      CODES.filter((code) => !text.includes(`"${code}"`)),
      [],
    );
  });

  it("says for each, in whole sentences, what happened and what to do", () => {
    for (const code of CODES) {
      const { cause, action, example } = ERROR_GUIDE[code];
      for (const text of [cause, action, example]) assert.match(text, /^[\w“].*\.$/, code);
    }
  });

  describe("says whether another try helps", () => {
    const retryOf = (code: SpotifyErrorCode): Retry => ERROR_GUIDE[code].retry;

    it("as the session does, after a login that is refused", () => {
      for (const { code, disposition, message } of refusedLogins()) {
        assert.equal(retryOf(code) === "no", disposition === "stop" || disposition === "confirm", message);
      }
    });

    it("as Login5 does", () => {
      for (const { code, mayPass, message } of refusedLogin5()) {
        if (mayPass) assert.notEqual(retryOf(code), "no", message);
      }
    });

    it("as renewals do", async () => {
      const { time } = stage.current;
      const renewed = new Map<SpotifyErrorCode, number>();
      for (const code of CODES) {
        const token = CachedToken.minted(
          { accessToken: code, lifetime: 3_600, scopes: null, source: "keymaster" },
          CLIENT_IDS.keymaster,
          ["streaming"],
          Date.now(),
        );
        const renewals = new Renewals(() => {
          renewed.set(code, (renewed.get(code) ?? 0) + 1);
          return Promise.reject(new SpotifyError(code, "It failed."));
        });
        token.inUse = true;
        renewals.plan(token);
        stage.current.after(() => renewals.clear());
      }
      await time.advance(52 * 60_000);
      const lasting = CODES.filter((code) => renewed.get(code) === 1);
      assert.deepEqual(
        lasting,
        CODES.filter((code) => retryOf(code) === "no"),
      );
    });
  });

  /** What a message tells the user to do → what the guide must tell the user too. */
  const ADVICE: readonly [RegExp, RegExp][] = [
    [/sign in again/i, /sign in/i],
    [/update this package|newer version/i, /update this package/i],
    [/sign in with your own|token of your own/i, /app of your own/i],
    [/ on spotify\.com/i, / on spotify\.com/i],
    [/developer\.spotify\.com/i, /developer\.spotify\.com/i],
    [/"best"/, /Best choice/],
    [/check the network/i, /check the network/i],
    [/country/i, /country/i],
    [/deploy again/i, /deploy again/i],
    [/open the .* dialog/i, /open the .* dialog/i],
    [/ask again in/i, /retryAfter/],
    [/ask for a new one/i, /new code/i],
    [/keymaster unless/i, /keymaster/i],
    [/premium/i, /premium/i],
  ];

  it("gives the same advice as the messages", async () => {
    const errors: SpotifyError[] = [
      ...refusedLogins(),
      ...refusedLogin5(),
      codeWanted(CLIENT_IDS.keymaster),
      notSignedIn(true),
      ...OAUTH.map((error) => new OAuthRefusal(error, OWN_APP)),
    ];
    for (const code of CODES) errors.push(await SITUATIONS[code]());
    let compared = 0;
    for (const { code, message } of errors) {
      for (const [said, expected] of ADVICE) {
        if (!said.test(message)) continue;
        assert.match(ERROR_GUIDE[code].action, expected, `${code}: ${message}`);
        compared++;
      }
    }
    assert.ok(compared > 30, String(compared));
  });
});

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

function files(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path));
}
