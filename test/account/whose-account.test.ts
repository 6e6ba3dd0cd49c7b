import assert from "node:assert/strict";
import { SpotifyError } from "../../src";
import { AuthenticationType, type Credentials } from "../../src/access-point/credentials";
import type { Account } from "../../src/account/account";
import type { AccountLogin } from "../../src/account/account-login";
import type { Grants } from "../../src/account/grants";
import { WhoseAccount } from "../../src/account/whose-account";
import { failureOf } from "../support/failure";

const CONFIGURED: Credentials = {
  username: "mira@example.org",
  authType: AuthenticationType.AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS,
  authData: Buffer.from("configured"),
};
const { signal } = new AbortController();

describe("Whose account a sign-in is of", () => {
  let account: { knownAs: string | undefined; configured: Credentials | undefined };
  let usernames: string[];
  let tried: Credentials[];
  /** What Spotify answers. */
  let answer: () => string;
  let whose: WhoseAccount;

  beforeEach(() => {
    account = { knownAs: undefined, configured: undefined };
    usernames = [];
    tried = [];
    answer = () => "mira";
    const login: Pick<AccountLogin, "once"> = {
      once: async (credentials) => {
        tried.push(credentials);
        return Promise.resolve({ username: answer(), credentials });
      },
    };
    whose = new WhoseAccount(
      account as Account,
      { usernames: () => usernames } as Grants,
      login as AccountLogin,
      { usernameOf: async () => Promise.resolve(answer()) },
    );
  });

  const refuse = (code: SpotifyError["code"]): void => {
    answer = () => {
      throw new SpotifyError(code, `It was ${code}.`);
    };
  };

  it("is compared with the account that has logged in", async () => {
    account.knownAs = "mira";
    usernames = ["another"];
    assert.equal(whose.known, "mira");
    await whose.check("mira", signal);
    await failureOf(whose.check("noor", signal), "INVALID_ARGUMENT");
    assert.deepEqual(tried, []);
  });

  it("is compared with that of an app if there is no login", async () => {
    usernames = ["mira"];
    assert.equal(whose.known, "mira");
    await failureOf(whose.check("noor", signal), "INVALID_ARGUMENT");
  });

  it("may be any if there is no sign-in", async () => {
    assert.equal(whose.known, undefined);
    await whose.check("noor", signal);
    assert.deepEqual(tried, []);
  });

  describe("beside a configured credential that has not logged in yet", () => {
    beforeEach(() => {
      account.configured = CONFIGURED;
    });

    it("is compared with the name that Spotify gives for it", async () => {
      await whose.check("mira", signal);
      assert.deepEqual(tried, [CONFIGURED]);
      await failureOf(whose.check("noor", signal), "INVALID_ARGUMENT");
    });

    it("needs no login if the names are the same", async () => {
      await whose.check("mira@example.org", signal);
      assert.deepEqual(tried, []);
    });

    it("may be any if Spotify refuses the credential", async () => {
      refuse("BAD_CREDENTIALS");
      await whose.check("noor", signal);
    });

    it("stays open if Spotify cannot be asked", async () => {
      refuse("UNREACHABLE");
      await failureOf(whose.check("noor", signal), "UNREACHABLE");
    });
  });

  describe("with an app", () => {
    it("is what the Web API says of its token", async () => {
      assert.equal(await whose.ofToken("app", "token", signal), "mira");
    });

    for (const code of ["RATE_LIMITED", "UNREACHABLE", "TIMEOUT"] as const)
      it(`is not known yet if the Web API answers with ${code}, which passes`, async () => {
        refuse(code);
        assert.equal(await whose.ofToken("app", "token", signal), undefined);
      });

    it("fails if the Web API refuses the app", async () => {
      refuse("PREMIUM_REQUIRED");
      await failureOf(whose.ofToken("app", "token", signal), "PREMIUM_REQUIRED");
    });

    it("fails with an error of the program itself", async () => {
      answer = () => {
        throw Object.assign(new Error("A bug."), { code: "TIMEOUT" });
      };
      await assert.rejects(whose.ofToken("app", "token", signal), /A bug/);
    });
  });
});
