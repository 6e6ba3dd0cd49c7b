import assert from "node:assert/strict";
import { parseGrants, type Grant } from "../../src/account/grant";
import { Grants } from "../../src/account/grants";
import { sliceOf } from "../support/slice";

const CLIENT_ID = "0123456789abcdef0123456789abcdef";

function grant(refreshToken: string): Grant {
  return { clientId: CLIENT_ID, refreshToken, scopes: ["streaming"], authorizedAt: 1, username: "mira" };
}

describe("the grants of an account", () => {
  let grants: Grants;
  let ended: Grant[];

  beforeEach(() => {
    ended = [];
    grants = new Grants(sliceOf("grants", parseGrants)).on("ended", (one) => ended.push(one));
  });

  it("end if Spotify refuses the refresh token, and this is reported", async () => {
    await grants.add(grant("old"));
    assert.equal(await grants.end(CLIENT_ID, "old"), true);
    assert.equal(grants.isGood(CLIENT_ID), false);
    assert.deepEqual(
      ended.map(({ refreshToken }) => refreshToken),
      ["old"],
    );
  });

  it("do not end because an old refresh token is refused, if the user has signed in again meanwhile", async () => {
    await grants.add(grant("old"));
    await grants.add(grant("new"));
    assert.equal(await grants.end(CLIENT_ID, "old"), false);
    assert.deepEqual([grants.isGood(CLIENT_ID), grants.get(CLIENT_ID)?.refreshToken], [true, "new"]);
    assert.deepEqual(ended, []);
  });

  it("do not come back with the answer to a refresh that was under way when the user signed out", async () => {
    await grants.add(grant("old"));
    await grants.remove(CLIENT_ID);
    assert.equal(
      await grants.refreshed(CLIENT_ID, "old", { refreshToken: "newer", scopes: ["streaming"] }),
      false,
    );
    assert.equal(grants.isEmpty, true);
  });
});
