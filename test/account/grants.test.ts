import assert from "node:assert/strict";
import { MAX_GRANTS, parseGrants } from "../../src/account/grant";
import { Grants } from "../../src/account/grants";
import { MemoryStateStore } from "../../src";
import { failureOf } from "../support/failure";
import { CLIENT_ID, grantWith } from "../support/grant";
import { sliceOf } from "../support/slice";

const OTHER_ID = "f".repeat(32);
const MINTED = { accessToken: "access", askedAt: 1, lifetime: 3600, scopes: ["streaming"] };

describe("The grants of an account", () => {
  let store: MemoryStateStore;
  let grants: Grants;

  beforeEach(() => {
    store = new MemoryStateStore();
    grants = new Grants(sliceOf("grants", parseGrants, store));
  });

  describe("if one is added", () => {
    it("have it, and each earlier one of another client ID", async () => {
      assert.equal(grants.isEmpty, true);
      await grants.add(grantWith());
      await grants.add(grantWith({ clientId: OTHER_ID }));
      assert.deepEqual(grants.all(), [grantWith(), grantWith({ clientId: OTHER_ID })]);
      assert.deepEqual(grants.get(OTHER_ID), grantWith({ clientId: OTHER_ID }));
      assert.equal(grants.isEmpty, false);
      const again = new Grants(sliceOf("grants", parseGrants, store));
      await again.reread();
      assert.deepEqual(again.all(), grants.all(), "after a restart, too");
    });

    it("have it in place of the earlier one of its client ID", async () => {
      await grants.add(grantWith());
      await grants.add(grantWith({ clientId: OTHER_ID }));
      await grants.add(grantWith({ refreshToken: "later" }));
      assert.deepEqual(
        grants.all().map(({ refreshToken }) => refreshToken),
        ["later", "refresh"],
      );
    });

    it("have 32 apps at most, of which each may sign in again", async () => {
      for (let index = 0; index < MAX_GRANTS; index++)
        await grants.add(grantWith({ clientId: index.toString(16).padStart(32, "0") }));
      await failureOf(grants.add(grantWith()), "INVALID_ARGUMENT");
      await grants.add(grantWith({ clientId: "0".repeat(32), refreshToken: "later" }));
      assert.equal(grants.all().length, MAX_GRANTS);
      assert.equal(grants.get("0".repeat(32))?.refreshToken, "later");
    });
  });

  it("are none until it has been read who is signed in", async () => {
    let isKnown = false;
    const unread = new Grants(
      sliceOf("grants", parseGrants),
      () => undefined,
      () => isKnown,
    );
    await unread.add(grantWith());
    assert.deepEqual([unread.all(), unread.get(CLIENT_ID), unread.isEmpty], [[], undefined, true]);
    isKnown = true;
    assert.deepEqual(unread.all(), [grantWith()]);
  });

  it("name the accounts that gave them, as far as they are known", async () => {
    await grants.add(grantWith({ username: undefined }));
    await grants.add(grantWith({ clientId: OTHER_ID, username: "noor" }));
    assert.deepEqual(grants.usernames(), ["noor"]);
  });

  it("tell whether one was removed", async () => {
    await grants.add(grantWith());
    await grants.add(grantWith({ clientId: OTHER_ID }));
    assert.equal(await grants.remove(CLIENT_ID), true);
    assert.equal(await grants.remove(CLIENT_ID), false);
    assert.deepEqual(grants.all(), [grantWith({ clientId: OTHER_ID })]);
  });

  describe("in a copy of a user directory", () => {
    let inCopy: Grants;

    beforeEach(() => {
      inCopy = new Grants(sliceOf("grants", parseGrants), () => "copy");
    });

    for (const [what, change, isHeldBack] of [
      ["held back if it was given to the original", {}, true],
      ["held back if it was given to another copy", { copyId: "another copy" }, true],
      ["used if it was given in this copy", { copyId: "copy" }, false],
      ["not held back if it has ended", { endedAt: 1 }, false],
    ] as const)
      it(`are ${what}`, () => assert.equal(inCopy.isHeldBack(grantWith(change)), isHeldBack));

    it("are marked with its name if they are given there", async () => {
      await inCopy.add(grantWith());
      assert.deepEqual(inCopy.get(CLIENT_ID), grantWith({ copyId: "copy" }));
    });

    it("are used in an original, wherever they were given", () => {
      assert.equal(grants.isHeldBack(grantWith({ copyId: "copy" })), false);
    });
  });

  describe("asked for one that covers some scopes", () => {
    const ANY = (): boolean => true;
    const later = grantWith({ clientId: OTHER_ID, authorizedAt: 2, scopes: ["streaming", "user-modify"] });

    for (const [what, given, expected] of [
      ["the one that the user agreed to last", [grantWith(), later], OTHER_ID],
      ["the same one in another order", [later, grantWith()], OTHER_ID],
      ["an earlier one if the later one has ended", [grantWith(), { ...later, endedAt: 3 }], CLIENT_ID],
      ["an earlier one if the later one lacks a scope", [grantWith(), { ...later, scopes: [] }], CLIENT_ID],
      ["none if each lacks one of the scopes", [{ ...later, scopes: ["user-modify"] }], undefined],
    ] as const)
      it(`give ${what}`, async () => {
        for (const grant of given) await grants.add({ ...grant, scopes: [...grant.scopes] });
        assert.equal(grants.covering(["streaming"], ANY)?.clientId, expected);
      });

    it("give one that has all of them", async () => {
      await grants.add(grantWith());
      assert.equal(grants.covering(["streaming", "user-modify"], ANY), undefined);
      await grants.add(later);
      assert.equal(grants.covering(["streaming", "user-modify"], ANY)?.clientId, OTHER_ID);
    });

    it("give one whose client ID may be used", async () => {
      await grants.add(grantWith());
      await grants.add(later);
      assert.equal(grants.covering([], (clientId) => clientId === CLIENT_ID)?.clientId, CLIENT_ID);
    });
  });

  describe("that the Web API checked", () => {
    it("have the time, and the account if it was not known", async () => {
      await grants.add(grantWith({ username: undefined }));
      await grants.add(grantWith({ clientId: OTHER_ID }));
      await grants.checked(CLIENT_ID, 5, "noor");
      assert.deepEqual(grants.all(), [
        grantWith({ checkedAt: 5, username: "noor" }),
        grantWith({ clientId: OTHER_ID }),
      ]);
    });

    it("stay of the account that they are of", async () => {
      await grants.add(grantWith({ minted: MINTED }));
      await grants.checked(CLIENT_ID, 5, "noor");
      assert.deepEqual(grants.get(CLIENT_ID), grantWith({ minted: MINTED, checkedAt: 5 }));
    });

    it("stay away if they were signed out of meanwhile", async () => {
      await grants.checked(CLIENT_ID, 5, "noor");
      assert.equal(grants.isEmpty, true);
    });
  });
});
