import assert from "node:assert/strict";
import { ExpiryWatch, type SignInExpiring } from "../../src/account/expiry-watch";
import { GRANT_LIFE, type Grant } from "../../src/account/grant";
import { useClock } from "../async/support";
import { CLIENT_ID, grantWith } from "../support/grant";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const OTHER_ID = "f".repeat(32);

describe("The notice that a sign-in ends soon", () => {
  let grants: Grant[];
  let told: SignInExpiring[];
  let watch: ExpiryWatch;
  // Before the check that no timer is left.
  afterEach(() => watch.stop());
  const clock = useClock();

  beforeEach(() => {
    grants = [];
    told = [];
    watch = new ExpiryWatch(
      () => grants,
      (expiring) => told.push(expiring),
    );
  });

  /** A sign-in that ends in `left` ms. */
  const endingIn = (left: number, change: Partial<Grant> = {}): Grant =>
    grantWith({ authorizedAt: Date.now() + left - GRANT_LIFE, ...change });

  const daysTold = (): number[] => told.map(({ daysLeft }) => daysLeft);

  for (const [what, left, days] of [
    ["not given more than 30 days before", 30 * DAY + 1, []],
    ["given 30 days before", 30 * DAY, [30]],
    ["given with the whole days that are left", 29 * DAY - 1, [28]],
    ["given once if there are 7 days left at the start", 7 * DAY, [7]],
    ["given in the last moment", 1, [0]],
    ["not given at the end", 0, []],
    ["not given after the end", -DAY, []],
  ] as const)
    it(`is ${what}`, () => {
      grants = [endingIn(left)];
      watch.check();
      watch.check();
      assert.deepEqual(daysTold(), days);
    });

  it("says which sign-in it is, and when it ends", () => {
    grants = [endingIn(20 * DAY)];
    const until = Date.now() + 20 * DAY;
    watch.check();
    assert.deepEqual(told, [{ clientId: CLIENT_ID, until, daysLeft: 20 }]);
  });

  it("is looked for every six hours", async () => {
    grants = [endingIn(30 * DAY + HOUR)];
    await clock.current.tickAsync(6 * HOUR - 1);
    assert.deepEqual(daysTold(), []);
    await clock.current.tickAsync(1);
    assert.deepEqual(daysTold(), [29]);
  });

  it("is given once 30 days and once 7 days before", async () => {
    grants = [endingIn(31 * DAY)];
    await clock.current.tickAsync(40 * DAY);
    assert.deepEqual(daysTold(), [30, 7]);
  });

  it("is given for each sign-in", () => {
    grants = [endingIn(20 * DAY), endingIn(20 * DAY, { clientId: OTHER_ID })];
    watch.check();
    assert.deepEqual(
      told.map(({ clientId }) => clientId),
      [CLIENT_ID, OTHER_ID],
    );
  });

  it("is given again for a later sign-in with the same app", () => {
    grants = [endingIn(20 * DAY)];
    watch.check();
    grants = [endingIn(25 * DAY)];
    watch.check();
    assert.deepEqual(daysTold(), [20, 25]);
  });

  it("is not given for a sign-in that Spotify no longer accepts", () => {
    grants = [endingIn(20 * DAY, { endedAt: 1 }), endingIn(20 * DAY, { clientId: OTHER_ID })];
    watch.check();
    assert.deepEqual(
      told.map(({ clientId }) => clientId),
      [OTHER_ID],
    );
  });
});
