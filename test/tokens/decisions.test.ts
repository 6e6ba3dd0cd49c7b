import assert from "node:assert/strict";
import { CLIENT_IDS, SpotifyError } from "../../src";
import { invalidScope } from "../../src/tokens/token-errors";
import { failureOf } from "../support/failure";
import { PoolStage } from "./support/pool-stage";

const { keymaster, android } = CLIENT_IDS;
const OWN_APP = "0123456789abcdef0123456789abcdef";
const OTHER_APP = "fedcba9876543210fedcba9876543210";
const NEVER = new AbortController().signal;
const NOT_SIGNED_IN = new SpotifyError("NOT_SIGNED_IN", "Sign in.");

describe("where a token comes from", () => {
  let stage: PoolStage;

  beforeEach(() => (stage = new PoolStage()));
  afterEach(() => stage.pool.close());

  const best = (...scopes: string[]): string => stage.pool.bestClientId(scopes);
  const noPremium = {
    since: 0,
    until: Date.now() + 60_000,
    error: new SpotifyError("PREMIUM_REQUIRED", "No."),
  };

  /** Whether a token without scopes that login5 gave before is found. */
  async function findsThatOfLogin5(clientId: string): Promise<boolean> {
    const grant = stage.grants.get(clientId);
    stage.grants.delete(clientId);
    await stage.get("", clientId);
    if (grant) stage.grants.set(clientId, grant);
    return stage.pool.cached([], clientId, undefined) !== undefined;
  }

  describe("without scopes", () => {
    it("is login5, if there is no sign-in with the client ID", async () => {
      assert.equal(await findsThatOfLogin5(keymaster), true);
    });

    it("is the app's sign-in, while it serves", async () => {
      stage.grants.set(OWN_APP, { scopes: ["streaming"] });
      const { accessToken } = await stage.get("streaming", OWN_APP);
      assert.equal(stage.pool.cached([], OWN_APP, undefined)?.accessToken, accessToken);
      assert.equal(await findsThatOfLogin5(OWN_APP), true);
      assert.equal(stage.pool.cached([], OWN_APP, undefined)?.source, "oauth");
    });

    for (const [what, change] of [
      ["has ended", () => stage.grants.set(OWN_APP, { scopes: ["streaming"], endedAt: 1 })],
      ["is held back", () => stage.heldBack.add(OWN_APP)],
      ["is refused by Spotify", () => stage.refusedApps.set(OWN_APP, noPremium)],
    ] as const) {
      it(`is decided anew for each request, if the app's sign-in ${what}`, async () => {
        stage.grants.set(OWN_APP, { scopes: ["streaming"] });
        await stage.get("streaming", OWN_APP);
        change();
        assert.equal(await findsThatOfLogin5(OWN_APP), false);
      });
    }
  });

  describe("is explained", () => {
    const explain = (...scopes: string[]): ReturnType<PoolStage["pool"]["explain"]> =>
      stage.pool.explain(scopes, keymaster, "auto");

    it("with the source, where the token would work, and each other source", async () => {
      const { source, audience, webApi, sources, clientId, scopes } = await explain("streaming");
      assert.deepEqual(
        [clientId, scopes, source, audience],
        [keymaster, ["streaming"], "keymaster", "spotify-internal"],
      );
      assert.equal(webApi?.refused, true);
      assert.deepEqual(
        sources.map((verdict) => [verdict.source, verdict.taken]),
        [
          ["oauth", false],
          ["keymaster", true],
          ["login5", false],
        ],
      );
    });

    it("with the public Web API, if it takes the token", async () => {
      stage.webApi = true;
      await stage.pool.tryWebApi(["streaming"], keymaster, NEVER);
      const { audience, webApi } = await explain("streaming");
      assert.deepEqual([audience, webApi], ["web-api", undefined]);
    });

    it("without a source and an audience, if no source can give it", async () => {
      stage.whyNoToken = NOT_SIGNED_IN;
      const { source, audience, webApi } = await explain("streaming");
      assert.deepEqual([source, audience, webApi], [undefined, undefined, undefined]);
    });

    it("with another app whose sign-in covers the scopes, if there is one", async () => {
      assert.equal((await explain("streaming")).otherApp, undefined);
      stage.grants.set(OWN_APP, { scopes: ["streaming"] });
      assert.equal((await explain("streaming")).otherApp, OWN_APP);
      assert.equal((await explain()).otherApp, undefined);
      stage.grants.clear();
      stage.grants.set(keymaster, { scopes: ["streaming"] });
      assert.equal((await explain("streaming")).otherApp, undefined);
    });

    it("with what Spotify has refused, by source", async () => {
      stage.answer = ({ clientId, scopes }) =>
        Promise.reject(invalidScope(clientId, scopes, scopes, stage.current));
      await failureOf(stage.get("user-read-email"), "INVALID_SCOPE");
      const { sources } = await explain("user-read-email");
      assert.equal(sources.find(({ source }) => source === "keymaster")?.reason, "refused-scopes");
      assert.equal((await explain("streaming")).source, "keymaster");
    });
  });

  describe("with the best client ID", () => {
    it("is the app whose sign-in covers the scopes", () => {
      stage.grants.set(OWN_APP, { scopes: ["streaming"] });
      assert.equal(best("streaming"), OWN_APP);
    });

    it("is an app whose sign-in does not cover them, while the Web API refuses Spotify's own: its error helps", async () => {
      stage.grants.set(OWN_APP, { scopes: [] });
      assert.equal(best("streaming"), OWN_APP);
      stage.webApi = true;
      await stage.pool.tryWebApi(["streaming"], keymaster, NEVER);
      assert.equal(best("streaming"), keymaster);
    });

    it("is not an app that is reported to be refused one of the scopes", () => {
      stage.grants.set(OWN_APP, { scopes: [] });
      assert.equal(best("user-read-birthdate"), keymaster);
    });

    it("is one of Spotify's own whose sign-in covers them, if the Web API takes it", async () => {
      stage.grants.set(android, { scopes: ["streaming"] });
      assert.equal(best("streaming"), android);
      stage.grants.set(OWN_APP, { scopes: [] });
      assert.equal(best("streaming"), OWN_APP);
      stage.webApi = true;
      await stage.pool.tryWebApi(["streaming"], android, NEVER);
      assert.equal(best("streaming"), android);
    });

    it("is the refused app that covers the scopes, if only apps are signed in: its error says what to do", () => {
      stage.grants.set(OWN_APP, { scopes: ["streaming"] });
      stage.grants.set(OTHER_APP, { scopes: [] });
      stage.refusedApps.set(OWN_APP, noPremium);
      assert.equal(best("streaming"), OTHER_APP);
      stage.whyNoToken = NOT_SIGNED_IN;
      assert.equal(best("streaming"), OWN_APP);
      stage.whyNoToken = new SpotifyError("TRAVEL_RESTRICTION", "Go home.");
      assert.equal(best("streaming"), OTHER_APP);
    });

    it("is one of Spotify's own that covers the scopes rather than an app that Spotify refuses", () => {
      stage.whyNoToken = NOT_SIGNED_IN;
      stage.grants.set(OWN_APP, { scopes: ["streaming"] });
      stage.grants.set(android, { scopes: ["streaming"] });
      stage.refusedApps.set(OWN_APP, noPremium);
      assert.equal(best("streaming"), android);
    });

    it("is the session's while nothing is signed in", () => {
      stage.whyNoToken = NOT_SIGNED_IN;
      assert.equal(best("streaming"), keymaster);
    });

    it("is the session's, or KEYMASTER if the session's is refused the scopes", async () => {
      (stage.current as { clientId: string }).clientId = android;
      assert.equal(best("streaming"), android);
      assert.equal(best("user-top-read"), keymaster, "as is reported");
      stage.answer = ({ clientId, scopes }) =>
        Promise.reject(invalidScope(clientId, scopes, scopes, stage.current));
      await failureOf(stage.get("streaming", android), "INVALID_SCOPE");
      assert.equal(best("streaming"), keymaster, "as was seen");
    });
  });
});
