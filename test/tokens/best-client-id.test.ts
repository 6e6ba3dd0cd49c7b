import assert from "node:assert/strict";
import { CLIENT_IDS } from "../../src";
import { failureOf } from "../support/failure";
import { useStage } from "../support/stage";

const OWN_APP = "0123456789abcdef0123456789abcdef";
const { keymaster, android, ios } = CLIENT_IDS;

/** The session's client ID, the scopes → the meaning of `best`, before any request. */
const TABLE: readonly [string, string, string][] = [
  [keymaster, "streaming", keymaster],
  [keymaster, "user-top-read", keymaster],
  [android, "streaming", android],
  [android, "user-top-read", keymaster],
  [android, "user-read-recently-played", keymaster],
  [android, "user-read-playback-state", keymaster],
  [android, "user-modify-playback-state", keymaster],
  [android, "user-read-currently-playing", keymaster],
  [android, "streaming,user-top-read", keymaster],
  [ios, "user-top-read user-read-playback-state", ios],
  [OWN_APP, "user-top-read", OWN_APP],
  [OWN_APP, "user-read-birthdate", keymaster],
  [keymaster, "user-read-birthdate", keymaster],
];

describe("the best client ID", () => {
  const stage = useStage();

  it("is the session's, unless it is reported to be refused one of the scopes", () => {
    for (const [clientId, scopes, best] of TABLE) {
      const session = stage.current.session(undefined, { clientId });
      assert.equal(session.tokens.bestClientId(scopes), best, `${clientId} ${scopes}`);
      assert.equal(session.tokens.bestClientId(scopes.split(/[ ,]/)), best, `${clientId} ${scopes}`);
    }
    assert.equal(stage.current.simulator.stats.connections, 0);
  });

  it("is KEYMASTER once the session's was refused these scopes, until the user signs in again", async () => {
    const { simulator } = stage.current;
    const session = await stage.current.connected(undefined, { clientId: OWN_APP });
    simulator.policy.refusedScopes[OWN_APP] = ["user-read-email"];
    await failureOf(session.tokens.getToken(["user-read-email", "streaming"]), "INVALID_SCOPE");
    assert.equal(session.tokens.bestClientId(["streaming", "user-read-email"]), keymaster);
    assert.equal(session.tokens.bestClientId(["streaming"]), OWN_APP);
    await session.signIns.import(simulator.accounts.all()[0]!.credentialsJson);
    assert.equal(session.tokens.bestClientId(["streaming", "user-read-email"]), OWN_APP);
  });

  it("follows the session's client ID", () => {
    const session = stage.current.session(undefined);
    assert.equal(session.tokens.bestClientId("streaming"), keymaster);
    session.setClientId("ios", "cluster");
    assert.equal(session.tokens.bestClientId("streaming"), ios);
  });
});
