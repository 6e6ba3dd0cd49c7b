import assert from "node:assert/strict";
import { CLIENT_IDS } from "../../src";
import { AuthenticationType, type Credentials } from "../../src/access-point/credentials";
import type { Account } from "../../src/account/account";
import { grantEnds, parseGrants, type Grant } from "../../src/account/grant";
import { Grants } from "../../src/account/grants";
import { listSignIns, pairedGrant, type SignIn } from "../../src/account/sign-in-list";
import { CLIENT_ID, grantWith } from "../support/grant";
import { sliceOf } from "../support/slice";

const CONFIGURED: Credentials = {
  username: "file@example.org",
  authType: AuthenticationType.AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS,
  authData: Buffer.from("configured"),
};
const EMPTY = { isRemembered: false } as Account;

/** An account whose credential came by pairing. */
function pairedWith(change: Partial<Account> = {}): Account {
  const paired = { isRemembered: true, signedInBy: "pairing", username: "mira", rememberedSince: 5 };
  return { ...paired, ...change } as Account;
}

const PAIRED = pairedWith();
const TAPPED = pairedWith({ signedInBy: "tap" });

const app = grantWith({ authorizedAt: 7, scopes: ["user-modify"] });
const pairing = grantWith({ clientId: CLIENT_IDS.keymaster, authorizedAt: 6 });

const APP: SignIn = {
  id: CLIENT_ID,
  way: "app",
  clientId: CLIENT_ID,
  username: "mira",
  since: 7,
  until: grantEnds(app),
  ended: false,
  scopes: ["user-modify"],
};
const CREDENTIAL = { clientId: undefined, until: undefined, ended: false, scopes: [] };
const STORED: SignIn = {
  id: "stored",
  way: "stored",
  by: "pairing",
  username: "mira",
  since: 5,
  ...CREDENTIAL,
};

async function grantsWith(...given: Grant[]): Promise<Grants> {
  const grants = new Grants(sliceOf("grants", parseGrants));
  for (const grant of given) await grants.add(grant);
  return grants;
}

describe("The list of sign-ins", () => {
  const permissions = { clientId: CLIENT_IDS.keymaster, until: grantEnds(pairing), scopes: ["streaming"] };
  const ofDesktop = {
    ...APP,
    id: CLIENT_IDS.keymaster,
    clientId: CLIENT_IDS.keymaster,
    since: 6,
    until: grantEnds(pairing),
    scopes: ["streaming"],
  };
  for (const [what, account, given, expected] of [
    ["is empty without a sign-in", EMPTY, [], []],
    ["has each app", EMPTY, [app], [APP]],
    ["has an app that has ended", EMPTY, [{ ...app, endedAt: 8 }], [{ ...APP, ended: true }]],
    ["has a pairing with its permissions as one", PAIRED, [pairing], [{ ...STORED, ...permissions }]],
    ["has a pairing that came without permissions", PAIRED, [], [STORED]],
    [
      "has a pairing whose permissions have ended since then, as one that has not ended itself",
      PAIRED,
      [{ ...pairing, endedAt: 8 }],
      [{ ...STORED, ...permissions, until: 8 }],
    ],
    ["has a pairing and an app as two", PAIRED, [app], [STORED, APP]],
    [
      "has a tap and the permissions of the desktop app as two",
      TAPPED,
      [pairing],
      [{ ...STORED, by: "tap" }, ofDesktop],
    ],
  ] as const)
    it(what, async () => assert.deepEqual(listSignIns(account, await grantsWith(...given)), expected));

  it("has the configured credential, and not what Spotify handed out for it", async () => {
    const account = pairedWith({ configured: CONFIGURED });
    const configured = {
      id: "configured",
      way: "configured",
      username: CONFIGURED.username,
      since: undefined,
    };
    assert.deepEqual(listSignIns(account, await grantsWith(pairing)), [
      { ...configured, ...CREDENTIAL },
      ofDesktop,
    ]);
  });
});

describe("The permissions of a pairing", () => {
  for (const [what, account, expected] of [
    ["go with its connection", PAIRED, pairing],
    ["stand alone if nothing is remembered", pairedWith({ isRemembered: false }), undefined],
    ["stand alone beside a configured credential", pairedWith({ configured: CONFIGURED }), undefined],
    ["stand alone beside a tap", TAPPED, undefined],
  ] as const)
    it(what, async () => assert.deepEqual(pairedGrant(account, await grantsWith(app, pairing)), expected));
});
