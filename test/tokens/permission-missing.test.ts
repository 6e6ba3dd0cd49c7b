import assert from "node:assert/strict";
import { CLIENT_IDS, type Session } from "../../src";
import { failureOf } from "../support/failure";
import { signInWithApp } from "../support/own-app";
import { useStage, type Stage } from "../support/stage";

const GRANTED = ["user-read-playback-state"];
const MORE = ["user-read-playback-state", "user-library-read"];
const MISSING = /Permission missing: .* does not cover user-library-read\. .*sign in again with it/;

/** The other sign-ins of the account. */
const ACCOUNTS: Record<string, (stage: Stage) => Promise<{ session: Session; app: string }>> = {
  "with nothing but an own app": async (stage) => {
    const session = stage.session(undefined);
    return { session, app: await signInWithApp(stage.simulator, session, stage.account(), GRANTED) };
  },
  "that keymaster refuses": async (stage) => {
    const account = stage.account({ keymaster: "refused" });
    const session = await stage.connected(account);
    return { session, app: await signInWithApp(stage.simulator, session, account, GRANTED) };
  },
  "for which keymaster serves no app that is as new as this one": async (stage) => {
    stage.simulator.policy.knownClientIds = Object.values(CLIENT_IDS);
    const account = stage.account();
    const session = await stage.connected(account);
    return { session, app: await signInWithApp(stage.simulator, session, account, GRANTED) };
  },
};

describe("A scope that the sign-in with the user's own app lacks", () => {
  const stage = useStage();

  for (const [which, signIn] of Object.entries(ACCOUNTS)) {
    it(`is reported as a missing permission, on an account ${which}`, async () => {
      const { session, app } = await signIn(stage.current);
      for (let message = 0; message < 3; message++) {
        const error = await failureOf(session.tokens.getTokenWithClientId(MORE, app), "INVALID_SCOPE");
        assert.match(error.message, MISSING);
        assert.ok(error.message.includes(app));
      }
      assert.equal(session.tokens.bestClientId(MORE), app, "`best` says so too");
      assert.equal(session.tokens.bestClientId(GRANTED), app);
    });

    it(`is not reported for an app that may not have it, on an account ${which}`, async () => {
      const { session } = await signIn(stage.current);
      assert.equal(session.tokens.bestClientId(["user-read-birthdate"]), CLIENT_IDS.keymaster);
    });
  }

  it("comes from keymaster as a token of that app, if keymaster serves the app", async () => {
    const account = stage.current.account();
    const session = await stage.current.connected(account);
    const app = await signInWithApp(stage.current.simulator, session, account, GRANTED);
    const token = await session.tokens.getTokenWithClientId(MORE, session.tokens.bestClientId(MORE));
    assert.deepEqual([token.clientId, token.source, token.audience], [app, "keymaster", "web-api"]);
  });
});
