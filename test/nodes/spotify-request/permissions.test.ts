/** The permissions and the app with which a request is made. */
import assert from "node:assert/strict";
import { CLIENT_IDS } from "../../../src";
import { ownApp } from "../../support/own-app";
import { RequestFlow, type Caught } from "./request-flow";

const LIBRARY = "user-library-read";
const PLAYLISTS = "playlist-read-private";

describe("a spotify-request's permissions and app", () => {
  let flow: RequestFlow;

  beforeEach(async () => {
    flow = await RequestFlow.begin();
  });

  afterEach(() => flow.end());

  describe("with one app that is signed in only for playlists", () => {
    const lacks = ({ error }: Caught, scope: string): void => {
      assert.equal(error.code, "INVALID_SCOPE");
      assert.match(error.message, new RegExp(scope));
      assert.deepEqual(flow.asked, []);
    };

    it("are known from the path: missing ones are reported, and nothing is sent", async () => {
      await flow.deploy([{ path: "/me/tracks" }, { path: "/me/playlists" }], [PLAYLISTS]);
      lacks(await flow.fail(), LIBRARY);
      assert.equal((await flow.send({}, 1)).statusCode, 200);
    });

    it("are those of the node if it names any", async () => {
      await flow.deploy([{ path: "/me/playlists", scopes: [LIBRARY] }], [PLAYLISTS]);
      lacks(await flow.fail(), LIBRARY);
    });

    it("are those of the message rather than any others", async () => {
      await flow.deploy(
        [{ path: "/me/playlists", scopes: [LIBRARY] }, { path: "/me/playlists" }],
        [PLAYLISTS],
      );
      lacks(await flow.fail({ scopes: LIBRARY }, 1), LIBRARY);
      assert.equal((await flow.send({ scopes: [PLAYLISTS] })).statusCode, 200);
      flow.simulator.stats.webApiRequests.length = 0;
      lacks(await flow.fail({ scopes: `${PLAYLISTS}, ${LIBRARY}` }, 1), LIBRARY);
    });

    for (const [scopesType, scopes] of [
      ["msg", "wanted"],
      ["flow", "wanted"],
      ["global", "wanted"],
      ["env", "SPOTIFY_SCOPES"],
      ["str", `${LIBRARY} ${PLAYLISTS}`],
      ["json", `["${LIBRARY}"]`],
      ["jsonata", `"user-" & "library-read"`],
    ] as const) {
      it(`may come from another place: ${scopesType}`, async () => {
        flow.flow.env = [{ name: "SPOTIFY_SCOPES", type: "str", value: LIBRARY }];
        await flow.deploy([{ path: "/me/playlists", scopes, scopesType }], [PLAYLISTS]);
        const context = flow.flow.node("n0").context();
        context.flow.set("wanted", [LIBRARY]);
        context.global.set("wanted", LIBRARY);
        lacks(await flow.fail({ wanted: LIBRARY }), LIBRARY);
        assert.equal((await flow.send({ scopes: PLAYLISTS })).statusCode, 200, "the message's come first");
      });
    }

    it("are known from the path if the place that they come from is empty", async () => {
      await flow.deploy([{ path: "/me/playlists", scopes: "wanted", scopesType: "flow" }], [PLAYLISTS]);
      assert.equal((await flow.send()).statusCode, 200);
    });

    for (const scopes of [7, { a: 1 }, ["not a scope!"]]) {
      it(`cannot be: ${JSON.stringify(scopes)}`, async () => {
        await flow.deploy([{ path: "/me/playlists" }], [PLAYLISTS]);
        assert.equal((await flow.fail({ scopes })).error.code, "INVALID_ARGUMENT");
      });
    }
  });

  describe("with two apps", () => {
    let forPlaylists: string;
    let forLibrary: string;

    const deploy = async (nodes: object[]): Promise<void> => {
      await flow.deployUnsigned(nodes);
      forPlaylists = await flow.signIn([PLAYLISTS], ownApp(flow.simulator));
      forLibrary = await flow.signIn([LIBRARY], ownApp(flow.simulator));
    };

    it("are the best ones for the call, unless the node says otherwise", async () => {
      await deploy([{ path: "/me/tracks" }, { path: "/me/playlists", clientId: "best" }]);
      assert.equal((await flow.send()).statusCode, 200);
      assert.equal((await flow.send({}, 1)).statusCode, 200);
    });

    it("are those of the message rather than those of the node", async () => {
      await deploy([{ path: "/me/tracks" }]);
      assert.equal((await flow.fail({ clientId: forPlaylists })).error.code, "INVALID_SCOPE");
      assert.equal((await flow.send({ clientId: forLibrary.toUpperCase() })).statusCode, 200);
    });

    for (const clientIdType of ["msg", "flow", "global", "jsonata"] as const) {
      it(`may come from another place: ${clientIdType}`, async () => {
        await deploy([{ path: "/me/tracks", clientId: "app", clientIdType }]);
        const use = async (app: string): Promise<Caught | number | undefined> => {
          const context = flow.flow.node("n0").context();
          context.flow.set("app", app);
          context.global.set("app", app);
          return app === forLibrary ? (await flow.send({ app })).statusCode : await flow.fail({ app });
        };
        assert.equal(((await use(forPlaylists)) as Caught).error.code, "INVALID_SCOPE");
        assert.equal(await use(forLibrary), 200);
      });
    }

    it("are never those of another app if the named one is not known", async () => {
      await deploy([{ path: "/me/tracks", clientId: "app", clientIdType: "flow" }]);
      const { error } = await flow.fail();
      assert.equal(error.code, "INVALID_ARGUMENT");
      assert.match(error.message, /client ID is missing/);
      assert.deepEqual(flow.asked, []);
    });

    for (const clientId of ["an app", 7, {}]) {
      it(`cannot be ${JSON.stringify(clientId)}`, async () => {
        await deploy([{ path: "/me/tracks" }]);
        assert.equal((await flow.fail({ clientId })).error.code, "INVALID_ARGUMENT");
      });
    }
  });

  describe("with only Spotify's own client IDs", () => {
    it("are refused with advice, after one try a day", async () => {
      await flow.deployUnsigned([{ path: "/me/playlists" }], flow.account);
      const { error } = await flow.fail();
      assert.equal(error.code, "REQUEST_REFUSED");
      assert.match(error.message, /sign in with an app of your own/i);
      assert.deepEqual(flow.asked, ["GET /v1/me"]);
      await flow.fail();
      assert.deepEqual(flow.asked, ["GET /v1/me"]);
      await flow.status(
        ({ fill, text }) => fill === "red" && text === "spotify-request.errors.REQUEST_REFUSED",
      );
    });

    it("work as soon as the user signs in with their own app", async () => {
      await flow.deployUnsigned([{ path: "/me/playlists" }], flow.account);
      await flow.fail();
      await flow.signIn([PLAYLISTS]);
      assert.equal((await flow.send()).statusCode, 200);
    });

    it("are refused too if one of them is named although there is an app", async () => {
      await flow.deployUnsigned([{ path: "/me/playlists", clientId: "keymaster" }], flow.account);
      await flow.signIn([PLAYLISTS]);
      assert.equal((await flow.fail()).error.code, "REQUEST_REFUSED");
      assert.equal((await flow.send({ clientId: "best" })).statusCode, 200);
    });

    it("work if the Web API accepts them again", async () => {
      flow.simulator.policy.webApi.refusedClientIds = [];
      await flow.deployUnsigned([{ path: "/me/player/devices" }], flow.account);
      assert.equal((await flow.send()).statusCode, 200);
      assert.equal(flow.session.tokens.webApi(CLIENT_IDS.keymaster).takes, true);
    });
  });
});
