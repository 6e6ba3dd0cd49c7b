import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { MemoryStateStore } from "../../src";
import { parseGrants, type Grant } from "../../src/account/grant";
import { Grants } from "../../src/account/grants";
import { CLIENT_ID, grantWith } from "../support/grant";
import { sliceOf } from "../support/slice";

const OTHER = grantWith({ clientId: "f".repeat(32), refreshToken: "other" });
const MINTED = { accessToken: "access", askedAt: 1, lifetime: 3600, scopes: ["streaming"] };
const SCOPES = ["streaming", "user-modify"];
const OLD = grantWith({ refreshToken: "old", scopes: SCOPES });

describe("A grant whose refresh token was used", () => {
  let clock: Clock;
  let store: MemoryStateStore;
  let grants: Grants;
  let ended: Grant[];

  /** The grants as another session that shares the account sees them. */
  async function elsewhere(): Promise<Grants> {
    const others = new Grants(sliceOf("grants", parseGrants, store));
    await others.reread();
    return others;
  }

  beforeEach(async () => {
    clock = FakeTimers.install({ now: 5, toFake: ["Date"] });
    ended = [];
    store = new MemoryStateStore();
    grants = new Grants(sliceOf("grants", parseGrants, store)).on("ended", (one) => ended.push(one));
    await grants.add(OLD);
    await grants.add(OTHER);
  });
  afterEach(() => clock.uninstall());

  describe("with success", () => {
    for (const [what, answer, expected] of [
      ["stays as it is if nothing has changed", { scopes: null }, OLD],
      ["stays as it is if Spotify names the same scopes", { scopes: SCOPES }, OLD],
      [
        "has the refresh token that took its place",
        { refreshToken: "new", scopes: null },
        { ...OLD, refreshToken: "new" },
      ],
      ["has only the scopes that are left", { scopes: ["user-modify"] }, { ...OLD, scopes: ["user-modify"] }],
      ["has no scope that the user did not grant", { scopes: [...SCOPES, "user-read-birthdate"] }, OLD],
    ] as const)
      it(what, async () => {
        assert.equal(await grants.refreshed(CLIENT_ID, "old", answer), true);
        assert.deepEqual(grants.all(), [expected, OTHER]);
      });

    it("is not written again if nothing has changed", async () => {
      const before = await store.load();
      await grants.refreshed(CLIENT_ID, "old", { scopes: SCOPES });
      assert.equal(await store.load(), before);
    });

    it("has the access token that other sessions should use", async () => {
      assert.equal(await grants.refreshed(CLIENT_ID, "old", { scopes: null }, MINTED), true);
      assert.deepEqual((await elsewhere()).get(CLIENT_ID), { ...OLD, minted: MINTED });
    });

    it("loses an access token that is older than the refresh", async () => {
      await grants.refreshed(CLIENT_ID, "old", { scopes: null }, MINTED);
      await grants.refreshed(CLIENT_ID, "old", { refreshToken: "new", scopes: null });
      assert.deepEqual(grants.get(CLIENT_ID), { ...OLD, refreshToken: "new" });
    });

    it("is alive again if another session was refused the same refresh token meanwhile", async () => {
      await grants.end(CLIENT_ID, "old");
      const answer = { refreshToken: "new", scopes: null };
      assert.equal(await grants.refreshed(CLIENT_ID, "old", answer), true);
      assert.deepEqual(grants.get(CLIENT_ID), { ...OLD, refreshToken: "new" });
    });

    it("stays ended if the refresh was with an earlier refresh token than the refused one", async () => {
      await grants.end(CLIENT_ID, "old");
      assert.equal(await grants.refreshed(CLIENT_ID, "older", { refreshToken: "new", scopes: null }), false);
      assert.equal(grants.isGood(CLIENT_ID), false);
    });

    it("does not come back if the user has signed out meanwhile", async () => {
      await grants.remove(CLIENT_ID);
      assert.equal(await grants.refreshed(CLIENT_ID, "old", { refreshToken: "new", scopes: SCOPES }), false);
      assert.deepEqual(grants.all(), [OTHER]);
    });

    it("does not come back if the user has signed out in another session meanwhile", async () => {
      await (await elsewhere()).remove(CLIENT_ID);
      assert.equal(await grants.refreshed(CLIENT_ID, "old", { refreshToken: "new", scopes: null }), false);
      assert.deepEqual(grants.all(), [OTHER]);
    });

    it("gives way to the one with which the user has signed in again in another session", async () => {
      const later = { ...OLD, refreshToken: "later" };
      await (await elsewhere()).add(later);
      assert.equal(await grants.refreshed(CLIENT_ID, "old", { refreshToken: "new", scopes: null }), false);
      assert.deepEqual(grants.get(CLIENT_ID), later);
    });
  });

  describe("and refused", () => {
    it("has ended, without its refresh token and its access token, and this is reported", async () => {
      await grants.refreshed(CLIENT_ID, "old", { scopes: null }, MINTED);
      assert.deepEqual([grants.isGood(CLIENT_ID), grants.isGood("0".repeat(32))], [true, false]);
      assert.equal(await grants.end(CLIENT_ID, "old"), true);
      const endedWith = createHash("sha256").update("old").digest("hex");
      assert.deepEqual(grants.get(CLIENT_ID), { ...OLD, refreshToken: "", endedAt: 5, endedWith });
      assert.deepEqual([grants.isGood(CLIENT_ID), grants.isGood(OTHER.clientId)], [false, true]);
      assert.deepEqual(ended, [{ ...OLD, minted: MINTED }]);
    });

    for (const [what, meanwhile] of [
      ["signed in again", () => grants.add({ ...OLD, refreshToken: "new" })],
      ["signed out", () => grants.remove(CLIENT_ID)],
    ] as const)
      it(`is left alone if the user has ${what} meanwhile`, async () => {
        await meanwhile();
        const before = grants.all();
        assert.equal(await grants.end(CLIENT_ID, "old"), false);
        assert.deepEqual(grants.all(), before);
        assert.deepEqual(ended, []);
      });

    it("gives way to the one with which the user has signed in again in another session", async () => {
      const later = { ...OLD, refreshToken: "later" };
      await (await elsewhere()).add(later);
      await grants.end(CLIENT_ID, "old");
      assert.deepEqual(grants.get(CLIENT_ID), later);
    });
  });
});
