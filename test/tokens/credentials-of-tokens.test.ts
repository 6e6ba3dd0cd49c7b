import assert from "node:assert/strict";
import { CLIENT_IDS, SpotifyError, type Audience, type Token } from "../../src";
import { ApiToken } from "../../src/tokens/api-token";
import { InternalToken } from "../../src/tokens/internal-token";
import { failureOf } from "../support/failure";

const { android } = CLIENT_IDS;
const SCOPES = ["user-top-read"];

const TOKEN: Token = {
  accessToken: "token",
  tokenType: "Bearer",
  expiresIn: 3_600,
  expiresAt: 0,
  scopes: SCOPES,
  clientId: android,
  source: "keymaster",
  audience: "web-api",
};

describe("A credential", () => {
  let audience: Audience;
  let give: (token: Token) => Promise<Token>;
  let asked: unknown[][];
  let refused: string[];
  const tokens = {
    getTokenWithClientId: (...request: unknown[]) => {
      asked.push(request);
      return give({ ...TOKEN, audience });
    },
    refused: (token: string) => void refused.push(token),
  };

  beforeEach(() => {
    audience = "web-api";
    give = (token) => Promise.resolve(token);
    asked = [];
    refused = [];
  });

  const signal = new AbortController().signal;

  describe("for the Web API", () => {
    let credential: ApiToken;

    beforeEach(() => {
      credential = new ApiToken(tokens, android, SCOPES);
    });

    it("is a token of its client ID for its scopes, and remembers the latest", async () => {
      assert.deepEqual([credential.clientId, credential.latest], [android, ""]);
      assert.equal(await credential.get(signal), "token");
      assert.deepEqual(asked, [[SCOPES, android]]);
      assert.equal(credential.latest, "token");
    });

    it("is not a token that the Web API would refuse", async () => {
      audience = "spotify-internal";
      const error = await failureOf(credential.get(signal), "REQUEST_REFUSED");
      assert.equal(error.clientId, android);
      assert.equal(credential.latest, "");
    });
  });

  it("for Spotify's own services is a token of login5, which has no scopes", async () => {
    const credential = new InternalToken(tokens, android);
    assert.equal(await credential.get(signal), "token");
    assert.deepEqual(asked, [[[], android, { source: "login5" }]]);
  });

  for (const [what, make] of [
    ["for the Web API", () => new ApiToken(tokens, android, SCOPES)],
    ["for Spotify's own services", () => new InternalToken(tokens, android)],
  ] as const) {
    it(`${what} tells that a server has refused it`, () => {
      make().refused("token");
      assert.deepEqual(refused, ["token"]);
    });

    it(`${what} is not waited for after the request was cancelled`, async () => {
      give = () => new Promise(() => undefined);
      const cancelled = new AbortController();
      const waiting = make().get(cancelled.signal);
      cancelled.abort(new SpotifyError("CLOSED", "It was cancelled."));
      await failureOf(waiting, "CLOSED");
    });
  }
});
