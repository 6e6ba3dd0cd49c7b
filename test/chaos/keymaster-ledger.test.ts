import assert from "node:assert/strict";
import { Circumstances } from "./circumstances";
import { KeymasterLedger } from "./keymaster-ledger";

const USABLE_FOR = 2_000;

describe("the ledger of requests to keymaster", () => {
  let circumstances: Circumstances;
  let ledger: KeymasterLedger;

  beforeEach(() => {
    circumstances = new Circumstances();
    ledger = new KeymasterLedger(circumstances, USABLE_FOR);
    for (const name of ["attic", "kitchen"]) {
      circumstances.started(name, 0);
      ledger.isDevice(`device in the ${name}`, name);
    }
    asks("attic", 1_000);
  });

  function asks(name: string, at: number, { status = 200, scopes = ["streaming"] } = {}): void {
    const deviceId = `device in the ${name}`;
    ledger.asked({ username: "listener", clientId: "app", scopes, deviceId, status, at }, at);
  }
  const counted = (): Partial<typeof ledger.requests> =>
    Object.fromEntries(Object.entries(ledger.requests).filter(([, count]) => count > 0));

  it("says that a request is due if there was no such token, or only an old one", () => {
    asks("kitchen", 1_100, { scopes: ["user-top-read"] });
    asks("kitchen", 3_000);
    assert.deepEqual(counted(), { due: 3 });
  });

  it("notices a second request for a token that exists", () => {
    asks("kitchen", 1_100);
    assert.deepEqual(counted(), { due: 1, twice: 1 });
  });

  it("allows a second request if the first was refused", () => {
    asks("kitchen", 3_000, { status: 503 });
    asks("kitchen", 3_100);
    assert.deepEqual(counted(), { due: 3 });
  });

  it("allows a second request if the sender of the first was killed, but not if that of the second was", () => {
    circumstances.killed("kitchen", 1_050);
    asks("kitchen", 1_100);
    assert.deepEqual(counted(), { due: 1, twice: 1 });
    circumstances.killed("kitchen", 1_150);
    asks("attic", 1_200);
    assert.deepEqual(counted(), { due: 1, twice: 1, killed: 1 });
  });

  it("allows a second request if no other Node-RED could read the first token from the store", () => {
    circumstances.storeAway(900)(1_050);
    asks("kitchen", 1_100);
    assert.deepEqual(counted(), { due: 1, storeAway: 1 });
  });

  it("starts again when the account was signed out everywhere", () => {
    ledger.forget();
    asks("kitchen", 1_100);
    assert.deepEqual(counted(), { due: 2 });
  });
});
