import assert from "node:assert/strict";
import {
  readAuthorization,
  readFailure,
  readImported,
  readPairing,
  readProgress,
} from "../../../../../nodes/spotify-session/editor/sign-in/answers";

const pairing = {
  id: "p1",
  userCode: "WDJB-MJHT",
  verificationUri: "https://spotify.com/pair",
  verificationUriComplete: "https://spotify.com/pair?code=WDJBMJHT",
  expiresAt: 1000,
};
const { verificationUriComplete, ...rest } = pairing;

describe("Node-RED's answers about signing in", () => {
  it("may be a pairing, with the complete address if there is one", () => {
    assert.deepEqual(readPairing(pairing), { ...rest, completeUri: verificationUriComplete });
    for (const none of [null, undefined, "javascript:alert(1)"]) {
      const read = readPairing({ ...pairing, verificationUriComplete: none });
      assert.equal(read?.completeUri, pairing.verificationUri);
    }
  });

  it("are refused as a pairing if something is missing, or if an address would run code in the page", () => {
    for (const wrong of [
      null,
      [],
      { ...pairing, userCode: "" },
      { ...pairing, expiresAt: "soon" },
      { ...pairing, verificationUri: "javascript:alert(1)" },
      { ...pairing, verificationUri: undefined },
    ]) {
      assert.equal(readPairing(wrong), undefined);
    }
  });

  it("may be a page to open, if it is a web page", () => {
    const authorization = { id: "a1", url: "https://accounts.spotify.com/authorize?x=1", expiresAt: 1 };
    assert.deepEqual(readAuthorization(authorization), authorization);
    assert.equal(readAuthorization({ ...authorization, url: "data:text/html,x" }), undefined);
    assert.equal(readAuthorization({}), undefined);
  });

  it("may be the progress of a sign-in", () => {
    const waiting = { state: "waiting", username: undefined, failure: undefined };
    assert.deepEqual(readProgress({ state: "waiting", username: null, error: null }), waiting);
    assert.equal(readProgress({ state: "done", username: "mira", error: null })?.username, "mira");
    const error = { code: "TIMEOUT", message: "The code has run out." };
    assert.deepEqual(readProgress({ state: "failed", username: null, error })?.failure, {
      kind: "refused",
      ...error,
    });
    assert.equal(readProgress({ state: "dancing" }), undefined);
    assert.equal(readProgress(undefined), undefined);
  });

  it("may name the account of an imported sign-in, if it is known", () => {
    assert.deepEqual(readImported({ username: "mira", form: "spotifyd" }), {
      username: "mira",
      form: "spotifyd",
    });
    assert.deepEqual(readImported({ username: null }), { username: undefined, form: "" });
  });

  it("may be an error that a user can understand", () => {
    const error = { code: "RATE_LIMITED", message: "Too many requests." };
    const kindOf = (status: number, body: unknown): string => readFailure(status, body).kind;
    assert.deepEqual(readFailure(429, { error }), { kind: "refused", ...error });
    assert.equal(kindOf(404, { error }), "notDeployed");
    assert.equal(kindOf(404, undefined), "notDeployed");
    assert.equal(kindOf(401, undefined), "notAllowed");
    assert.equal(kindOf(403, { error }), "notAllowed");
    const other = {
      ...error,
      reason: "otherHost",
      values: { origin: "http://home.example", host: "pi:1880" },
    };
    assert.deepEqual(readFailure(403, { error: other }), { kind: "refused", ...other });
    assert.equal(kindOf(0, undefined), "noAnswer");
    assert.equal(kindOf(502, "<html>Bad gateway</html>"), "noAnswer");
  });
});
