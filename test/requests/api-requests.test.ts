import assert from "node:assert/strict";
import { CLIENT_IDS, Session, SpotifyError, type ApiRequest } from "../../src";
import { Simulator, type Account } from "../simulator";
import { signInWithApp } from "../support/own-app";

const TRACK = "spotify:track:0wKuMHryNyL3Fvj9iTFyRo";

describe("A request to the Web API", () => {
  let simulator: Simulator;
  let account: Account;
  let session: Session;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount();
  });

  afterEach(async () => {
    await session.close();
    await simulator.close();
  });

  function makeSession(credentials?: string): Session {
    session = new Session({
      endpoints: { ...simulator.endpoints },
      accessPointKey: simulator.accessPointKey,
      ...(credentials !== undefined && { credentials }),
    });
    return session;
  }

  function asked(): string[] {
    return simulator.stats.webApiRequests.map(({ method, path }) => `${method} ${path}`);
  }

  async function failure(request: ApiRequest): Promise<SpotifyError> {
    const error: unknown = await session.webApi.request(request).then(
      () => assert.fail("It succeeded."),
      (cause: unknown) => cause,
    );
    assert.ok(error instanceof SpotifyError, String(error));
    return error;
  }

  it("is answered with the document, with a token of an app of one's own for the scopes of the path", async () => {
    makeSession();
    const clientId = await signInWithApp(simulator, session, account, ["user-read-playback-state"]);
    const { status, body } = await session.webApi.request({ path: "/me/player/devices" });
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body as object), ["devices"]);
    assert.equal(session.tokens.cachedToken(["user-read-playback-state"], clientId)?.clientId, clientId);
  });

  it("says which permission the sign-in lacks, and sends nothing", async () => {
    makeSession();
    await signInWithApp(simulator, session, account, ["user-read-playback-state"]);
    const before = asked().length;
    const error = await failure({ path: `/me/library?uris=${TRACK}`, method: "put" });
    assert.equal(error.code, "INVALID_SCOPE");
    assert.deepEqual(error.scopes, ["user-library-modify"]);
    assert.equal(asked().length, before);
  });

  it("says that nobody is signed in", async () => {
    makeSession();
    assert.equal((await failure({ path: "/me" })).code, "NOT_SIGNED_IN");
  });

  describe("with nothing but Spotify's own client IDs", () => {
    beforeEach(async () => {
      await makeSession(account.credentialsJson).connect();
    });

    it("tries the Web API once a day, and then says to sign in with an app of one's own", async () => {
      const errors = await Promise.all(Array.from({ length: 20 }, () => failure({ path: "/me/playlists" })));
      for (const error of errors) {
        assert.equal(error.code, "REQUEST_REFUSED");
        assert.match(error.message, /sign in with an app of your own/i);
      }
      assert.deepEqual(asked(), ["GET /v1/me"]);
      await failure({ path: "/me/playlists" });
      assert.deepEqual(asked(), ["GET /v1/me"]);
    });

    it("goes on if the Web API takes the token", async () => {
      simulator.policy.webApi.refusedClientIds = [];
      const { status } = await session.webApi.request({ path: "/me/player/devices" });
      assert.equal(status, 200);
      assert.deepEqual(asked(), ["GET /v1/me", "GET /v1/me/player/devices"]);
      assert.equal(session.tokens.webApi(CLIENT_IDS.keymaster).takes, true);
    });
  });
});
