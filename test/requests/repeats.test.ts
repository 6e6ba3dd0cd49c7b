import assert from "node:assert/strict";
import type { ApiAnswer, ApiRequest } from "../../src";
import { SpotifyError } from "../../src";
import { CATALOGUE } from "../simulator/world/catalogue";
import { useCaller } from "./support";

const SAVE = { method: "PUT", path: `/me/library?uris=${CATALOGUE.tracks[0]!.uri}` } as const;

describe("A valid request that is refused", () => {
  const caller = useCaller({ isStopped: true });
  beforeEach(() => caller.current.takeToken());

  /** The result of a request, while time passes. */
  async function outcome(request: ApiRequest): Promise<ApiAnswer | SpotifyError> {
    return caller.current.stage.settled(caller.current.request(request));
  }

  async function answered(request: ApiRequest): Promise<ApiAnswer> {
    const result = await outcome(request);
    if (result instanceof SpotifyError) throw result;
    return result;
  }

  async function refused(request: ApiRequest): Promise<SpotifyError> {
    const result = await outcome(request);
    assert.ok(result instanceof SpotifyError, "It succeeded.");
    return result;
  }

  /** Makes the server forget the token of the next request. */
  async function revokeToken(): Promise<string> {
    const accessToken = await caller.current.takeToken();
    assert.ok(caller.current.simulator.revoke(accessToken));
    return accessToken;
  }

  for (const [what, request] of Object.entries({ GET: { path: "/me" }, PUT: SAVE })) {
    it(`with a 401 is sent once more with a new token (${what})`, async () => {
      await revokeToken();
      assert.equal((await answered(request)).status, 200);
      assert.equal(caller.current.asked.length, 2);
      assert.equal(caller.current.minted, 1);
    });
  }

  it("with a 401 for the new token, too, fails", async () => {
    caller.current.simulator.faults.webApiStatus = 401;
    const error = await refused({ path: "/me" });
    assert.deepEqual([error.code, error.statusCode], ["REQUEST_REFUSED", 401]);
    assert.equal(caller.current.asked.length, 2);
    assert.equal(caller.current.minted, 1);
  });

  it("with a 401 makes the session drop the refused token", async () => {
    const before = await revokeToken();
    await answered({ path: "/me" });
    const { session, clientId } = caller.current;
    const { accessToken } = await session.tokens.getTokenWithClientId(["user-read-email"], clientId);
    assert.notEqual(accessToken, before);
    assert.equal(caller.current.minted, 1);
  });

  it("with a 401 uses one new token for all requests that were refused at once", async () => {
    await revokeToken();
    const all = await Promise.all(Array.from({ length: 10 }, () => answered({ path: "/me" })));
    assert.ok(all.every(({ status }) => status === 200));
    assert.equal(caller.current.minted, 1);
  });

  for (const status of [401, 403] as const) {
    it(`by mistake (${status}) is sent again, a GET twice, with the same token`, async () => {
      const { faults } = caller.current.simulator;
      faults.webApiSpurious = { value: status, times: 2 };
      assert.equal((await answered({ path: "/me" })).status, 200);
      assert.deepEqual([caller.current.asked.length, caller.current.minted], [3, 0]);
    });

    it(`by mistake (${status}) is sent again once if it changes something`, async () => {
      const { faults } = caller.current.simulator;
      faults.webApiSpurious = { value: status, times: 1 };
      assert.equal((await answered(SAVE)).status, 200);
      assert.deepEqual([caller.current.asked.length, caller.current.minted], [2, 0]);
    });
  }

  it("repeatedly with “Premium required” is PREMIUM_REQUIRED in the end", async () => {
    caller.current.simulator.faults.webApiSpurious = 403;
    const error = await refused({ path: "/me" });
    assert.deepEqual([error.code, error.statusCode, error.reason], ["PREMIUM_REQUIRED", 403, undefined]);
    assert.equal(caller.current.asked.length, 3);
    caller.current.lookAway();
    assert.equal((await refused(SAVE)).code, "PREMIUM_REQUIRED");
    assert.equal(caller.current.asked.length, 2);
  });
});
