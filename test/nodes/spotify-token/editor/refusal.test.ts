import assert from "node:assert/strict";
import { judge, marksIfChosen, type SessionSetting } from "../../../../nodes/spotify-token/editor/refusal";
import { CLIENT_IDS } from "../../../../src/core/knowledge";

const desktop: SessionSetting = { clientId: "", followClientId: false };
const android: SessionSetting = { clientId: "android", followClientId: false };
const ownApp = "0123456789abcdef0123456789abcdef";
const playback = "user-read-playback-state";
const desktopOnly = "user-read-birthdate";

describe("the check of chosen scopes and client ID", () => {
  it("marks scopes that are reported to be refused, with the source and a solution", () => {
    const verdict = judge("android", desktop, ["user-library-read", playback]);
    assert.deepEqual([...verdict.marked], [[playback, "refused"]]);
    assert.equal(verdict.remedy, "keymaster");
    assert.deepEqual(verdict.sources, ["librespot#1331"]);
  });

  it("marks nothing for Desktop (keymaster)", () => {
    assert.equal(judge("keymaster", android, [playback, desktopOnly]).marked.size, 0);
  });

  it("marks scopes that only Desktop (keymaster) has, for the user's own app and any other client ID", () => {
    for (const clientId of [ownApp, "ios", "android"]) {
      const verdict = judge(clientId, desktop, [desktopOnly]);
      assert.deepEqual([...verdict.marked], [[desktopOnly, "desktopOnly"]], clientId);
      assert.equal(verdict.remedy, "keymaster");
      assert.deepEqual(verdict.sources, []);
    }
  });

  it("checks the session's client ID if the node has none", () => {
    assert.equal(judge("", android, [playback]).marked.size, 1);
    assert.equal(judge("", desktop, [playback]).marked.size, 0);
    assert.equal(judge("", desktop, []).clientId, CLIENT_IDS.keymaster);
  });

  it("reads best as the session's client ID, or as keymaster if the session's is refused", () => {
    assert.equal(judge("best", android, ["user-library-read"]).clientId, CLIENT_IDS.android);
    assert.equal(judge("best", android, [playback]).clientId, CLIENT_IDS.keymaster);
    assert.equal(judge("best", android, [playback]).marked.size, 0);
  });

  it("offers best only if it would help", () => {
    const own: SessionSetting = { clientId: ownApp, followClientId: false };
    assert.equal(judge("android", desktop, [playback]).bestHelps, true);
    assert.equal(judge("ios", own, [desktopOnly]).bestHelps, true);
    assert.equal(judge("ios", own, ["streaming"]).bestHelps, true);
    assert.equal(judge("best", own, [desktopOnly]).bestHelps, false);
  });

  it("reads best as keymaster if only the desktop client ID has a scope", () => {
    const own: SessionSetting = { clientId: ownApp, followClientId: false };
    assert.equal(judge("best", own, [desktopOnly]).clientId, CLIENT_IDS.keymaster);
    assert.deepEqual([...judge("", own, [desktopOnly]).marked], [[desktopOnly, "desktopOnly"]]);
    assert.equal(judge("", own, [desktopOnly]).remedy, "keymaster");
  });

  it("does not mark scopes that best would get once it is chosen", () => {
    assert.equal(marksIfChosen("best", android, [], [playback]).size, 0);
    assert.equal(marksIfChosen("best", desktop, [], [playback, desktopOnly]).size, 0);
    assert.deepEqual([...marksIfChosen("", android, [], ["streaming", playback])], [[playback, "refused"]]);
  });

  it("says nothing while the session or the user's own app is not chosen", () => {
    for (const [setting, session] of [
      ["", undefined],
      ["best", undefined],
      ["own", desktop],
    ] as const) {
      const verdict = judge(setting, session, [playback, desktopOnly]);
      assert.equal(verdict.clientId, undefined);
      assert.equal(verdict.marked.size, 0);
    }
  });

  it("warns about scopes that are at risk if Spotify may change the session's client ID", () => {
    const followed: SessionSetting = { clientId: "", followClientId: true };
    assert.deepEqual(judge("", followed, [playback, "user-library-read"]).atRisk, [playback]);
    assert.deepEqual(judge("", desktop, [playback]).atRisk, []);
    assert.deepEqual(judge("keymaster", followed, [playback]).atRisk, []);
    assert.deepEqual(judge("", { ...android, followClientId: true }, [playback]).atRisk, []);
  });

  it("checks the client ID that a Spotify app has given the account, so both boxes of the dialog agree", () => {
    const session = { clientId: "keymaster", followClientId: true, now: CLIENT_IDS.android };
    const { clientId, marked, atRisk } = judge("", session, ["user-top-read"]);
    assert.equal(clientId, CLIENT_IDS.android);
    assert.deepEqual([...marked.keys()], ["user-top-read"]);
    assert.deepEqual(atRisk, []);
  });
});
