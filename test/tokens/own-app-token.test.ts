import assert from "node:assert/strict";
import { CLIENT_IDS, type Session } from "../../src";
import { OwnAppToken } from "../../src/tokens/own-app-token";
import { failureOf, thrownBy } from "../support/failure";
import { signInWithApp } from "../support/own-app";
import { useStage } from "../support/stage";

const NEVER = new AbortController().signal;
const READ = ["user-read-playback-state"];
const OTHER = "0123456789abcdef0123456789abcdef";

describe("The token of the user's own app", () => {
  const stage = useStage();
  let session: Session;

  const signIn = (scopes: readonly string[]): Promise<string> =>
    signInWithApp(stage.current.simulator, session, stage.current.account(), scopes);
  const refreshes = (): number =>
    stage.current.simulator.stats.tokenRequests.filter(({ grantType }) => grantType === "refresh_token")
      .length;

  /** @param covering app whose sign-in covers the scopes @param own app that was signed in last */
  const ofApps = (covering: string | undefined, own = covering): OwnAppToken =>
    new OwnAppToken(session.tokens, { appFor: () => covering, ownApp: () => own }, READ);

  beforeEach(() => (session = stage.current.session(undefined)));

  it("belongs to the app whose sign-in covers the scopes", async () => {
    const app = await signIn([...READ, "user-top-read"]);
    const token = ofApps(app, OTHER);
    assert.equal(token.clientId, app);
    const issued = stage.current.simulator.accounts.findToken(await token.get(NEVER));
    assert.equal(issued?.clientId, app);
    assert.ok(READ.every((scope) => issued.scopes.includes(scope)));
  });

  it("is a different one after it was refused", async () => {
    const token = ofApps(await signIn(READ));
    const first = await token.get(NEVER);
    assert.equal(await token.get(NEVER), first);
    token.refused(first);
    assert.notEqual(await token.get(NEVER), first);
  });

  it("is missing, with advice and without a request, if the sign-in does not cover the scopes", async () => {
    const app = await signIn(["user-top-read"]);
    const before = refreshes();
    const error = await failureOf(ofApps(undefined, app).get(NEVER), "INVALID_SCOPE");
    assert.match(error.message, /does not cover user-read-playback-state\. .*sign in again with it/);
    assert.equal(error.clientId, app);
    assert.equal(refreshes(), before);
  });

  for (const [who, covering] of [
    ["there is no sign-in", undefined],
    ["the account was only paired", CLIENT_IDS.keymaster],
  ] as const) {
    it(`is missing if no app is signed in: ${who}`, async () => {
      const token = new OwnAppToken(
        session.tokens,
        { appFor: () => covering, ownApp: () => undefined },
        READ,
      );
      assert.match(thrownBy(() => token.clientId, "NOT_SIGNED_IN").message, /app of your own/);
      await failureOf(token.get(NEVER), "NOT_SIGNED_IN");
    });
  }
});
