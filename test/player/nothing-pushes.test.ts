import assert from "node:assert/strict";
import { parseGrants, type Grant } from "../../src/account/grant";
import { Grants } from "../../src/account/grants";
import { CLIENT_IDS } from "../../src/core/knowledge";
import { nothingPushes } from "../../src/player/nothing-pushes";
import { sliceOf } from "../support/slice";

const APP = "0123456789abcdef0123456789abcdef";

async function grantsOf(...clientIds: string[]): Promise<Grants> {
  const grants = new Grants(sliceOf("grants", parseGrants));
  for (const clientId of clientIds) {
    const grant: Grant = { clientId, refreshToken: "r", scopes: [], authorizedAt: 1, username: "ada" };
    await grants.add(grant);
  }
  return grants;
}

describe("Whether Spotify sends no pushes", () => {
  it("is true if only the user's own app is signed in, with any scopes", async () => {
    assert.equal(nothingPushes({ signedIn: false }, await grantsOf(APP)), true);
    assert.equal(nothingPushes({ signedIn: false }, await grantsOf(CLIENT_IDS.keymaster, APP)), true);
  });

  it("is false if the account is signed in, because the dealer pushes", async () => {
    assert.equal(nothingPushes({ signedIn: true }, await grantsOf(APP)), false);
  });

  it("is false if there is no own app, or if its sign-in has ended", async () => {
    assert.equal(nothingPushes({ signedIn: false }, await grantsOf()), false);
    assert.equal(nothingPushes({ signedIn: false }, await grantsOf(CLIENT_IDS.keymaster)), false);
    const ended = await grantsOf(APP);
    await ended.end(APP, "r");
    assert.equal(nothingPushes({ signedIn: false }, ended), false);
  });
});
