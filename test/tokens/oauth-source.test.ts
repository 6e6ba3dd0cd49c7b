import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { CLIENT_IDS, MemoryStateStore, SpotifyError } from "../../src";
import { parseGrants } from "../../src/account/grant";
import { Grants } from "../../src/account/grants";
import type { MintedToken } from "../../src/core/token";
import { OAuthRefusal, type TokenEndpoint } from "../../src/oauth/token-endpoint";
import type { AppCheck } from "../../src/tokens/app-check";
import type { Refusal } from "../../src/tokens/decide";
import { OAuth } from "../../src/tokens/oauth";
import { failureOf, Outcome } from "../support/failure";
import { CLIENT_ID, grantWith } from "../support/grant";
import { sliceOf } from "../support/slice";

const OTHER_ID = "f".repeat(32);
const NOW = Date.UTC(2026, 5, 1);
const NEVER = new AbortController().signal;
const ANSWER = { accessToken: "access", lifetime: 3600, scopes: null, refreshToken: undefined };
const REVOKED = new OAuthRefusal("invalid_grant", CLIENT_ID);
const OUTAGE = new SpotifyError("UNREACHABLE", "Nothing answers.");

type Answer = Awaited<ReturnType<TokenEndpoint["ask"]>>;

describe("tokens of the grant of an app", () => {
  let clock: Clock & { uninstall(): void };
  let store: MemoryStateStore;
  let grants: Grants;
  let oauth: OAuth;
  /** The name of this copy of the user directory, if it is one. */
  let copyId: string | undefined;
  let isShared: boolean;
  let had: Set<string>;
  let refusals: Map<string, Refusal>;
  let check: AppCheck["check"];
  /** The refresh tokens that were used, and what each use was answered. */
  let used: string[];
  let answer: () => Answer | Error | Promise<Answer | Error>;
  /** Runs when this session has its turn. */
  let onTurn: () => unknown;

  beforeEach(async () => {
    clock = FakeTimers.install({ now: NOW, toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    store = new MemoryStateStore();
    grants = new Grants(sliceOf("grants", parseGrants, store), () => copyId);
    [copyId, isShared, had, refusals, used] = [undefined, false, new Set(), new Map(), []];
    check = () => Promise.resolve();
    answer = () => ({ ...ANSWER });
    onTurn = () => undefined;
    const endpoint = {
      ask: async (_clientId: string, form: Record<string, string>): Promise<Answer> => {
        assert.equal(form["grant_type"], "refresh_token");
        used.push(form["refresh_token"]!);
        const result = await answer();
        if (result instanceof Error) throw result;
        return result;
      },
    };
    const apps = {
      refusal: (clientId: string) => refusals.get(clientId),
      check: (...grant: Parameters<AppCheck["check"]>) => check(...grant),
    };
    oauth = new OAuth(grants, endpoint as unknown as TokenEndpoint, apps as unknown as AppCheck, {
      get isShared() {
        return isShared;
      },
      inTurn: async (name, _signal, refresh) => {
        assert.equal(name, `refresh ${CLIENT_ID}`);
        await onTurn();
        return refresh();
      },
      hasHad: (accessToken) => had.has(accessToken),
    });
  });
  afterEach(() => clock.uninstall());

  const mint = (...scopes: string[]): Promise<MintedToken> => oauth.mint(scopes, CLIENT_ID, NEVER);

  /** What `promise` comes to while time passes. */
  async function settled<T>(promise: Promise<T>): Promise<Outcome<T>> {
    const outcome = new Outcome(promise);
    for (let seconds = 0; outcome.pending && seconds < 60; seconds++) await clock.tickAsync(1_000);
    return outcome;
  }

  it("have the scopes of the grant, unless Spotify names others, and count from when they were asked for", async () => {
    await grants.add(grantWith());
    const expected = {
      accessToken: "access",
      lifetime: 3600,
      askedAt: NOW,
      scopes: ["streaming"],
      source: "oauth",
    };
    assert.deepEqual(await mint("streaming"), expected);
    answer = () => ({ ...ANSWER, scopes: ["streaming", "user-top-read"] });
    assert.deepEqual((await mint("streaming")).scopes, ["streaming", "user-top-read"]);
    assert.deepEqual(used, ["refresh", "refresh"]);
  });

  it("need a grant that is good and used here; otherwise other sessions are not waited for", async () => {
    onTurn = () => assert.fail();
    await failureOf(mint("streaming"), "NOT_SIGNED_IN");
    await grants.add(grantWith({ refreshToken: "", endedAt: 1 }));
    await failureOf(mint("streaming"), "SIGN_IN_EXPIRED");
    await grants.add(grantWith({ copyId: "another" }));
    copyId = "here";
    assert.equal(oauth.isHeldBack(CLIENT_ID), true);
    assert.equal(oauth.isHeldBack(OTHER_ID), false);
    assert.match((await failureOf(mint("streaming"), "NOT_SIGNED_IN")).message, /is a copy/);
    assert.deepEqual(used, []);
  });

  it("are refused if Spotify has taken the scopes away", async () => {
    await grants.add(grantWith({ scopes: ["streaming", "user-top-read"] }));
    answer = () => ({ ...ANSWER, scopes: ["streaming"] });
    const error = await failureOf(mint("streaming", "user-top-read"), "INVALID_SCOPE");
    assert.match(error.message, /does not cover user-top-read\./);
    assert.deepEqual(error.scopes, ["streaming", "user-top-read"]);
  });

  it("are asked for once, however many wait, and each time anew after that", async () => {
    await grants.add(grantWith());
    const both = await Promise.all([mint("streaming"), mint()]);
    assert.equal(both[0], both[1]);
    assert.equal(used.length, 1);
    await mint();
    assert.equal(used.length, 2);
  });

  it("come with a refresh token that takes the place of the one before", async () => {
    await grants.add(grantWith());
    answer = () => ({ ...ANSWER, refreshToken: "next" });
    await mint();
    await mint();
    assert.deepEqual(used, ["refresh", "next"]);
  });

  it("are of no use if they live for a minute", async () => {
    await grants.add(grantWith());
    answer = () => ({ ...ANSWER, lifetime: 60 });
    await failureOf(mint(), "PROTOCOL_ERROR");
    answer = () => ({ ...ANSWER, lifetime: 61 });
    assert.ok(await mint());
  });

  it("are not handed out if the user signs out meanwhile", async () => {
    await grants.add(grantWith());
    answer = async () => {
      await grants.remove(CLIENT_ID);
      return { ...ANSWER };
    };
    await failureOf(mint(), "NOT_SIGNED_IN");
  });

  describe("while Spotify fails", () => {
    for (const [what, error, tries] of [
      ["cannot be reached", OUTAGE, 3],
      ["does not answer in time", new SpotifyError("TIMEOUT", "No answer."), 3],
      ["refuses the app", new OAuthRefusal("invalid_client", CLIENT_ID), 1],
      ["is asked too often", new SpotifyError("RATE_LIMITED", "Wait."), 1],
      ["does something unknown", new RangeError("?"), 1],
    ] as const) {
      it(`are asked for ${tries === 1 ? "once" : "three times"} if it ${what}`, async () => {
        await grants.add(grantWith());
        answer = () => error;
        assert.equal((await settled(mint())).error, error);
        assert.equal(used.length, tries);
        assert.deepEqual(grants.all(), [grantWith()]);
      });
    }
  });

  describe("if Spotify no longer accepts the refresh token", () => {
    it("end, with the grant", async () => {
      await grants.add(grantWith());
      answer = () => REVOKED;
      await failureOf(mint(), "SIGN_IN_EXPIRED");
      assert.equal(grants.get(CLIENT_ID)?.endedAt, NOW);
      await failureOf(mint(), "SIGN_IN_EXPIRED");
      assert.equal(used.length, 1);
    });

    it("are asked for once with the one that another process has stored", async () => {
      await grants.add(grantWith());
      answer = async () => {
        if (used.length > 1) return { ...ANSWER };
        const others = new Grants(sliceOf("grants", parseGrants, store));
        await others.reread();
        await others.add(grantWith({ refreshToken: "theirs" }));
        return REVOKED;
      };
      assert.ok(await mint());
      assert.deepEqual(used, ["refresh", "theirs"]);
    });

    it("end, if that of the other process is refused, too", async () => {
      await grants.add(grantWith());
      answer = async () => {
        const others = new Grants(sliceOf("grants", parseGrants, store));
        await others.reread();
        await others.add(grantWith({ refreshToken: `theirs ${used.length}` }));
        return REVOKED;
      };
      await failureOf(mint(), "SIGN_IN_EXPIRED");
      assert.deepEqual(used, ["refresh", "theirs 1"]);
    });

    it("end, if another process has signed out", async () => {
      await grants.add(grantWith());
      answer = async () => {
        const others = new Grants(sliceOf("grants", parseGrants, store));
        await others.reread();
        await others.remove(CLIENT_ID);
        return REVOKED;
      };
      assert.equal((await settled(mint())).error, REVOKED);
      assert.equal(used.length, 1);
    });

    it("end, if another process was refused it, too", async () => {
      await grants.add(grantWith());
      answer = async () => {
        const others = new Grants(sliceOf("grants", parseGrants, store));
        await others.reread();
        await others.end(CLIENT_ID, "refresh");
        return REVOKED;
      };
      await failureOf(mint(), "SIGN_IN_EXPIRED");
      assert.equal(used.length, 1);
    });
  });

  it("go on being asked for if the caller has left: the refresh token may be another one by then", async () => {
    await grants.add(grantWith());
    let give = (): void => undefined;
    answer = () => new Promise((resolve) => (give = () => resolve({ ...ANSWER, refreshToken: "next" })));
    const caller = new AbortController();
    const token = new Outcome(oauth.mint([], CLIENT_ID, caller.signal));
    await clock.tickAsync(1);
    caller.abort(OUTAGE);
    await clock.tickAsync(1);
    assert.equal(token.error, OUTAGE);
    give();
    await clock.tickAsync(1);
    assert.equal(grants.get(CLIENT_ID)?.refreshToken, "next");
  });

  describe("of an account that several sessions share", () => {
    const THEIRS = { accessToken: "theirs", askedAt: NOW, lifetime: 3600, scopes: ["streaming"] };

    beforeEach(async () => {
      isShared = true;
      await grants.add(grantWith());
    });

    /** What another session does while this one waits for its turn. */
    async function elsewhere(change: (others: Grants) => Promise<unknown>): Promise<void> {
      const others = new Grants(sliceOf("grants", parseGrants, store));
      await others.reread();
      await change(others);
      await grants.reread();
    }

    const mintedElsewhere = (minted = THEIRS) =>
      elsewhere((others) => others.refreshed(CLIENT_ID, "refresh", { scopes: null }, minted));

    it("are kept for the others", async () => {
      await mint();
      assert.deepEqual(grants.get(CLIENT_ID)?.minted, {
        accessToken: "access",
        askedAt: NOW,
        lifetime: 3600,
        scopes: ["streaming"],
      });
    });

    it("are not kept for the others if they are of no use", async () => {
      answer = () => ({ ...ANSWER, lifetime: 60 });
      await failureOf(mint(), "PROTOCOL_ERROR");
      assert.equal(grants.get(CLIENT_ID)?.minted, undefined);
    });

    it("are those that another session was given meanwhile", async () => {
      onTurn = () => mintedElsewhere();
      assert.deepEqual(await mint("streaming"), { ...THEIRS, source: "oauth" });
      assert.deepEqual(used, []);
    });

    it("are those that another session was given before, if this session has not had them", async () => {
      await mintedElsewhere();
      assert.equal((await mint()).accessToken, "theirs");
    });

    it("are asked for if this session has had those of the others, or if these will soon end", async () => {
      await mintedElsewhere();
      had.add("theirs");
      assert.equal((await mint()).accessToken, "access");
      await mintedElsewhere({ ...THEIRS, accessToken: "old", lifetime: 60 });
      assert.equal((await mint()).accessToken, "access");
      await mintedElsewhere({ ...THEIRS, accessToken: "late", lifetime: 61 });
      assert.equal((await mint()).accessToken, "late");
    });

    it("need the grant that is there when it is this session's turn", async () => {
      onTurn = () => elsewhere((others) => others.end(CLIENT_ID, "refresh"));
      await failureOf(mint(), "SIGN_IN_EXPIRED");
      await grants.add(grantWith());
      onTurn = () => elsewhere((others) => others.remove(CLIENT_ID));
      await failureOf(mint(), "NOT_SIGNED_IN");
      assert.deepEqual(used, []);
    });
  });

  describe("of an app that may not be used", () => {
    it("are not handed out", async () => {
      await grants.add(grantWith());
      check = (grant, accessToken) => {
        assert.deepEqual([grant, accessToken], [grantWith(), "access"]);
        return Promise.reject(new SpotifyError("PREMIUM_REQUIRED", "The owner has none."));
      };
      await failureOf(mint(), "PREMIUM_REQUIRED");
    });
  });

  describe("of an account whose name is not known yet", () => {
    const UNNAMED = grantWith({ username: undefined });

    beforeEach(async () => {
      await grants.add(UNNAMED);
      check = () => Promise.reject(OUTAGE);
    });

    it("wait for the name; meanwhile Spotify is asked for one token", async () => {
      await failureOf(mint(), "UNREACHABLE");
      answer = () => ({ ...ANSWER, accessToken: "second" });
      await failureOf(mint(), "UNREACHABLE");
      check = () => Promise.resolve();
      clock.tick(3_539_000);
      assert.equal((await mint()).accessToken, "access");
      assert.equal(used.length, 1);
      assert.equal((await mint()).accessToken, "second");
    });

    it("are asked for again if the one that waits will soon end, or is that of an earlier sign-in", async () => {
      await failureOf(mint(), "UNREACHABLE");
      clock.tick(3_540_000);
      await failureOf(mint(), "UNREACHABLE");
      assert.equal(used.length, 2);
      await grants.add({ ...UNNAMED, authorizedAt: 2 });
      await failureOf(mint(), "UNREACHABLE");
      assert.equal(used.length, 3);
    });

    it("are asked for each time once the name is known", async () => {
      await grants.add(grantWith());
      await failureOf(mint(), "UNREACHABLE");
      await failureOf(mint(), "UNREACHABLE");
      assert.equal(used.length, 2);
    });
  });

  describe("for any app", () => {
    const premium = {
      since: 0,
      until: NOW,
      error: new SpotifyError("PREMIUM_REQUIRED", "The owner has none."),
    };

    it("are of the one whose grant covers the scopes: an own app before Spotify's, and none that is refused", async () => {
      assert.deepEqual([oauth.appFor([]), oauth.ownApp()], [undefined, undefined]);
      await grants.add(grantWith({ clientId: CLIENT_IDS.ios, authorizedAt: 9 }));
      assert.deepEqual([oauth.appFor(["streaming"]), oauth.ownApp()], [CLIENT_IDS.ios, undefined]);
      await grants.add(grantWith());
      assert.deepEqual([oauth.appFor(["streaming"]), oauth.appFor(["x"])], [CLIENT_ID, undefined]);
      refusals.set(CLIENT_ID, premium);
      assert.equal(oauth.refusal(CLIENT_ID), premium);
      assert.deepEqual(
        [oauth.appFor(["streaming"]), oauth.appFor(["streaming"], true)],
        [CLIENT_IDS.ios, CLIENT_ID],
      );
      refusals.set(CLIENT_IDS.ios, premium);
      assert.equal(oauth.appFor(["streaming"]), undefined);
    });

    it("are else of the own app that was signed in last, or of one that has ended", async () => {
      await grants.add(grantWith({ clientId: CLIENT_IDS.ios, authorizedAt: 9 }));
      await grants.add(grantWith({ refreshToken: "", endedAt: 1 }));
      assert.equal(oauth.ownApp(), CLIENT_ID);
      await grants.add(grantWith({ clientId: OTHER_ID, scopes: [], authorizedAt: 5 }));
      assert.equal(oauth.ownApp(), OTHER_ID);
    });

    it("have the grant of the client ID", async () => {
      await grants.add(grantWith());
      assert.deepEqual([oauth.grant(CLIENT_ID), oauth.grant(OTHER_ID)], [grantWith(), undefined]);
    });
  });

  describe("that are under way when the account is closed", () => {
    it("are waited for, because their refresh token must not be lost", async () => {
      await grants.add(grantWith());
      let give = (): void => undefined;
      answer = () => new Promise((resolve) => (give = () => resolve({ ...ANSWER, refreshToken: "next" })));
      const token = new Outcome(mint());
      await clock.tickAsync(1);
      const closed = new Outcome(oauth.close());
      await clock.tickAsync(1_000);
      assert.ok(closed.pending);
      give();
      await clock.tickAsync(1);
      assert.deepEqual([closed.pending, token.pending], [false, false]);
      assert.equal(grants.get(CLIENT_ID)?.refreshToken, "next");
    });

    it("are waited for eight seconds at most", async () => {
      await grants.add(grantWith());
      answer = () => new Promise(() => undefined);
      void mint().catch(() => undefined);
      await clock.tickAsync(1);
      const closed = new Outcome(oauth.close());
      await clock.tickAsync(7_999);
      assert.ok(closed.pending);
      await clock.tickAsync(1);
      assert.equal(closed.pending, false);
    });
  });
});
