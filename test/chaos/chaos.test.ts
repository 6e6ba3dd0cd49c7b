/** The short form of `npm run chaos`. */
import assert from "node:assert/strict";
import { Randomness } from "../support/randomness";
import { describeWithRedis } from "../support/redis-server";
import { Chaos } from "./chaos";
import { table, type Tally } from "./tally";

describeWithRedis("three Node-REDs that share an account and are killed again and again", function () {
  this.timeout(180_000);
  const random = new Randomness();
  const story: string[] = [];
  let tally: Tally;

  before(async () => {
    const outages = { killed: 3, paused: 1, full: 1 };
    tally = await Chaos.run({ kills: 12, outages, random, log: (line) => story.push(line) });
  });

  afterEach(function () {
    // If this fails, these lines say how it came about.
    if (this.currentTest?.state === "failed") console.log([...story, table(tally), random.hint].join("\n"));
  });

  it("refresh all the time, despite the kills", () => {
    const kills = Object.values(tally.kills).reduce((sum, count) => sum + count, 0);
    assert.deepEqual([kills, tally.outages], [12, { killed: 3, paused: 1, full: 1 }]);
    assert.ok(tally.refreshes > 30, `${tally.refreshes} refreshes`);
  });

  it("lose only sign-ins whose new refresh token was lost when a Node-RED was killed before it was stored", () => {
    assert.equal(tally.lost.mistake, 0);
    assert.equal(tally.missing, 0);
  });

  it("use no refresh token twice, except once after each of these losses", () => {
    const { killed, storeAway } = tally.reused;
    assert.equal(tally.reused.mistake, 0, tally.mistakes.join("\n"));
    assert.equal(tally.reusedBySpotifysCount, killed + storeAway);
  });

  it("ask keymaster once for each token, and again only if the asker was killed or the store was unreachable", () => {
    assert.ok(tally.keymaster.due > 5, `${tally.keymaster.due} tokens`);
    assert.equal(tally.keymaster.twice, 0, tally.mistakes.join("\n"));
  });

  it("agree on who is signed in, and bring back no sign-in that another has signed out", () => {
    assert.deepEqual([tally.isAgreed, tally.resurrected], [true, 0]);
  });

  it("write no token into their logs", () => {
    assert.equal(tally.isSecretShown, false);
  });
});
