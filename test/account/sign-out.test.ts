import assert from "node:assert/strict";
import { CLIENT_IDS, SpotifyError } from "../../src";
import type { Account } from "../../src/account/account";
import type { AccountChanges } from "../../src/account/account-changes";
import { parseGrants } from "../../src/account/grant";
import { Grants } from "../../src/account/grants";
import { SignOut } from "../../src/account/sign-out";
import type { RateLimitGuard } from "../../src/net/rate-limit-guard";
import { failureOf } from "../support/failure";
import { CLIENT_ID, grantWith } from "../support/grant";
import { sliceOf } from "../support/slice";

const { keymaster } = CLIENT_IDS;

describe("Signing out", () => {
  let did: string[];
  let whyUnknown: SpotifyError | undefined;
  let signedInBy: "pairing" | "tap";
  let grants: Grants;
  let signOut: SignOut;

  beforeEach(async () => {
    did = [];
    whyUnknown = undefined;
    signedInBy = "pairing";
    grants = new Grants(sliceOf("grants", parseGrants));
    for (const clientId of [CLIENT_ID, keymaster]) await grants.add(grantWith({ clientId }));
    /** Notes what was done, at the time when it has ended. */
    const does = (what: string) => (): Promise<void> => Promise.resolve().then(() => void did.push(what));
    const changes: Pick<AccountChanges, "known" | "credentialChanged" | "appsChanged"> = {
      known: () => (whyUnknown ? Promise.reject(whyUnknown) : Promise.resolve()),
      credentialChanged: () => did.push(`told of the credential, ${grants.all().length} grants left`),
      appsChanged: () => did.push(`told of an app, ${grants.all().length} grants left`),
    };
    const account = {
      isRemembered: true,
      get signedInBy() {
        return signedInBy;
      },
      signOut: does("forgot the credential"),
    };
    signOut = new SignOut(
      changes as AccountChanges,
      account as Account,
      grants,
      { forget: (clientId) => void did.push(`forgot the waits of ${clientId}`) } as RateLimitGuard,
      {
        load: does("loaded"),
        whyUnknown,
        untilKnown: does("known"),
        forget: does("forgot everything"),
        written: does("wrote it"),
      },
    );
  });

  const left = (): string[] => grants.all().map(({ clientId }) => clientId);

  it("of an app forgets its grant and its waits, and keeps the connection", async () => {
    await signOut.of(CLIENT_ID);
    assert.deepEqual(did, [`forgot the waits of ${CLIENT_ID}`, "told of an app, 1 grants left", "wrote it"]);
    assert.deepEqual(left(), [keymaster]);
  });

  it("of a pairing forgets its credential and its permissions, and keeps the apps", async () => {
    await signOut.of("stored");
    assert.deepEqual(did, ["forgot the credential", "told of the credential, 1 grants left", "wrote it"]);
    assert.deepEqual(left(), [CLIENT_ID]);
  });

  it("of a tap keeps each app", async () => {
    signedInBy = "tap";
    await signOut.of("stored");
    assert.deepEqual(did, ["forgot the credential", "told of the credential, 2 grants left", "wrote it"]);
  });

  it("of an account that gives way to another one forgets each grant, and keeps the rest of the state", async () => {
    await signOut.ofFormerAccount();
    assert.deepEqual(did, [
      "forgot the credential",
      `forgot the waits of ${CLIENT_ID}`,
      `forgot the waits of ${keymaster}`,
      "told of the credential, 0 grants left",
    ]);
  });

  it("of everything forgets the whole state", async () => {
    await signOut.ofAll();
    assert.deepEqual(did, ["forgot everything", "told of the credential, 2 grants left", "wrote it"]);
  });

  it("fails for a sign-in that is not in the list", async () => {
    await failureOf(signOut.of("f".repeat(32)), "INVALID_ARGUMENT");
    assert.deepEqual(did, []);
  });

  for (const [what, act] of [
    ["of one sign-in", () => signOut.of(CLIENT_ID)],
    ["of everything", () => signOut.ofAll()],
  ] as const)
    it(`${what} fails while it is not known who is signed in`, async () => {
      whyUnknown = new SpotifyError("UNREACHABLE", "The disk is away.");
      await failureOf(act(), "UNREACHABLE");
      assert.deepEqual(did, []);
    });
});
