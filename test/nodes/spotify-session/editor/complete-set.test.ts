import assert from "node:assert/strict";
import { abilities } from "../../../../nodes/spotify-session/editor/complete-set";
import type { SignIn } from "../../../../nodes/spotify-session/editor/sign-ins";
import { CLIENT_IDS } from "../../../../src/core/knowledge";

function signIn(different: Partial<SignIn>): SignIn {
  return {
    id: "1",
    way: "stored",
    by: "pairing",
    clientId: null,
    username: "mira",
    since: 0,
    until: null,
    ended: false,
    scopes: [],
    ...different,
  };
}

const paired = signIn({});
const ownApp = signIn({ way: "app", clientId: "0123456789abcdef0123456789abcdef" });

const said = (signIns: readonly SignIn[]): string[] =>
  abilities(signIns).map(({ id, isThere, way }) => `${id}: ${isThere ? "ready" : `missing, ${way}`}`);

describe("What an account can do with its sign-ins", () => {
  it("is not shown while the account is not signed in, because the ways to sign in show it", () => {
    assert.deepEqual(said([]), []);
    assert.deepEqual(said([{ ...ownApp, ended: true }]), []);
  });

  it("lacks the Web API after pairing, a tap or an import, because Spotify refuses its desktop app there", () => {
    const desktop = signIn({ way: "app", clientId: CLIENT_IDS.keymaster });
    for (const signIns of [
      [paired],
      [paired, desktop],
      [signIn({ way: "configured" })],
      [signIn({ by: "tap" })],
    ]) {
      assert.deepEqual(said(signIns), ["player: ready", "webApi: missing, own-app"]);
    }
  });

  it("lacks now playing and playback with only the user's own app", () => {
    assert.deepEqual(said([ownApp]), ["player: missing, pair", "webApi: ready"]);
  });

  it("is everything with both, as long as both are valid", () => {
    assert.deepEqual(said([paired, ownApp]), ["player: ready", "webApi: ready"]);
    assert.deepEqual(said([paired, { ...ownApp, ended: true }]), [
      "player: ready",
      "webApi: missing, own-app",
    ]);
  });
});
