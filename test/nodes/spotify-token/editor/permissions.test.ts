import assert from "node:assert/strict";
import { lacksPermissions } from "../../../../nodes/spotify-token/editor/permissions";

const NOTHING = { scopes: [], scopesType: "list", source: "auto", clientId: "best" };

describe("a token node whose tokens the Web API would refuse", () => {
  for (const [what, properties] of Object.entries({
    "has no permission chosen": {},
    "asks keymaster for nothing": { source: "keymaster" },
    "names one of Spotify's own client IDs": { clientId: "android" },
  })) {
    it(`is a node that ${what}`, () => assert.equal(lacksPermissions({ ...NOTHING, ...properties }), true));
  }

  for (const [what, properties] of Object.entries({
    "has a permission": { scopes: ["streaming"] },
    "has its permissions from messages": { scopes: "scopes", scopesType: "msg" },
    "wants Login5's tokens": { source: "login5" },
    "asks apps alone, which give all that they were granted": { source: "oauth" },
    "names an own app": { clientId: "0123456789ABCDEF0123456789abcdef" },
  })) {
    it(`is not a node that ${what}`, () =>
      assert.equal(lacksPermissions({ ...NOTHING, ...properties }), false));
  }
});
