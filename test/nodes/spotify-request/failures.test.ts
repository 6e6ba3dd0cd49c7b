/** The errors that a Catch node receives, and the effect of the account on them. */
import assert from "node:assert/strict";
import { recorded } from "../support/recorder";
import { RequestFlow } from "./request-flow";

describe("a spotify-request that fails", () => {
  let flow: RequestFlow;

  beforeEach(async () => {
    flow = await RequestFlow.begin();
  });

  afterEach(() => flow.end());

  it("gives a Catch node the code, and the message the status and Spotify's reason; nothing is sent", async () => {
    await flow.deploy([{ path: "/me/player" }]);
    flow.simulator.faults.webApiAnswer = {
      status: 404,
      body: { error: { status: 404, message: "Player command failed", reason: "NO_ACTIVE_DEVICE" } },
    };
    const caught = await flow.fail({ payload: "mine", retryAfter: 9 });
    assert.deepEqual(
      [caught.error.code, caught.statusCode, caught.reason, caught.payload],
      ["NO_ACTIVE_DEVICE", 404, "NO_ACTIVE_DEVICE", "mine"],
    );
    assert.ok(!("retryAfter" in caught));
    assert.equal(caught.error.source.id, "n0");
    assert.deepEqual(recorded("r0"), []);
  });

  it("quotes Spotify, but never the token", async () => {
    await flow.deploy([{ path: "/playlists/5imNobody00000000000000/items" }]);
    const caught = await flow.fail();
    assert.match(caught.error.message, /“Resource not found” \(HTTP 404\)/);
    assert.doesNotMatch(JSON.stringify(caught), /BQ[\w-]{20}|Bearer /);
  });

  it("for too many requests says how long to wait, to every node of the account, without another request", async () => {
    await flow.deploy([{ path: "/me" }, { path: "/me/playlists" }]);
    flow.simulator.faults.webApiRateLimited = { value: 90, times: 1 };
    const first = await flow.fail();
    assert.deepEqual([first.error.code, first.statusCode, first.retryAfter], ["RATE_LIMITED", 429, 90]);
    const second = await flow.fail({}, 1);
    assert.equal(second.error.code, "RATE_LIMITED");
    assert.ok(!("statusCode" in second), "nothing was sent");
    assert.ok(second.retryAfter! > 60 && second.retryAfter! <= 90);
    assert.deepEqual(flow.asked, ["GET /v1/me"]);
  });

  it("does not change the incoming message apart from what it adds", async () => {
    await flow.deploy([{ path: "/me/playlists", query: "payload", queryType: "msg" }]);
    const { error, payload, topic } = await flow.fail({ payload: 7, topic: "mine" });
    assert.deepEqual([error.code, payload, topic], ["INVALID_ARGUMENT", 7, "mine"]);
  });

  it("succeeds if Spotify refuses a token only once, by mistake", async () => {
    await flow.deploy([{ path: "/me" }]);
    for (const status of [401, 403] as const) {
      flow.simulator.faults.webApiSpurious = { value: status, times: 1 };
      assert.equal((await flow.send()).statusCode, 200);
    }
    assert.deepEqual(recorded("failed"), []);
  });

  it("names the replacement of a call that no longer exists", async () => {
    await flow.deploy([{ path: "/playlists/{id}/tracks" }]);
    const { error, statusCode } = await flow.fail({ id: "5imDinner0000000000001" });
    assert.equal(error.code, "REQUEST_REFUSED");
    assert.equal(statusCode, 403);
    assert.match(error.message, /Use GET \/playlists\/\{playlist_id\}\/items/);
  });

  for (const [what, properties] of [
    ["none", { session: "" }],
    ["one that is not there", { session: "nobody" }],
    ["a node of another type", { session: "n1" }],
  ] as const) {
    it(`says so if its account is ${what}`, async () => {
      await flow.deployUnsigned([{ path: "/me", ...properties }, { path: "/me" }]);
      const { error } = await flow.fail();
      assert.match(error.message, /choose (one|an account) in/);
      await flow.status(({ fill }) => fill === "red");
    });
  }

  it("is grey while the account is not signed in, says so for a message, and works after the sign-in", async () => {
    await flow.deployUnsigned([{ path: "/me" }]);
    await flow.status(({ fill, text }) => fill === "grey" && text === "spotify-request.errors.NOT_SIGNED_IN");
    assert.equal((await flow.fail()).error.code, "NOT_SIGNED_IN");
    await flow.signIn();
    await flow.status(({ fill }) => fill === undefined);
    assert.equal((await flow.send()).statusCode, 200);
  });

  for (const [property, value] of [
    ["method", "PATCH"],
    ["pathType", "magic"],
    ["path", {}],
    ["queryType", 5],
    ["bodyType", "magic"],
    ["all", "perhaps"],
    ["output", "a..b"],
    ["scopesType", "magic"],
    ["clientIdType", "magic"],
  ] as const) {
    it(`is red if its property “${property}” is invalid`, async () => {
      await flow.deploy([{ path: "/me", [property]: value }]);
      await flow.status(
        ({ fill, text }) => fill === "red" && text === "spotify-request.errors.INVALID_ARGUMENT",
      );
      assert.equal((await flow.fail()).error.code, "INVALID_ARGUMENT");
      assert.deepEqual(flow.asked, []);
    });
  }

  for (const [properties, why] of [
    [{ query: "{", queryType: "json" }, /"query" cannot be read/],
    [{ body: "(", bodyType: "jsonata", method: "POST" }, /"body" cannot be read/],
    [{ scopes: ["No Scope"] }, /scope/i],
    [{ clientId: "my app" }, /client ID/i],
  ] as const) {
    it(`reports the problem for a message: ${JSON.stringify(properties)}`, async () => {
      await flow.deploy([{ path: "/me", ...properties }]);
      const { error } = await flow.fail();
      assert.equal(error.code, "INVALID_ARGUMENT");
      assert.match(error.message, why);
      assert.deepEqual(flow.asked, []);
    });
  }

  it("cancels running requests when it is deployed again, and reports that once", async () => {
    await flow.deploy([{ path: "/me" }]);
    flow.simulator.faults.webApiAnswer = { status: 200, body: {}, delay: 60_000 };
    const caught = flow.fail();
    await flow.simulator.waitFor(() => flow.asked.length === 1);
    await flow.flow.redeploy("nodes", (node) => (node.id === "n0" ? { ...node, name: "another" } : node));
    assert.equal((await caught).error.code, "CLOSED");
    flow.simulator.faults.webApiAnswer = false;
    assert.equal((await flow.send()).statusCode, 200);
    assert.equal(recorded("failed").length, 1);
  });

  it("cancels running requests when the account is closed", async () => {
    await flow.deploy([{ path: "/me" }]);
    flow.simulator.faults.webApiAnswer = { status: 200, body: {}, delay: 60_000 };
    const caught = flow.fail();
    await flow.simulator.waitFor(() => flow.asked.length === 1);
    await flow.session.close();
    assert.equal((await caught).error.code, "CLOSED");
  });
});
